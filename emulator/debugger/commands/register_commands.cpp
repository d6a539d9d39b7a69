// r and .cxr.
#include <fmt/format.h>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/expression/register_name.h"
#include "emulator/debugger/halt_text.h"
#include "emulator/debugger/register_text.h"
#include "emulator/debugger/session.h"
#include "emulator/kernel/context.h"

namespace emu::debugger::commands {
namespace {

nlohmann::ordered_json data_of(const Registers& r) {
  return {{"eax", r.eax}, {"ebx", r.ebx}, {"ecx", r.ecx}, {"edx", r.edx},    {"esi", r.esi}, {"edi", r.edi},
          {"eip", r.eip}, {"esp", r.esp}, {"ebp", r.ebp}, {"efl", r.eflags}, {"cs", r.cs},   {"ss", r.ss},
          {"ds", r.ds},   {"es", r.es},   {"fs", r.fs},   {"gs", r.gs}};
}

uint32_t* integer_register(Registers& r, std::string_view name) {
  const std::pair<std::string_view, uint32_t*> named[] = {
      {"eax", &r.eax}, {"ebx", &r.ebx}, {"ecx", &r.ecx}, {"edx", &r.edx}, {"esi", &r.esi},
      {"edi", &r.edi}, {"eip", &r.eip}, {"esp", &r.esp}, {"ebp", &r.ebp}, {"efl", &r.eflags}};
  for (const auto& [known, place] : named)
    if (name == known) return place;
  return nullptr;
}

// What a debugger may set: arithmetic flags, direction and trap.
constexpr uint32_t kSettableFlags = 0x00000DD5;

void assign(Session& session, const RegisterPart& part, uint32_t value) {
  session.require_thread_at_rest();
  Registers registers = session.registers();
  uint32_t* whole = integer_register(registers, part.whole);
  if (whole == nullptr) throw CommandError(fmt::format("{} cannot be set", part.whole));
  const uint32_t changed = part.with(*whole, value);
  *whole = part.whole == "efl" ? (*whole & ~kSettableFlags) | (changed & kSettableFlags) : changed;
  session.engine().set_registers(session.thread(), registers);
}

Registers of_frame(const Session& session) {
  Registers registers = session.registers();
  if (session.frame_number() == 0) return registers;
  for (const char* name : {"eax", "ebx", "ecx", "edx", "esi", "edi", "eip", "esp", "ebp"})
    if (const auto value = session.read_register(name)) *integer_register(registers, name) = *value;
  return registers;
}

}  // namespace

Answer registers(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (arguments.empty()) {
    session.thread();
    const Registers registers = of_frame(session);
    Answer place = place_text(session);
    Answer answer(register_lines(registers), data_of(registers));
    const size_t line = place.text.rfind('\n', place.text.size() - 2);
    if (session.frame_number() == 0 && line != std::string::npos) answer.text += place.text.substr(line + 1);
    return answer;
  }
  const size_t equals = arguments.rest().find('=');
  const std::string name(arguments.rest().substr(0, std::min(equals, arguments.rest().find(' '))));
  const RegisterPart part = register_part(name.substr(name.front() == '@' ? 1 : 0));
  if (equals != std::string_view::npos) {
    Arguments value(arguments.rest().substr(equals + 1), session);
    assign(session, part, value.number("a value"));
    value.end();
    return {};
  }
  const auto value = session.read_register(part.whole);
  if (!value) throw CommandError(fmt::format("there is no register {}", name));
  return {fmt::format("{}={:0{}x}\n", name, part.of(*value), part.bits == 1 ? 1 : part.bits / 4),
          {{name, part.of(*value)}}};
}

Answer context_record(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (arguments.empty()) {
    session.look_at_registers({});
    return {"The thread's own registers again\n"};
  }
  const mm::VirtualAddress at{arguments.number("an address")};
  arguments.end();
  auto context = session.memory().load<abi::Context>(at);
  if (!context) throw CommandError(fmt::format("there is no CONTEXT at {:08x}: it cannot be read", at.value));
  context->ContextFlags |= PAGEWALK_CONTEXT_CONTROL | PAGEWALK_CONTEXT_INTEGER | PAGEWALK_CONTEXT_SEGMENTS;
  Registers registers;
  FloatingState floating;
  apply_context(*context, registers, floating);
  session.look_at_registers(registers);
  return {register_lines(registers), data_of(registers)};
}

}  // namespace emu::debugger::commands
