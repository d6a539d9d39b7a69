// r and .cxr.
#include <fmt/core.h>

#include <cstdlib>

#include "emulator/cpu/fxsave.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/expression/register_name.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/symbols/symbol.h"
#include "emulator/debugger/text/floating_text.h"
#include "emulator/debugger/text/halt_text.h"
#include "emulator/debugger/text/register_text.h"
#include "emulator/kernel/registers/context.h"

namespace emu::debugger::commands {
namespace {

// A general register may hold an address, and is written as one.
Json data_of(const Registers& r) {
  const std::pair<const char*, uint32_t> words[] = {{"eax", r.eax}, {"ebx", r.ebx}, {"ecx", r.ecx},
                                                    {"edx", r.edx}, {"esi", r.esi}, {"edi", r.edi},
                                                    {"eip", r.eip}, {"esp", r.esp}, {"ebp", r.ebp}};
  Json data;
  for (const auto& [name, value] : words) data[name] = address_words({value});
  data.update({{"efl", r.eflags},
               {"cs", r.cs},
               {"ss", r.ss},
               {"ds", r.ds},
               {"es", r.es},
               {"fs", r.fs},
               {"gs", r.gs}});
  return data;
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

// "st0" of "st", "xmm7" of "xmm", "$t12" of "$t".
std::optional<size_t> numbered(std::string_view name, std::string_view prefix, size_t count) {
  const auto number = number_behind(prefix, name);
  return number && *number < count ? std::optional<size_t>(*number) : std::nullopt;
}
std::optional<size_t> x87_register(std::string_view name) { return numbered(name, "st", fxsave::kRegisters); }
std::optional<size_t> vector_register(std::string_view name) {
  return numbered(name, "xmm", fxsave::kRegisters);
}

FloatingState floating_state(Session& session) {
  if (session.halt().where == Halt::Where::Inside || session.halt().kind == Halt::Kind::GuestEnd)
    throw CommandError(
        "only general registers can be read here (gu goes to the end of a fault or a service)");
  return session.engine().floating_state(session.thread());
}

// A decimal number, "1.234e+10"; what is behind it is left in `text`.
long double take_real(std::string_view& text) {
  const std::string all(text);
  char* end = nullptr;
  const long double value = std::strtold(all.c_str(), &end);
  if (end == all.c_str()) throw CommandError("a decimal number is missing");
  text.remove_prefix(static_cast<size_t>(end - all.c_str()));
  return value;
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(" \t"), text.size()));
}

// REGISTER[:FORMAT][=VALUE], and more of them behind commas.
class RegisterList {
 public:
  RegisterList(Session& session, std::string_view text) : session_(session), text_(without_blanks(text)) {}

  Answer run() {
    do one();
    while (take(','));
    if (!text_.empty()) throw CommandError(fmt::format("\"{}\" is not understood", text_));
    if (!answer_.text.empty()) answer_.text += "\n";
    return std::move(answer_);
  }

 private:
  bool take(char sign) {
    if (!text_.starts_with(sign)) return false;
    text_ = without_blanks(text_.substr(1));
    return true;
  }
  std::string take_name() {
    if (text_.starts_with('@')) text_.remove_prefix(1);
    std::string name = lower_case(text_.substr(0, text_.find_first_of("=,: \t")));
    text_ = without_blanks(text_.substr(name.size()));
    if (name.empty()) throw CommandError("a register's name is missing");
    return name;
  }
  uint64_t take_value() {
    Arguments value(text_, session_);
    const uint64_t taken = value.wide_number("a value");
    text_ = value.rest();
    return taken;
  }

