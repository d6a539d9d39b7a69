// A page fault as it travels from the MMU to the memory manager and back.
#pragma once

#include <cstdint>

#include "mm/base/fault_kind.h"
#include "mm/base/machine_clock.h"
#include "mm/base/nt_status.h"
#include "mm/base/types.h"

namespace mm {

enum class Access : uint8_t { Read, Write, Execute };
enum class Mode : uint8_t { User, Supervisor };

// Intel SDM volume 3, 4.7: the error code that a page fault pushes.
namespace page_fault_error {
inline constexpr uint32_t kPresent = 1u << 0;  // the walk ended at a present entry: a protection violation
inline constexpr uint32_t kWrite = 1u << 1;
inline constexpr uint32_t kUser = 1u << 2;
inline constexpr uint32_t kReserved = 1u << 3;  // it has a bit set that must be zero
inline constexpr uint32_t kFetch = 1u << 4;     // only with NX enabled
}  // namespace page_fault_error

// Why an access is a violation.
enum class AccessRefusal : uint8_t {
  None,         // the access is no violation
  Free,         // no VAD holds the address
  System,       // the address is in the system half, which no VAD describes
  Reserved,     // in a VAD, but not committed
  Decommitted,  // was committed, and is no more
  NoAccess,     // PAGE_NOACCESS
  ReadOnly,     // a write, where the protection allows none
};

struct Fault {
  VirtualAddress address;  // within the page that faulted; exact to the byte only where that is visible
  Access access = Access::Read;
  Mode mode = Mode::User;
};

// What the memory manager made of a fault.
//   Retry: the walk now succeeds. Raise: the access is wrong, or cannot be served; the guest sees `status`.
//   Wait: the page is on its way, or a frame for it is; the thread blocks and the access is made again then.
struct FaultOutcome {
  enum class Kind : uint8_t { Retry, Raise, Wait };

  Kind kind = Kind::Retry;
  NtStatus status = NtStatus::Success;      // with Raise
  NtStatus detail = NtStatus::Success;      // with Raise(InPageError): the I/O error beneath it
  FaultKind fault = FaultKind::DemandZero;  // with Retry and Raise, for who counts or tells
  Time until{0};                            // with Wait: not before

  static constexpr FaultOutcome retry(FaultKind fault = FaultKind::DemandZero) {
    return {.kind = Kind::Retry, .fault = fault};
  }
  static constexpr FaultOutcome wait(Time until = {}) { return {.kind = Kind::Wait, .until = until}; }
  static constexpr FaultOutcome raise(NtStatus status, NtStatus detail = NtStatus::Success,
                                      FaultKind fault = FaultKind::AccessViolation) {
    return {.kind = Kind::Raise, .status = status, .detail = detail, .fault = fault};
  }
  static constexpr FaultOutcome access_violation() { return raise(NtStatus::AccessViolation); }

  constexpr bool raised() const { return kind == Kind::Raise; }
  // A hard fault: resolved by reading.
  constexpr bool hard() const { return kind == Kind::Retry && fault == FaultKind::PagingFile; }
  // As the thread that faulted sees it: the same happens to it.
  constexpr bool operator==(const FaultOutcome& other) const {
    return kind == other.kind && status == other.status && detail == other.detail;
  }
};

}  // namespace mm
