#include "emulator/debugger/gdb/protocol/signal.h"

namespace emu::debugger::gdb {

Signal signal_of(mm::NtStatus exception) {
  using mm::NtStatus;
  switch (exception) {
    case NtStatus::AccessViolation:
    case NtStatus::GuardPageViolation:
    case NtStatus::StackOverflow:
    case NtStatus::BadStack:
    case NtStatus::ArrayBoundsExceeded: return Signal::SegmentationFault;
    case NtStatus::InPageError:
    case NtStatus::DatatypeMisalignment: return Signal::Bus;
    case NtStatus::IllegalInstruction:
    case NtStatus::PrivilegedInstruction: return Signal::IllegalInstruction;
    case NtStatus::IntegerDivideByZero:
    case NtStatus::IntegerOverflow:
    case NtStatus::FloatDivideByZero:
    case NtStatus::FloatInvalidOperation:
    case NtStatus::FloatDenormalOperand:
    case NtStatus::FloatInexactResult:
    case NtStatus::FloatOverflow:
    case NtStatus::FloatStackCheck:
    case NtStatus::FloatUnderflow:
    case NtStatus::FloatMultipleFaults:
    case NtStatus::FloatMultipleTraps: return Signal::FloatingPoint;
    case NtStatus::Breakpoint:
    case NtStatus::SingleStep: return Signal::Trap;
    default: return Signal::Unknown;
  }
}

}  // namespace emu::debugger::gdb
