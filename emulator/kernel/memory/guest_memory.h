// User memory of one process as services see it: captured and written through the process's page tables, with
// the processor's Accessed and Dirty bits, faulting pages in on the way. Whatever a guest passes, the worst
// is a status. Nothing above 0x7FFEFFFF is reached, whoever asks (Windows probes against MmUserProbeAddress).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <type_traits>

#include "mm/base/fault.h"
#include "mm/base/ports.h"
#include "mm/base/result.h"
#include "mm/x86/walk.h"

namespace emu {

// Makes a user page accessible as the processor's page fault would, or says why not.
class PageResolver {
 public:
  virtual ~PageResolver() = default;
  // Retry: the same walk now permits the access. Never Wait: that is waited for.
  virtual mm::FaultOutcome resolve(const mm::Fault& fault) = 0;
  // The content of a frame was changed from outside the processor.
  virtual void frame_written(mm::PageFrameNumber frame) = 0;
};

class GuestMemory {
 public:
  GuestMemory(mm::PhysicalMemory ram, mm::x86::PagingRoot root, PageResolver& resolver)
      : ram_(ram), root_(root), resolver_(resolver) {}

  // All bytes, or the status of the first page that cannot be accessed (STATUS_ACCESS_VIOLATION,
  // STATUS_GUARD_PAGE_VIOLATION, STATUS_IN_PAGE_ERROR, ...); pages before it are done by then, as with the
  // processor.
  mm::NtStatus read(mm::VirtualAddress from, std::span<std::byte> to);
  mm::NtStatus write(mm::VirtualAddress to, std::span<const std::byte> from);
  mm::NtStatus fill_zero(mm::VirtualAddress to, uint32_t size);

  template <class T>
  mm::Result<T> load(mm::VirtualAddress from) {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    const mm::NtStatus status = read(from, std::as_writable_bytes(std::span(&value, 1)));
    if (status != mm::NtStatus::Success) return mm::fail(status);
    return value;
  }
  template <class T>
  mm::NtStatus store(mm::VirtualAddress to, const T& value) {
    static_assert(std::is_trivially_copyable_v<T>);
    return write(to, std::as_bytes(std::span(&value, 1)));
  }

  // Makes sure that [address, address + size) can be written, a page at a time, as ProbeForWrite.
  mm::NtStatus probe_for_write(mm::VirtualAddress address, uint32_t size);

  // Characters up to a zero, at most `limit` (else STATUS_INVALID_PARAMETER).
  mm::Result<std::string> read_string(mm::VirtualAddress from, size_t limit);

 private:
  // The bytes from `address` to the end of its page, as the access left them; empty on failure (`status_`).
  std::span<std::byte> page_bytes(mm::VirtualAddress address, mm::Access access);
  std::span<std::byte> fault_in(mm::VirtualAddress address, mm::Access access);

  template <class Use>
  mm::NtStatus for_each_page(mm::VirtualAddress address, size_t size, mm::Access access, Use use);

  mm::PhysicalMemory ram_;
  mm::x86::PagingRoot root_;
  PageResolver& resolver_;
  mm::NtStatus status_ = mm::NtStatus::Success;
};

// Looks without a trace: no fault, no Accessed bit. How many bytes of user memory from `from` on were there.
size_t peek_user_memory(mm::PhysicalMemory ram, mm::x86::PagingRoot root, mm::VirtualAddress from,
                        std::span<std::byte> to);

}  // namespace emu
