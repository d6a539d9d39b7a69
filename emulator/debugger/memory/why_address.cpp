// What an address is now, and what an access to it would come to.
#include <fmt/core.h>

#include "emulator/debugger/memory/frame_report.h"
#include "emulator/debugger/memory/page_report.h"
#include "emulator/debugger/memory/vad_report.h"
#include "emulator/debugger/memory/why.h"
#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::AccessForecast;
using mm::FaultKind;
using mm::x86::PteKind;
using Outcome = AccessForecast::Outcome;

constexpr size_t kFaultsTold = 8;
constexpr std::array kAccesses = {mm::Access::Read, mm::Access::Write, mm::Access::Execute};
constexpr std::array kLabels = {"A read now", "A write now", "Execution now"};

std::string committed_words(const mm::PageStory& story) {
  switch (story.page->kind) {
    case PteKind::Unknown: return "it was never touched: the VAD's rule says that it is committed";
    case PteKind::DemandZero: return "it was never touched: its PTE holds only its protection";
    case PteKind::Valid: return "it is in memory, in frame " + frame_words(story.walk.pte().frame());
    case PteKind::PagingFile: return "its content is only in " + slot_words(story.walk.pte().slot());
    case PteKind::Transition:
      return fmt::format("it left the working set, but frame {} ({}) still holds it",
                         frame_words(story.walk.pte().frame()),
                         story.frame ? place_words(story.frame->state) : "");
    case PteKind::Decommitted:
    case PteKind::Prototype: break;
  }
  return kind_words(story.page->kind);
}

std::string now_words(const mm::PageStory& story) {
  if (!story.page) return {};
  if (story.page->commitment == mm::Commitment::Reserved)
    return story.page->kind == PteKind::Decommitted ? "The page was decommitted."
                                                    : "The page is reserved, not committed.";
  return fmt::format("The page is committed, {}; {}.", mm::protection_words(story.page->protection),
                     committed_words(story));
}

void add_now(const mm::PageStory& story, const ProcessNamer& names, Explanation& all) {
  all.stage("Walk").sentences = walk_words(story.walk);
  Explanation::Stage& vad = all.stage("VAD");
  if (story.vad) {
    vad.sentences = {vad_words(*story.vad) + ".", now_words(story)};
  } else {
    vad.sentences = {
        refusal_words(story.address >= mm::kSystemBase ? mm::AccessRefusal::System : mm::AccessRefusal::Free,
                      story.address, mm::Access::Read, {})};
  }
  if (story.frame)
    all.stage("Frame").sentences = {fmt::format("{} is {}: {}.", frame_words(story.frame->number),
                                                place_words(story.frame->state),
                                                role_words(*story.frame, names))};
  if (story.slot && story.frame)
    all.stage("Paging file").sentences = {fmt::format("Its copy in {} is {}.", slot_words(story.slot->slot),
                                                      story.frame->dirty() ? "out of date" : "still good")};
}

std::string source_words(const AccessForecast& forecast) {
  if (forecast.frame)
    return fmt::format("frame {} from the {} list", frame_words(*forecast.frame),
                       mm::to_string(forecast.frame_from));
  if (forecast.page_table == mm::PageTableNeed::WouldBeMade) return "the next frame available";
  return "a frame, once room is made: none is available";
}

std::string resolved_words(const AccessForecast& forecast) {
  const std::string table =
      forecast.page_table == mm::PageTableNeed::WouldBeMade ? " A page table would be made first." : "";
  switch (forecast.fault) {
    case FaultKind::DemandZero:
      return fmt::format(
          "A soft page fault: the demand-zero resolver would give the page {}, filled with zeros.{}",
          source_words(forecast), table);
    case FaultKind::Transition:
      return fmt::format("A soft page fault: the transition resolver would take frame {} off the {} list.",
                         frame_words(*forecast.frame), mm::to_string(forecast.frame_from));
    case FaultKind::PagingFile:
      return fmt::format(
          "A hard page fault: the paging-file resolver would read the page from its slot into {}.{}",
          source_words(forecast), table);
    case FaultKind::Guard:
    case FaultKind::AccessViolation:
    case FaultKind::InPageError:
    case FaultKind::OutOfFrames: break;
  }
  return "A page fault.";
}

