#include "emulator/debugger/memory/process_memory.h"

#include <algorithm>
#include <array>

#include "emulator/kernel/kernel.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "mm/inspect/page_content.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu::debugger {
namespace {

// Calls `part(address, offset, size)` for the part of the range in each page, as long as it returns true.
template <class Part>
void for_each_page(mm::VirtualAddress from, size_t size, Part part) {
  size_t done = 0;
  while (done < size) {
    const uint64_t at = uint64_t{from.value} + done;
    if (at > UINT32_MAX) return;
    const mm::VirtualAddress address{static_cast<uint32_t>(at)};
    const size_t length = std::min<size_t>(size - done, mm::kPageSize - address.offset());
    if (!part(address, done, length)) return;
    done += length;
  }
}

}  // namespace

size_t ProcessMemory::read(mm::VirtualAddress from, std::span<std::byte> to) const {
  if (process_ == nullptr || !process_->running()) return 0;
  size_t done = 0;
  std::array<std::byte, mm::kPageSize> page;
  for_each_page(from, to.size(), [&](mm::VirtualAddress address, size_t offset, size_t size) {
    if (!mm::page_content(kernel_.memory().state(), process_->space(), address.page(), page)) return false;
    std::copy_n(page.begin() + address.offset(), size, to.begin() + static_cast<ptrdiff_t>(offset));
    done = offset + size;
    return true;
  });
  return done;
}

mm::NtStatus ProcessMemory::write_within_page(mm::VirtualAddress to, std::span<const std::byte> from) {
  ProcessPages pages(kernel_.faults(), *process_, nullptr, mm::FaultActor::Debugger);
  GuestMemory memory(kernel_.ram(), process_->root(), pages);
  const mm::NtStatus status = memory.write(to, from);
  if (status == mm::NtStatus::Success) return status;
  const auto opened = kernel_.memory().protect_virtual_memory(
      process_->space(), {to.page().address(), mm::kPageSize}, mm::x86::page::kExecuteReadWrite);
  if (!opened) return status;
  const mm::NtStatus again = memory.write(to, from);
  (void)kernel_.memory().protect_virtual_memory(process_->space(), {to.page().address(), mm::kPageSize},
                                                opened->old_protect);
  return again;
}

mm::NtStatus ProcessMemory::write(mm::VirtualAddress to, std::span<const std::byte> from) {
  if (process_ == nullptr || !process_->running()) return mm::NtStatus::InvalidCid;
  std::vector<std::byte> probe(from.size());
  if (read(to, probe) != from.size()) return mm::NtStatus::AccessViolation;
  mm::NtStatus status = mm::NtStatus::Success;
  for_each_page(to, from.size(), [&](mm::VirtualAddress address, size_t offset, size_t size) {
    status = write_within_page(address, from.subspan(offset, size));
    return status == mm::NtStatus::Success;
  });
  return status;
}

}  // namespace emu::debugger
