// The stages of a fault (mm/base/events.h) in words.
#pragma once

#include <string>

#include "mm/base/events.h"
#include "mm/inspect/fault_kind.h"

namespace emu::debugger {

// One line without its end.
std::string stage_text(const mm::Event& event);

// Whether a fault of this kind ends in an exception.
constexpr bool raises(mm::FaultKind kind) {
  return kind == mm::FaultKind::Guard || kind == mm::FaultKind::AccessViolation ||
         kind == mm::FaultKind::InPageError;
}

}  // namespace emu::debugger
