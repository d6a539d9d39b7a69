// A halt in words: why the guest stands still, and the place.
#pragma once

#include <string>

#include "emulator/debugger/session/answer.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger {

// Says why the guest stands still, in whole lines; says nothing of a step, whose place says it all.
Answer halt_reason(const Session& session);

// Returns the next instruction as r shows it: a heading, the instruction, the memory that it is about to
// touch.
std::string instruction_text(const Session& session);

// Says in a fault what its last stage was and what the next one is: "done: walk, next: VAD"; "" elsewhere.
std::string fault_progress(const Halt& halt);

// Shows the registers and the next instruction; Inside, only the instruction.
Answer place_text(const Session& session);

// Returns the service's name, or its number when it is no service's.
std::string service_name(uint32_t number);
// Returns the number of a service by its name, in any case; none when there is no such service.
std::optional<uint32_t> service_number(std::string_view name);

}  // namespace emu::debugger
