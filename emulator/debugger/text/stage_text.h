// The stages of a fault (mm/base/events.h) in words.
#pragma once

#include <string>
#include <string_view>

#include "mm/base/events.h"
#include "mm/base/fault_kind.h"
#include "mm/inspect/access_forecast.h"

namespace emu::debugger {

// Tells a stage in one line, without a line feed.
std::string stage_text(const mm::Event& event);

// Names a stage in a word or two, with which stage_text begins.
std::string_view stage_name(mm::Event::Kind kind);
// Names the stage that comes after `done` in a fault with that forecast.
std::string_view next_stage_name(mm::Event::Kind done, const mm::AccessForecast& forecast);

// Tells whether a fault of this kind ends in an exception.
constexpr bool raises(mm::FaultKind kind) {
  return kind == mm::FaultKind::Guard || kind == mm::FaultKind::AccessViolation ||
         kind == mm::FaultKind::InPageError;
}

}  // namespace emu::debugger
