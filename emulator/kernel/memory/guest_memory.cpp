#include "emulator/kernel/memory/guest_memory.h"

#include <algorithm>
#include <cstring>

#include "mm/x86/marks.h"

namespace emu {
namespace {

using mm::NtStatus;
using mm::x86::Walk;

constexpr uint64_t kUserEnd = uint64_t{mm::kHighestUserAddress.value} + 1;

bool user_may(const Walk& walk, mm::Access access) {
  return mm::x86::permits(walk, access, mm::Mode::User, mm::x86::WriteProtect::On);
}

bool user_range(mm::VirtualAddress address, size_t size) {
  return size <= kUserEnd && address.value <= kUserEnd - size;
}

// From the byte that was walked to on, to the end of its frame.
std::span<std::byte> bytes_of(mm::PhysicalMemory ram, const Walk& walk) {
  const std::span<std::byte> frame = ram.frame(walk.physical().frame());
  return frame.subspan(walk.physical().offset());
}

}  // namespace

std::span<std::byte> GuestMemory::page_bytes(mm::VirtualAddress address, mm::Access access) {
  const Walk walk = mm::x86::walk(ram_, root_, address);
  if (!user_may(walk, access)) {
    mm::x86::mark_path(ram_, walk);
    return fault_in(address, access);
  }
  mm::x86::mark_access(ram_, walk, access);
  if (access == mm::Access::Write) resolver_.frame_written(walk.physical().frame());
  return bytes_of(ram_, walk);
}

std::span<std::byte> GuestMemory::fault_in(mm::VirtualAddress address, mm::Access access) {
  const mm::FaultOutcome outcome = resolver_.resolve({address, access, mm::Mode::User});
  if (outcome.kind == mm::FaultOutcome::Kind::Retry) {
    const Walk walk = mm::x86::walk(ram_, root_, address);
    MM_CHECK(user_may(walk, access), "a fault was resolved, but the page cannot be accessed");
    return page_bytes(address, access);
  }
  status_ = outcome.status;
  return {};
}

template <class Use>
NtStatus GuestMemory::for_each_page(mm::VirtualAddress address, size_t size, mm::Access access, Use use) {
  if (!user_range(address, size)) return NtStatus::AccessViolation;
  while (size != 0) {
    const auto page = page_bytes(address, access);
    if (page.empty()) return status_;
    const auto bytes = page.first(std::min(page.size(), size));
    use(bytes);
    address = address + static_cast<uint32_t>(bytes.size());
    size -= bytes.size();
  }
  return NtStatus::Success;
}

NtStatus GuestMemory::read(mm::VirtualAddress from, std::span<std::byte> to) {
  return for_each_page(from, to.size(), mm::Access::Read, [&](std::span<std::byte> bytes) {
    std::memcpy(to.data(), bytes.data(), bytes.size());
    to = to.subspan(bytes.size());
  });
}

NtStatus GuestMemory::write(mm::VirtualAddress to, std::span<const std::byte> from) {
  return for_each_page(to, from.size(), mm::Access::Write, [&](std::span<std::byte> bytes) {
    std::memcpy(bytes.data(), from.data(), bytes.size());
    from = from.subspan(bytes.size());
  });
}

NtStatus GuestMemory::fill_zero(mm::VirtualAddress to, uint32_t size) {
  return for_each_page(to, size, mm::Access::Write,
                       [](std::span<std::byte> bytes) { std::memset(bytes.data(), 0, bytes.size()); });
}

NtStatus GuestMemory::probe_for_write(mm::VirtualAddress address, uint32_t size) {
  return for_each_page(address, size, mm::Access::Write, [](std::span<std::byte>) {});
}

mm::Result<std::string> GuestMemory::read_string(mm::VirtualAddress from, size_t limit) {
  std::string text;
  while (user_range(from, 1)) {
    const auto page = page_bytes(from, mm::Access::Read);
    if (page.empty()) return mm::fail(status_);
    const auto end = std::find(page.begin(), page.end(), std::byte{0});
    text.append(reinterpret_cast<const char*>(page.data()), static_cast<size_t>(end - page.begin()));
    if (text.size() > limit) return mm::fail(NtStatus::InvalidParameter);
    if (end != page.end()) return text;
    from = from + static_cast<uint32_t>(page.size());
  }
  return mm::fail(NtStatus::AccessViolation);
}

size_t peek_user_memory(mm::PhysicalMemory ram, mm::x86::PagingRoot root, mm::VirtualAddress from,
                        std::span<std::byte> to) {
  size_t done = 0;
  while (done < to.size() && user_range(from, done + 1)) {
    const Walk walk = mm::x86::walk(ram, root, from + static_cast<uint32_t>(done));
    if (!user_may(walk, mm::Access::Read)) break;
    const auto bytes = bytes_of(ram, walk);
    const size_t count = std::min(bytes.size(), to.size() - done);
    std::memcpy(to.data() + done, bytes.data(), count);
    done += count;
  }
  return done;
}

}  // namespace emu
