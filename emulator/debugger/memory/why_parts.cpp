// The sentences that a fault's and an address's explanation share.
#include <fmt/core.h>

#include "emulator/debugger/memory/why.h"
#include "mm/inspect/entry_words.h"
#include "mm/x86/layout.h"

namespace emu::debugger {
namespace {

using mm::AccessRefusal;

std::string free_words(mm::VirtualAddress address) {
  if (address < mm::kLowestUserAddress)
    return "No VAD holds the address: the first 64 KB are never given out, so that null pointers fault.";
  if (address > mm::kHighestUserAddress)
    return "No VAD holds the address: the last 64 KB below 2 GB are never given out.";
  return "No VAD holds the address: the memory is free, never allocated or released since.";
}

}  // namespace

std::string refusal_words(AccessRefusal refusal, mm::VirtualAddress address, mm::Access access,
                          mm::x86::Protection protection) {
  switch (refusal) {
    case AccessRefusal::None: return {};
    case AccessRefusal::Free: return free_words(address);
    case AccessRefusal::System:
      return "Addresses from 0x80000000 on are the system's: no VAD describes them, and user mode may not "
             "touch "
             "them.";
    case AccessRefusal::Reserved:
      return "The page is reserved, not committed: its addresses are taken, but no memory was promised.";
    case AccessRefusal::Decommitted:
      return "The page was decommitted: its addresses are still taken, but its memory was given back.";
    case AccessRefusal::NoAccess:
      return fmt::format("The page is committed with PAGE_NOACCESS, which lets no {} through.",
                         access_noun(access));
    case AccessRefusal::ReadOnly:
      return fmt::format("The page's protection, {}, lets no write through.",
                         mm::protection_words(protection));
  }
  return {};
}

std::vector<std::string> walk_words(const mm::x86::Walk& walk) {
  std::vector<std::string> sentences;
  for (const mm::x86::WalkStep& step : walk.steps()) {
    sentences.push_back(fmt::format("{} {:#05x} at {} = {}: {}.", mm::entry_name(walk.level(step)),
                                    mm::x86::entry_index(walk.mode(), step.at), physical_words(step.at),
                                    entry_words(step.entry), mm::level_words(walk.level(step), step.entry)));
  }
  if (!walk.page_table() && !walk.large())
    sentences.push_back("There is no page table for this address, so there is no PTE to read.");
  return sentences;
}

std::string place_words(const mm::FaultIdentity& who) {
  const bool exact = who.located == mm::FaultIdentity::Located::Byte;
  return (exact ? "at " : "in the page at ") + address_words(who.fault.address);
}

std::string actor_words(const mm::FaultIdentity& who) {
  switch (who.actor) {
    case mm::FaultActor::Instruction:
      return fmt::format("the instruction at {}, thread {}", address_words(who.instruction), who.thread);
    case mm::FaultActor::System:
      if (who.thread == 0) return "the loader (no thread ran yet)";
      return fmt::format("the system for thread {} (which goes on at {})", who.thread,
                         address_words(who.instruction));
    case mm::FaultActor::Debugger: return "the debugger";
  }
  return "";
}

std::string summary_words(const mm::FaultStory& fault) {
  const auto kind = mm::kind_of(fault);
  return fmt::format("Fault {}: {} {} by {}: {}.", fault.sequence, one_access(fault.who.fault.access),
                     place_words(fault.who), actor_words(fault.who),
                     kind                                             ? mm::to_string(*kind)
                     : fault.state == mm::FaultStory::State::Underway ? "under way"
                                                                      : "the page was on its way");
}

}  // namespace emu::debugger