  void one() {
    const std::string name = take_name();
    if (const auto number = x87_register(name)) return x87(name, *number);
    if (const auto number = vector_register(name)) return vector(name, *number);
    if (take('=')) return set(name);
    const RegisterPart part = register_part(name);
    const auto value = session_.read_register(part.whole);
    if (!value) throw CommandError(fmt::format("there is no register {}", name));
    const uint64_t shown = part.of(*value);
    if (part.bits != 32)
      return show(name, fmt::format("{:0{}x}", shown, part.bits == 1 ? 1 : part.bits / 4), shown);
    show(name, number_words(shown),
         as_address(shown) ? Json(fmt::format("{:#010x}", *as_address(shown))) : Json(shown));
  }
  void set(const std::string& name) {
    if (const auto own = numbered(name, "$t", session_.variables.size())) {
      session_.variables[*own] = take_value();
      return;
    }
    const uint64_t value = take_value();
    const auto word = as_address(value);
    if (!word) throw CommandError(fmt::format("{} does not fit 32 bits", number_words(value)));
    assign(session_, register_part(name), *word);
  }
  void x87(const std::string& name, size_t number) {
    FloatingState state = floating_state(session_);
    if (!take('=')) {
      const std::string words = x87_words(state, number);
      return show(name, words, words);
    }
    session_.require_thread_at_rest();
    set_x87(state, number, take_real(text_));
    session_.engine().set_floating_state(session_.thread(), state);
    text_ = without_blanks(text_);
  }
  void vector(const std::string& name, size_t number) {
    VectorFormat format;
    if (take(':')) {
      const std::string_view said = text_.substr(0, text_.find_first_of(", \t"));
      const auto known = vector_format(said);
      if (!known) throw CommandError(fmt::format("\"{}\" is no format of a vector", said));
      format = *known;
      text_ = without_blanks(text_.substr(said.size()));
    }
    const std::string words = vector_words(floating_state(session_), number, format);
    show(name, words, words);
  }
  void show(const std::string& name, const std::string& words, Json data) {
    answer_.text += fmt::format("{}{}={}", answer_.text.empty() ? "" : " ", name, words);
    answer_.data[name] = std::move(data);
  }

  Session& session_;
  std::string_view text_;
  Answer answer_;
};

Answer floating_registers(Session& session) {
  const FloatingState state = floating_state(session);
  Json data;
  for (size_t i = 0; i < fxsave::kRegisters; ++i) data[fmt::format("st{}", i)] = x87_words(state, i);
  return {x87_lines(state), std::move(data)};
}

Answer vector_registers(Session& session) {
  const FloatingState state = floating_state(session);
  Json data;
  for (size_t i = 0; i < fxsave::kRegisters; ++i) data[fmt::format("xmm{}", i)] = vector_words(state, i);
  return {vector_lines(state), std::move(data)};
}

Registers of_frame(const Session& session) {
  Registers registers = session.registers();
  if (session.frame_number() == 0) return registers;
  for (const char* name : {"eax", "ebx", "ecx", "edx", "esi", "edi", "eip", "esp", "ebp"})
    if (const auto value = session.read_register(name))
      *integer_register(registers, name) = static_cast<uint32_t>(*value);
  return registers;
}

}  // namespace

// r, rF (x87), rX (SSE); with the name of a register any of them is about that one.
Answer registers(Session& session, std::string_view text) {
  const char letter = !text.empty() && (text.front() == 'F' || text.front() == 'X') ? text.front() : '\0';
  if (letter != '\0') text.remove_prefix(1);
  session.thread();
  if (text.find_first_not_of(" \t") != std::string_view::npos) return RegisterList(session, text).run();
  if (letter == 'F') return floating_registers(session);
  if (letter == 'X') return vector_registers(session);
  const Registers registers = of_frame(session);
  Answer answer(register_lines(registers), data_of(registers));
  if (session.frame_number() == 0) answer.text += instruction_text(session);
  return answer;
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
  DebugRegisters debug;
  apply_context(*context, registers, floating, debug);
  session.look_at_registers(registers);
  return {register_lines(registers), data_of(registers)};
}

}  // namespace emu::debugger::commands