std::string guard_words(uint32_t stack_owner) {
  if (stack_owner == 0)
    return "STATUS_GUARD_PAGE_VIOLATION, once: the guard would be taken off, and the next access be let "
           "through.";
  return fmt::format(
      "By thread {}, whose stack it is: the stack would grow, and the guard move down. By any other thread: "
      "STATUS_GUARD_PAGE_VIOLATION, once.",
      stack_owner);
}

std::string forecast_words(const AccessForecast& forecast, const mm::PageStory& story, mm::Access access,
                           uint32_t stack_owner) {
  const mm::x86::Protection protection = story.page ? story.page->protection : mm::x86::Protection{};
  switch (forecast.outcome) {
    case Outcome::NoFault: return "No fault: the entries allow it.";
    case Outcome::Resolved: return resolved_words(forecast);
    case Outcome::Waits: return "A wait: the page is on its way to or from the paging file.";
    case Outcome::Raised: break;
  }
  if (forecast.fault == FaultKind::Guard) return guard_words(stack_owner);
  return fmt::format("{}: {}", mm::to_string(forecast.status),
                     refusal_words(forecast.refusal, story.address, access, protection));
}

const char* outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::NoFault: return "no_fault";
    case Outcome::Resolved: return "resolved";
    case Outcome::Raised: return "raised";
    case Outcome::Waits: return "waits";
  }
  return "";
}

Json forecast_json(const AccessForecast& forecast) {
  Json json = {{"outcome", outcome_name(forecast.outcome)}};
  if (forecast.outcome == Outcome::Resolved || forecast.outcome == Outcome::Raised)
    json["fault"] = mm::to_string(forecast.fault);
  if (forecast.outcome == Outcome::Raised) json["status"] = mm::to_string(forecast.status);
  if (forecast.frame) json["frame"] = frame_words(*forecast.frame);
  return json;
}

}  // namespace

AddressAccount account_of(const mm::MachineState& machine, const mm::AddressSpace& space,
                          mm::VirtualAddress address, const mm::FaultRecorder* recorder) {
  AddressAccount account{.story = mm::page_story(machine, space, address), .forecasts = {}, .faults = {}};
  for (size_t i = 0; i < kAccesses.size(); ++i)
    account.forecasts[i] = mm::forecast_access(machine, space, {address, kAccesses[i], mm::Mode::User});
  const mm::PageRange page{address.page(), address.page() + mm::PageCount{1}};
  if (recorder != nullptr) account.faults = recorder->in_range(account.story.space, page, kFaultsTold);
  return account;
}

Explanation explain(const AddressAccount& account, const ProcessNamer& names) {
  Explanation all{.headline = fmt::format("Address {} of {}, now.", address_words(account.story.address),
                                          names.name(account.story.space)),
                  .stages = {}};
  add_now(account.story, names, all);
  const uint32_t owner = names.stack_owner(account.story.space, account.story.address);
  for (size_t i = 0; i < kAccesses.size(); ++i) {
    all.stage(kLabels[i]).sentences = {
        forecast_words(account.forecasts[i], account.story, kAccesses[i], owner)};
  }
  Explanation::Stage& past = all.stage("Last faults");
  for (const mm::FaultStory* fault : account.faults) past.sentences.push_back(summary_words(*fault));
  if (account.faults.empty()) past.sentences.push_back("None is recorded in this page.");
  return all;
}

Json account_json(const AddressAccount& account, const ProcessNamer& names) {
  Json json = page_json(account.story);
  for (size_t i = 0; i < kAccesses.size(); ++i)
    json[access_words(kAccesses[i])] = forecast_json(account.forecasts[i]);
  Json faults = Json::array();
  for (const mm::FaultStory* fault : account.faults) faults.push_back(fault->sequence);
  json["faults"] = faults;
  json["explanation"] = json_of(explain(account, names));
  return json;
}

}  // namespace emu::debugger
