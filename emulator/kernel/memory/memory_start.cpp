#include "emulator/kernel/memory/memory_start.h"

#include <fmt/core.h>

#include <utility>

#include "mm/memory_manager.h"

namespace emu {
namespace {

using mm::NtStatus;

// None where the machine has no paging file.
tl::expected<std::unique_ptr<mm::PagingFileStorage>, std::string> make_storage(
    const KernelConfiguration& configuration) {
  if (configuration.pagefile_maximum == mm::PageCount{0}) return nullptr;
  auto storage = mm::open_paging_file(configuration.pagefile_folder);
  if (!storage)
    return tl::unexpected(fmt::format("no paging file can be made in {}", configuration.pagefile_folder));
  // What the host's disk has left must not decide how far the paging file grows under a guest: a machine
  // starts with room for all of it, slot 0 included, or not at all.
  const NtStatus room = (*storage)->resize(configuration.pagefile_maximum + mm::PageCount{1});
  if (!mm::succeeded(room)) return tl::unexpected(memory_complaint(room, configuration));
  return std::move(*storage);
}

}  // namespace

std::string memory_complaint(NtStatus status, const KernelConfiguration& configuration) {
  switch (status) {
    case NtStatus::DiskFull:
      return fmt::format("no room for a paging file of up to {} MB in {}",
                         configuration.pagefile_maximum.bytes() >> 20, configuration.pagefile_folder);
    case NtStatus::NoMemory: return "the machine cannot start with so little RAM";
    default: return fmt::format("the machine cannot start: {}", mm::to_string(status));
  }
}

tl::expected<std::unique_ptr<mm::MemoryManager>, std::string> make_memory(
    mm::PhysicalMemory ram, mm::Tlb& tlb, mm::MachineClock& clock, const KernelConfiguration& configuration) {
  auto storage = make_storage(configuration);
  if (!storage) return tl::unexpected(storage.error());
  auto memory = mm::MemoryManager::create(ram, tlb, std::move(*storage),
                                          {.paging_file_size = configuration.pagefile_size,
                                           .paging_file_maximum = configuration.pagefile_maximum,
                                           .device = configuration.pagefile_device,
                                           .clock = &clock});
  if (!memory) return tl::unexpected(memory_complaint(memory.error(), configuration));
  return std::move(*memory);
}

}  // namespace emu
