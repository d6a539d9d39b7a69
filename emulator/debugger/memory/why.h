// `why`: what happened in a fault, and what an address is and would do, in plain sentences that are true of
// this machine (the mechanism: Windows Internals, "Page fault handling"; Intel SDM volume 3, 4.7).
#pragma once

#include <array>
#include <span>
#include <vector>

#include "emulator/debugger/memory/explanation.h"
#include "emulator/debugger/memory/names.h"
#include "mm/inspect/access_forecast.h"
#include "mm/inspect/fault_recorder.h"
#include "mm/inspect/page_story.h"

namespace emu::debugger {

// --- Explaining a fault that was recorded, or one that is under way as far as it has come.
Explanation explain(const mm::FaultStory& story, const ProcessNamer& names);
// Tells the fault in one sentence.
std::string summary_words(const mm::FaultStory& story);
// {"sequence", "process", "actor", "thread", "instruction", "address", "byte_known", "access", "mode",
// "kind", "cost", "outcome",
//  "status", "time_ns", "pde", "pte", "vad", "before", "after", "trimmed_pages", "slots_written",
//  "explanation"}
Json fault_json(const mm::FaultStory& story, const ProcessNamer& names);

// --- An address, now.
struct AddressAccount {
  mm::PageStory story;
  std::array<mm::AccessForecast, 3> forecasts;  // in user mode: read, write, execute
  std::vector<const mm::FaultStory*> faults;    // the last ones in its page, newest first
};

// Tells what an address is and what each access to it would do; asking changes nothing. `recorder` may be
// null.
AddressAccount account_of(const mm::MachineState& machine, const mm::AddressSpace& space,
                          mm::VirtualAddress address, const mm::FaultRecorder* recorder);

Explanation explain(const AddressAccount& account, const ProcessNamer& names);
// {"address", "process", "pde", "pte", ..., "read", "write", "execute", "faults", "explanation"}
Json account_json(const AddressAccount& account, const ProcessNamer& names);

// --- Parts of both.
// Returns "at 0x00401010", or "in the page at 0x00401000" when no more is known.
std::string place_words(const mm::FaultIdentity& who);
// Returns "the instruction at 0x00401010, thread 8", or who else made the access.
std::string actor_words(const mm::FaultIdentity& who);
// Says why an access to `address` is refused; `rule` is the protection, where there is one.
std::string refusal_words(mm::AccessRefusal refusal, mm::VirtualAddress address, mm::Access access,
                          mm::x86::Protection protection);
std::vector<std::string> walk_words(const mm::x86::Walk& walk);

}  // namespace emu::debugger
