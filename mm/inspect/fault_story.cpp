#include "mm/inspect/fault_story.h"

namespace mm {
namespace {

std::optional<FaultKind> kind_of_status(NtStatus status) {
  if (status == NtStatus::AccessViolation) return FaultKind::AccessViolation;
  if (status == NtStatus::GuardPageViolation) return FaultKind::Guard;
  if (status == NtStatus::InPageError) return FaultKind::InPageError;
  if (status == NtStatus::NoMemory) return FaultKind::OutOfFrames;
  return std::nullopt;
}

}  // namespace

std::optional<FaultKind> kind_of(const FaultStory& story) {
  if (const Event* resolved = story.find(Event::Kind::FaultResolved))
    return static_cast<FaultKind>(resolved->value);
  if (story.state == FaultStory::State::Ended && story.outcome.kind == FaultOutcome::Kind::Raise)
    return kind_of_status(story.outcome.status);
  return std::nullopt;
}

FaultCost cost_of(const FaultStory& story) {
  if (story.state != FaultStory::State::Ended) return FaultCost::Open;
  if (story.outcome.kind == FaultOutcome::Kind::Raise) return FaultCost::Raised;
  const auto kind = kind_of(story);
  if (!kind) return FaultCost::Open;
  return *kind == FaultKind::PagingFile ? FaultCost::Hard : FaultCost::Soft;
}

}  // namespace mm
