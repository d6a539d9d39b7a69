// A fault's story as data.
#include "emulator/debugger/memory/why.h"
#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::FaultStory;

Json counters_json(const mm::FaultCounters& counters) {
  return {{"zeroed_pages", counters.zeroed.value},
          {"free_pages", counters.free.value},
          {"standby_pages", counters.standby.value},
          {"modified_pages", counters.modified.value},
          {"active_pages", counters.active.value},
          {"transition_pages", counters.transition.value},
          {"commit_charge_pages", counters.commit_charge.value},
          {"slots_used", counters.slots_used.value},
          {"working_set_pages", counters.working_set.value}};
}

Json rule_json(const mm::VadRule& rule) {
  return {{"start", address_words(rule.range.begin.address())},
          {"end", address_words({rule.range.end.address().value - 1})},
          {"type", vad_type_words(rule.type)},
          {"protection", mm::protection_words(rule.protection)},
          {"backing", rule.backing == mm::VadBacking::Committed ? "committed" : "reserved"}};
}

const char* cost_name(mm::FaultCost cost) {
  switch (cost) {
    case mm::FaultCost::Soft: return "soft";
    case mm::FaultCost::Hard: return "hard";
    case mm::FaultCost::Raised: return "raised";
    case mm::FaultCost::Open: return "open";
  }
  return "";
}

const char* actor_name(mm::FaultActor actor) {
  switch (actor) {
    case mm::FaultActor::Instruction: return "instruction";
    case mm::FaultActor::System: return "system";
    case mm::FaultActor::Debugger: return "debugger";
  }
  return "";
}

const char* outcome_name(const FaultStory& story) {
  if (story.state != FaultStory::State::Ended) return "underway";
  switch (story.outcome.kind) {
    case mm::FaultOutcome::Kind::Retry: return "retry";
    case mm::FaultOutcome::Kind::Raise: return "raise";
    case mm::FaultOutcome::Kind::Wait: return "wait";
  }
  return "";
}

}  // namespace

Json fault_json(const FaultStory& story, const ProcessNamer& names) {
  const bool ended = story.state == FaultStory::State::Ended;
  const bool raised = ended && story.outcome.kind == mm::FaultOutcome::Kind::Raise;
  return {{"sequence", story.sequence},
          {"process", story.who.process},
          {"actor", actor_name(story.who.actor)},
          {"thread", story.who.thread},
          {"instruction", address_words(story.who.instruction)},
          {"address", address_words(story.who.fault.address)},
          {"byte_known", story.who.located == mm::FaultIdentity::Located::Byte},
          {"access", access_words(story.who.fault.access)},
          {"mode", mode_words(story.who.fault.mode)},
          {"kind", or_null(mm::kind_of(story), [](mm::FaultKind kind) { return mm::to_string(kind); })},
          {"cost", cost_name(mm::cost_of(story))},
          {"outcome", outcome_name(story)},
          {"status", raised ? Json(mm::to_string(story.outcome.status)) : Json(nullptr)},
          {"time_ns", ended ? Json(story.end_time - story.who.time) : Json(nullptr)},
          {"pde", entry_words(story.walk.pde())},
          {"pte", story.walk.page_table() ? Json(entry_words(story.walk.pte())) : Json(nullptr)},
          {"vad", or_null(story.vad, rule_json)},
          {"before", counters_json(story.before)},
          {"after", ended ? counters_json(story.after) : Json(nullptr)},
          {"trimmed_pages", story.trimmed.value},
          {"slots_written", story.slots_written.value},
          {"explanation", json_of(explain(story, names))}};
}

}  // namespace emu::debugger
