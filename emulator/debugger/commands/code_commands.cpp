// u, ub, uf, k, kb, .frame, dv.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/disassembly/code_listing.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/types/object_value.h"

namespace emu::debugger::commands {
namespace {

constexpr uint32_t kUsualCount = 8;
constexpr uint64_t kMostInstructions = 100'000;
constexpr uint64_t kMostBackwards = 1000;

Answer lines_answer(const std::vector<std::string>& lines) {
  Answer answer;
  for (const std::string& line : lines) answer.text += line + "\n";
  answer.data["lines"] = lines;
  return answer;
}

CodeListing listing(const Session& session) { return {session.memory(), session.symbols()}; }

mm::VirtualAddress place(Session& session, Arguments& arguments) {
  return arguments.empty() ? session.next.code : mm::VirtualAddress{arguments.number("an address")};
}

size_t frame_count(Arguments& arguments) {
  const size_t count = arguments.optional_number().value_or(kMostFrames);
  arguments.end();
  return std::min<size_t>(count, kMostFrames);
}

nlohmann::ordered_json data_of(const Session& session, const std::vector<StackFrame>& frames) {
  auto list = nlohmann::ordered_json::array();
  for (const StackFrame& frame : frames)
    list.push_back({{"instruction", address_words(frame.instruction)},
                    {"return_address", address_words(frame.return_address)},
                    {"child_ebp", address_words(frame.child_ebp)},
                    {"symbol", session.symbols().describe(frame.lookup())},
                    {"guessed", frame.guessed}});
  return list;
}

std::string warning_before(const std::vector<StackFrame>& frames, size_t number) {
  return begins_guessing(frames, number) ? fmt::format("{}\n", kGuessWarning) : std::string();
}

enum class Methods : uint8_t { No, Yes };

std::string_view method_words(UnwindMethod method) {
  switch (method) {
    case UnwindMethod::None: return "no caller";
    case UnwindMethod::CallFrameInformation: return "call frame information";
    case UnwindMethod::FromEntry: return "code since the entry";
    case UnwindMethod::ToReturn: return "code up to the return";
    case UnwindMethod::FramePointer: return "chain of EBP";
    case UnwindMethod::Scan: return "scan of the stack";
  }
  return "";
}

// With the three words where a function's first arguments lie.
Answer stack_with_words(Session& session, std::string_view text, Methods methods) {
  Arguments arguments(text, session);
  const auto frames = session.frames(frame_count(arguments));
  Answer answer("ChildEBP RetAddr  Args to Child\n", data_of(session, frames));
  for (size_t number = 0; number < frames.size(); ++number) {
    const StackFrame& frame = frames[number];
    answer.text += warning_before(frames, number);
    std::string words;
    for (uint32_t i = 0; i < 3; ++i) {
      const auto word = session.memory().load<uint32_t>(frame.cfa + 4 * i);
      words += word ? fmt::format(" {:08x}", *word) : " ????????";
    }
    const std::string method =
        methods == Methods::Yes ? fmt::format(" ({})", method_words(frame.method)) : std::string();
    answer.text += fmt::format("{:08x} {:08x} {} {}{}\n", frame.child_ebp.value, frame.return_address.value,
                               words, describe_frame(frame, session.symbols()), method);
  }
  return answer;
}

// As its type reads; why it has no value, where it has none.
std::string variable_text(const Session& session, const FrameVariable& variable, const StackFrame& frame) {
  const VariableType& told = variable.variable->type;
  if (!variable.place) return variable.place.error();
  const ModuleLocation* module = session.symbols().module_at(frame.lookup());
  const ModuleSymbols* file = module != nullptr ? session.symbols().symbols_of(*module) : nullptr;
  if (file == nullptr || told.id == TypeId{}) return told.name;
  const ObjectValues values(file->types(), session.memory(), session.symbols());
  const DebugType& type = file->types().of(told.id);
  if (const auto* memory = std::get_if<InMemory>(&*variable.place))
    return values.at(type, memory->address, ValueStyle::Variable).text;
  const auto* known = std::get_if<KnownValue>(&*variable.place);
  const auto value = known != nullptr ? std::optional(known->value)
                                      : frame.registers[std::get<InRegister>(*variable.place).number];
  if (!value) return "????????";
  return values.of(type, std::as_bytes(std::span(&*value, 1)), ValueStyle::Variable).text;
}

// "003ffe30", "@eax", or nothing where it has no place.
std::string where_words(const FrameVariable& variable) {
  if (!variable.place) return "";
  if (const auto* memory = std::get_if<InMemory>(&*variable.place))
    return fmt::format("{:08x}", memory->address.value);
  const auto* in_register = std::get_if<InRegister>(&*variable.place);
  return in_register != nullptr ? fmt::format("@{}", register_name(in_register->number)) : "";
}

}  // namespace

Answer unassemble(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  CodeText code;
  if (arguments.empty()) {
    code = listing(session).forward(session.next.code, kUsualCount);
  } else {
    const AddressRange range = arguments.range(1, session.next.code);
    arguments.end();
    code = range.extent == AddressRange::Extent::Last
               ? listing(session).until(range.begin, range.last)
               : listing(session).forward(range.begin,
                                          std::min(range.elements(1, kUsualCount), kMostInstructions));
  }
  session.next.code = code.next;
  return lines_answer(code.lines);
}

Answer unassemble_backwards(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  AddressRange range;
  range.begin = session.next.code;
  if (!arguments.empty()) range = arguments.range(1, session.next.code);
  arguments.end();
  const uint64_t count = std::min(range.elements(1, kUsualCount), kMostBackwards);
  return lines_answer(listing(session).backward(range.begin, static_cast<uint32_t>(count)).lines);
}

Answer unassemble_function(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const mm::VirtualAddress inside = place(session, arguments);
  arguments.end();
  return lines_answer(listing(session).function(inside).lines);
}

Answer stack(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const auto frames = session.frames(frame_count(arguments));
  Answer answer = lines_answer(stack_lines(frames, session.symbols()));
  answer.data = data_of(session, frames);
  return answer;
}

Answer stack_with_arguments(Session& session, std::string_view text) {
  return stack_with_words(session, text, Methods::No);
}
Answer stack_with_methods(Session& session, std::string_view text) {
  return stack_with_words(session, text, Methods::Yes);
}

Answer stack_with_numbers(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const auto frames = session.frames(frame_count(arguments));
  Answer answer(" # ChildEBP RetAddr\n", data_of(session, frames));
  for (size_t i = 0; i < frames.size(); ++i)
    answer.text +=
        fmt::format("{}{:02x} {:08x} {:08x} {}\n", warning_before(frames, i), i, frames[i].child_ebp.value,
                    frames[i].return_address.value, describe_frame(frames[i], session.symbols()));
  return answer;
}

Answer frame(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (const auto number = arguments.optional_number()) session.look_at_frame(*number);
  arguments.end();
  const auto frames = session.frames(session.frame_number() + 1);
  if (frames.size() <= session.frame_number()) throw CommandError("the stack cannot be walked");
  const StackFrame& chosen = frames[session.frame_number()];
  return {fmt::format("{:02x} {:08x} {:08x} {}\n", session.frame_number(), chosen.child_ebp.value,
                      chosen.return_address.value, describe_frame(chosen, session.symbols())),
          {{"frame", session.frame_number()}, {"instruction", address_words(chosen.instruction)}}};
}

Answer variables(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  bool types = false, places = false;
  for (bool option = true; option;) {
    option = false;
    if (arguments.take("/t") || arguments.take("-t")) option = types = true;
    if (arguments.take("/v") || arguments.take("-v")) option = places = true;
  }
  const std::string pattern = arguments.empty() ? "*" : arguments.word();
  arguments.end();
  const auto frames = session.frames(session.frame_number() + 1);
  if (frames.size() <= session.frame_number()) throw CommandError("the stack cannot be walked");
  const StackFrame& chosen = frames[session.frame_number()];
  Answer answer;
  answer.data = nlohmann::ordered_json::object();
  for (const FrameVariable& variable : frame_variables(chosen, session.memory(), session.symbols())) {
    if (!matches_wildcard(variable.variable->name, pattern)) continue;
    const std::string value = variable_text(session, variable, chosen);
    if (places) answer.text += fmt::format("{:<9}", where_words(variable));
    if (types) answer.text += variable.variable->type.name + " ";
    answer.text += fmt::format("{:>16} = {}\n", variable.variable->name, value);
    answer.data[variable.variable->name] = value;
  }
  return answer;
}

}  // namespace emu::debugger::commands
