// The explanation of one fault, from its story.
#include <fmt/core.h>

#include "emulator/debugger/memory/fault_action.h"
#include "emulator/debugger/memory/why.h"
#include "emulator/kernel/exceptions/exception.h"
#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::Event;
using mm::FaultKind;
using mm::FaultStory;
using mm::x86::PteKind;
using Stage = Explanation::Stage;

void add_walk(const FaultStory& story, Explanation& all) {
  const mm::Fault& fault = story.who.fault;
  Stage& stage = all.stage("Walk");
  stage.sentences = walk_words(story.walk);
  const bool processor = story.who.actor == mm::FaultActor::Instruction;
  stage.sentences.push_back(fmt::format(
      "{} page fault with error code {:#x} ({}, {}, {} mode).",
      processor
          ? fmt::format("The processor refuses the {} and raises a", access_noun(fault.access))
          : fmt::format("The {} cannot be made like this: it is served as a", access_noun(fault.access)),
      mm::x86::error_code(story.walk, fault.access, fault.mode),
      story.walk.present() ? "present" : "not present",
      fault.access == mm::Access::Write ? "write" : "no write", mode_words(fault.mode)));
}

void add_vad(const FaultStory& story, Explanation& all) {
  Stage& stage = all.stage("VAD");
  if (!story.vad) {
    stage.sentences.push_back(fmt::format("No VAD holds {}.", address_words(story.who.fault.address)));
    return;
  }
  stage.sentences.push_back(fmt::format("{} ({}), {}, {}.", range_words(story.vad->range),
                                        pages_words(story.vad->range.size()), vad_type_words(story.vad->type),
                                        mm::protection_words(story.vad->protection)));
  stage.sentences.push_back(story.vad->backing == mm::VadBacking::Committed
                                ? "Its rule: a page whose PTE is all zeros is committed with this protection."
                                : "Its rule: a page whose PTE is all zeros is only reserved.");
}

std::string decoded_words(const FaultStory& story, PteKind kind) {
  const mm::x86::Pte pte = story.walk.pte();
  switch (kind) {
    case PteKind::Unknown:
      return fmt::format("{}, so the VAD's rule decides: {}.",
                         story.walk.page_table() ? "The PTE is all zeros" : "There is no page table",
                         story.vad && story.vad->backing == mm::VadBacking::Committed
                             ? "the page is committed and was never touched"
                             : "the page is reserved");
    case PteKind::DemandZero:
      return fmt::format("The PTE holds a protection and nothing else: demand-zero, {}.",
                         mm::protection_words(pte.protection()));
    case PteKind::Decommitted: return "The entry says that the page was decommitted.";
    case PteKind::PagingFile:
      return fmt::format("The page was written out and its frame reused: its content is in {}.",
                         slot_words(pte.slot()));
    case PteKind::Transition:
      if (cost_of(story) == mm::FaultCost::Hard)
        return fmt::format("The page was read for this access, and has arrived in frame {}.",
                           frame_words(pte.frame()));
      return fmt::format("The page left the working set, but frame {} still holds its content.",
                         frame_words(pte.frame()));
    case PteKind::Valid:
      return "The PTE is valid: the processor had it, and it is its rights that refuse the access.";
    case PteKind::Prototype: return "The PTE refers to a prototype PTE.";
  }
  return {};
}

void add_decoded(const FaultStory& story, Explanation& all) {
  const Event* decoded = story.find(Event::Kind::PteDecoded);
  if (decoded == nullptr) return;
  const auto kind = static_cast<PteKind>(decoded->value);
  all.stage("PTE").sentences.push_back(decoded_words(story, kind));
}

void add_check(const FaultStory& story, Explanation& all) {
  const mm::Fault& fault = story.who.fault;
  if (const Event* refused = story.find(Event::Kind::AccessRefused)) {
    all.stage("Access check")
        .sentences.push_back(refusal_words(static_cast<mm::AccessRefusal>(refused->value), fault.address,
                                           fault.access, story.protection));
  } else if (const Event* checked = story.find(Event::Kind::AccessChecked)) {
    const mm::x86::Protection protection{static_cast<uint8_t>(checked->value)};
    all.stage("Access check")
        .sentences.push_back(fmt::format("{} lets {} through{}.", mm::protection_words(protection),
                                         one_access(fault.access),
                                         protection.guard() ? ", but the guard comes first" : ""));
  }
}

void add_change(const char* name, mm::PageCount before, mm::PageCount after, Stage& stage) {
  if (before != after)
    stage.sentences.push_back(fmt::format("{}: {} -> {}.", name, before.value, after.value));
}

