#include "emulator/board/guest_ram.h"

#include <fmt/core.h>
#include <sys/mman.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace emu {

tl::expected<GuestRam, std::string> GuestRam::map(mm::PageCount size) {
  void* bytes =
      mmap(nullptr, size.bytes(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (bytes == MAP_FAILED)
    return tl::unexpected(
        fmt::format("no {} MB for the guest's RAM: {}", size.bytes() >> 20, std::strerror(errno)));
  madvise(bytes, size.bytes(), MADV_HUGEPAGE);  // a wish: fewer faults and TLB misses of the host's own
  return GuestRam({static_cast<std::byte*>(bytes), size.bytes()});
}

GuestRam::GuestRam(GuestRam&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

GuestRam::~GuestRam() {
  if (!bytes_.empty()) munmap(bytes_.data(), bytes_.size());
}

}  // namespace emu
