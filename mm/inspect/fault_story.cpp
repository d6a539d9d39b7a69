#include "mm/inspect/fault_story.h"

namespace mm {

std::optional<FaultKind> kind_of(const FaultStory& story) {
  const bool known =
      story.state == FaultStory::State::Ended && story.outcome.kind != FaultOutcome::Kind::Wait;
  return known ? std::optional(story.outcome.fault) : std::nullopt;
}

FaultCost cost_of(const FaultStory& story) {
  if (!kind_of(story)) return FaultCost::Open;
  if (story.outcome.raised()) return FaultCost::Raised;
  return story.outcome.hard() ? FaultCost::Hard : FaultCost::Soft;
}

}  // namespace mm