void add_changes(const FaultStory& story, Explanation& all) {
  if (story.state != FaultStory::State::Ended) return;
  Stage& stage = all.stage("Changes");
  const mm::FaultCounters &before = story.before, &after = story.after;
  add_change("Zeroed list", before.zeroed, after.zeroed, stage);
  add_change("Free list", before.free, after.free, stage);
  add_change("Standby lists", before.standby, after.standby, stage);
  add_change("Modified list", before.modified, after.modified, stage);
  add_change("Frames in transition", before.transition, after.transition, stage);
  add_change("Active frames", before.active, after.active, stage);
  add_change("Working set", before.working_set, after.working_set, stage);
  add_change("Paging-file slots in use", before.slots_used, after.slots_used, stage);
  add_change("Commit charge", before.commit_charge, after.commit_charge, stage);
  if (before == after) stage.sentences.push_back("No count changed.");
  if (before.commit_charge == after.commit_charge && before != after)
    stage.sentences.push_back(fmt::format(
        "Commit charge: {}, unchanged: a page is charged when it is committed.", after.commit_charge.value));
}

std::string cost_words(const FaultStory& story) {
  return fmt::format("It cost {} ns of the machine's time.", story.end_time - story.who.time);
}

void add_seen_by_guest(const FaultStory& story, Stage& stage) {
  const Exception exception = exception_of_fault(story.who.fault, story.outcome, story.who.instruction);
  std::string parameters;
  for (uint32_t i = 0; i < exception.parameter_count; ++i)
    parameters += fmt::format("{}{:#x}", i == 0 ? "" : ", ", exception.parameters[i]);
  stage.sentences.push_back(fmt::format("The guest gets exception {} at {}, with parameters {}.",
                                        status_words(story.outcome.status),
                                        address_words(story.who.instruction), parameters));
}

void add_raised(const FaultStory& story, const ProcessNamer& names, Stage& stage) {
  const uint32_t owner = names.stack_owner(story.space, story.who.fault.address);
  if (mm::kind_of(story) == FaultKind::Guard && owner != 0 && owner == story.who.thread) {
    stage.sentences.push_back(fmt::format(
        "A guard page does its work once. It was in the stack of thread {} itself: the kernel makes the next "
        "page the guard, and the access is made again, unless the stack has come to its end.",
        owner));
    return;
  }
  if (story.who.actor == mm::FaultActor::Instruction) {
    add_seen_by_guest(story, stage);
  } else {
    stage.sentences.push_back(
        fmt::format("Whoever made the access gets {}.", status_words(story.outcome.status)));
  }
  if (story.outcome.status == mm::NtStatus::InPageError)
    stage.sentences.push_back(
        fmt::format("The device's own error was {}.", status_words(story.outcome.detail)));
  if (story.outcome.status == mm::NtStatus::NoMemory)
    stage.sentences.push_back("No frame was to be had: nothing more can be trimmed or written out.");
}

void add_outcome(const FaultStory& story, const ProcessNamer& names, Explanation& all) {
  Stage& stage = all.stage("Outcome");
  if (story.state != FaultStory::State::Ended) {
    stage.sentences.push_back("The fault is still being served.");
    return;
  }
  switch (mm::cost_of(story)) {
    case mm::FaultCost::Soft:
      stage.sentences.push_back(fmt::format("A soft fault ({}): served from memory, without reading. {}",
                                            mm::to_string(*mm::kind_of(story)), cost_words(story)));
      break;
    case mm::FaultCost::Hard:
      stage.sentences.push_back(fmt::format("A hard fault ({}): one page was read from the disk. {}",
                                            mm::to_string(*mm::kind_of(story)), cost_words(story)));
      break;
    case mm::FaultCost::Raised: add_raised(story, names, stage); return;
    case mm::FaultCost::Open:
      stage.sentences.push_back("The page is on its way: the thread waits, and makes the access again then.");
      return;
  }
  stage.sentences.push_back(story.who.actor == mm::FaultActor::Instruction
                                ? "The instruction is run again, and now the walk succeeds."
                                : "The access is made again, and now the walk succeeds.");
}

std::string headline(const FaultStory& story) {
  const mm::Fault& fault = story.who.fault;
  const auto kind = mm::kind_of(story);
  const bool guest = story.who.actor == mm::FaultActor::Instruction;
  return fmt::format("Fault {}{}: process {}, {} made {} {} in {} mode.", story.sequence,
                     kind ? fmt::format(" ({})", mm::to_string(*kind)) : "", story.who.process,
                     guest ? fmt::format("thread {}, the instruction at {}", story.who.thread,
                                         address_words(story.who.instruction))
                           : actor_words(story.who),
                     one_access(fault.access), place_words(story.who), mode_words(fault.mode));
}

}  // namespace

Explanation explain(const FaultStory& story, const ProcessNamer& names) {
  Explanation all{.headline = headline(story), .stages = {}};
  add_walk(story, all);
  add_vad(story, all);
  add_decoded(story, all);
  add_check(story, all);
  auto action = action_words(story, names);
  if (!action.empty()) all.stage("Action").sentences = std::move(action);
  add_changes(story, all);
  add_outcome(story, names, all);
  return all;
}

}  // namespace emu::debugger
