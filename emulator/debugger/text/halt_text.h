// A halt in words: why the guest stands still, and the place.
#pragma once

#include <string>

#include "emulator/debugger/session/answer.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger {

// Why; whole lines. Nothing for a step, whose place says it all.
Answer halt_reason(const Session& session);

// The next instruction as r shows it: a heading, the instruction, the memory that it is about to touch.
std::string instruction_text(const Session& session);

// In a fault, what its last stage was and what the next one is: "done: walk, next: VAD"; else "".
std::string fault_progress(const Halt& halt);

// Registers and the next instruction; Inside, only the instruction.
Answer place_text(const Session& session);

// The service's name, or its number when nobody has it.
std::string service_name(uint32_t number);
// The number of a service, by its name, whatever the case.
std::optional<uint32_t> service_number(std::string_view name);

}  // namespace emu::debugger
