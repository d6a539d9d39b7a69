#include "emulator/loader/image_mapper.h"

#include <span>

#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using mm::NtStatus;

class ImageMapper {
 public:
  ImageMapper(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory, const ImageFile& file)
      : manager_(manager), space_(space), memory_(memory), file_(file), image_(file.description) {}

  mm::Result<MappedImage> map(mm::VirtualAddress place) {
    auto base = place.value != 0 ? reserve(place) : mm::fail(NtStatus::ConflictingAddresses);
    if (!base && !image_.relocatable()) return mm::fail(NtStatus::ConflictingAddresses);
    if (!base) base = reserve({});
    if (!base) return mm::fail(base.error());
    base_ = *base;
    if (const NtStatus status = fill(); status != NtStatus::Success) {
      (void)manager_.unmap_view_of_section(space_, base_);
      return mm::fail(status);
    }
    return MappedImage{base_, base_.value == image_.preferred_base};
  }

 private:
  mm::Result<mm::VirtualAddress> reserve(mm::VirtualAddress base) {  // 0: the lowest place
    const auto region = manager_.allocate_virtual_memory(space_, {.base = base,
                                                                  .size = image_.size,
                                                                  .type = mm::allocation::kReserve,
                                                                  .protect = mm::x86::page::kExecuteWriteCopy,
                                                                  .vad_type = mm::VadType::Image});
    if (!region) return mm::fail(region.error());
    return region->base;
  }

  NtStatus fill() {
    NtStatus status =
        fill_part(0, image_.header_size, mm::x86::page::kReadOnly, bytes(0, image_.header_size));
    for (const ImageSection& section : image_.sections) {
      if (status != NtStatus::Success) break;
      status = fill_part(section.address, section.size, section.protect,
                         bytes(section.file_offset, section.file_size));
    }
    return status;
  }

  std::span<const std::byte> bytes(uint32_t offset, uint32_t size) const {
    return std::span(file_.bytes).subspan(offset, size);
  }

  // Committed writable, filled, and only then protected.
  NtStatus fill_part(uint32_t address, uint32_t size, uint32_t protect, std::span<const std::byte> content) {
    const mm::MemoryRegion part{base_ + address, size};
    const auto committed = manager_.allocate_virtual_memory(space_, {.base = part.base,
                                                                     .size = size,
                                                                     .type = mm::allocation::kCommit,
                                                                     .protect = mm::x86::page::kReadWrite});
    if (!committed) return committed.error();
    if (const NtStatus status = memory_.write(part.base, content); status != NtStatus::Success) return status;
    if (protect == mm::x86::page::kReadWrite) return NtStatus::Success;
    const auto done = manager_.protect_virtual_memory(space_, part, protect);
    return done ? NtStatus::Success : done.error();
  }

  mm::MemoryManager& manager_;
  mm::AddressSpace& space_;
  GuestMemory& memory_;
  const ImageFile& file_;
  const PortableExecutable& image_;
  mm::VirtualAddress base_{};
};

}  // namespace

mm::Result<MappedImage> map_image(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory,
                                  const ImageFile& file, mm::VirtualAddress place) {
  return ImageMapper(manager, space, memory, file).map(place);
}

}  // namespace emu
