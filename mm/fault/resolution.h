// What a resolver made of a fault, before the memory manager tells the processor.
#pragma once

#include "mm/base/fault.h"
#include "mm/inspect/fault_kind.h"

namespace mm {

struct Resolution {
  // NoFrame: nothing was changed but page tables made; a frame is needed, then the resolver runs again.
  enum class Kind : uint8_t { Resolved, Raised, Wait, NoFrame };

  Kind kind;
  FaultKind fault = FaultKind::DemandZero;  // when resolved or raised
  NtStatus status = NtStatus::Success;      // when raised
  NtStatus detail = NtStatus::Success;      // when raised: the I/O error beneath it

  static constexpr Resolution resolved(FaultKind kind) { return {Kind::Resolved, kind}; }
  static constexpr Resolution raised(FaultKind kind, NtStatus status, NtStatus detail = NtStatus::Success) {
    return {Kind::Raised, kind, status, detail};
  }
  static constexpr Resolution access_violation() {
    return raised(FaultKind::AccessViolation, NtStatus::AccessViolation);
  }
  static constexpr Resolution wait() { return {Kind::Wait}; }
  static constexpr Resolution no_frame() { return {Kind::NoFrame}; }
};

}  // namespace mm
