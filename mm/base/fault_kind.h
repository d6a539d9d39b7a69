// What a page fault turned out to be.
#pragma once

#include <cstdint>
#include <string_view>

namespace mm {

enum class FaultKind : uint8_t {
  DemandZero,
  Transition,
  PagingFile,
  Guard,
  AccessViolation,
  InPageError,
  OutOfFrames,
};

constexpr std::string_view to_string(FaultKind kind) {
  switch (kind) {
    case FaultKind::DemandZero: return "demand-zero";
    case FaultKind::Transition: return "transition";
    case FaultKind::PagingFile: return "paging file";
    case FaultKind::Guard: return "guard page";
    case FaultKind::AccessViolation: return "access violation";
    case FaultKind::InPageError: return "in-page error";
    case FaultKind::OutOfFrames: return "out of frames";
  }
  return "unknown";
}

}  // namespace mm
