// bp, bu, ba, bv, bl, bc, bd, be.
#include <fmt/format.h>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/halt_text.h"
#include "emulator/debugger/session.h"

namespace emu::debugger::commands {
namespace {

using Kind = Breakpoint::Kind;

// "bp3" or "ba2": the number that the user wants.
std::optional<uint32_t> wanted_number(std::string_view& text) {
  size_t digits = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
  if (digits == 0 || digits > 4) return std::nullopt;
  uint32_t number = 0;
  for (size_t i = 0; i < digits; ++i) number = number * 10 + static_cast<uint32_t>(text[i] - '0');
  text.remove_prefix(digits);
  return number;
}

// What may stand before the place: /1 halts once, /t THREAD only that thread, /a any process.
struct Options {
  Breakpoint::Lasts lasts = Breakpoint::Lasts::ForEver;
  uint32_t thread = 0;
  uint32_t process = 0;
};

Options take_options(const Session& session, Arguments& arguments) {
  Options options;
  options.process = session.looked_at_process() != nullptr ? session.looked_at_process()->id() : 0;
  for (;;) {
    if (arguments.take("/1")) {
      options.lasts = Breakpoint::Lasts::Once;
    } else if (arguments.take("/a")) {
      options.process = 0;
    } else if (arguments.take("/t")) {
      options.thread = arguments.number("a thread's id");
    } else {
      return options;
    }
  }
}

// Behind the place: passes, then commands in quotes.
void take_conditions(Breakpoint& breakpoint, const Options& options, Arguments& arguments) {
  breakpoint.lasts = options.lasts;
  breakpoint.thread = options.thread;
  breakpoint.process = options.process;
  if (!arguments.empty() && arguments.rest().front() != '"')
    breakpoint.passes = std::max(arguments.number("a number of passes"), 1u);
  if (!arguments.empty()) breakpoint.commands = arguments.word();
  arguments.end();
}

Answer added(Session& session, const Breakpoint& breakpoint, std::optional<uint32_t> wanted) {
  const uint32_t number = session.engine().breakpoints().add(breakpoint, wanted);
  return {"", {{"breakpoint", number}}};
}

std::string access_letters(const Breakpoint& breakpoint) {
  if (breakpoint.on_execute) return "e";
  return breakpoint.on_read ? "r" : "w";
}

std::string fault_words(const FaultKinds& faults) {
  if (faults.bits == FaultKinds::all().bits) return faults.page_tables ? "page table" : "any fault";
  std::string words;
  for (unsigned kind = 0; kind < 7; ++kind)
    if ((faults.bits >> kind & 1) != 0)
      words += (words.empty() ? "" : ", ") + std::string(mm::to_string(static_cast<mm::FaultKind>(kind)));
  return words + (faults.page_tables ? " with a page table" : "");
}

std::string place_words(const Session& session, const Breakpoint& b) {
  const mm::VirtualAddress at{static_cast<uint32_t>(b.address)};
  switch (b.kind) {
    case Kind::Code: return fmt::format("{:08x}     {}", b.address, session.symbols().describe(at));
    case Kind::Data:
      return fmt::format("{:08x} {} {:x} {} {}", b.address, access_letters(b), b.size,
                         b.space == Breakpoint::Space::Physical ? "physical" : "virtual",
                         b.space == Breakpoint::Space::Physical ? "" : session.symbols().describe(at));
    case Kind::Service: return b.service ? service_name(*b.service) : "any service";
    case Kind::Fault:
      return fault_words(b.faults) +
             (b.size == 0 ? "" : fmt::format(" in {:08x}-{:08x}", b.address, b.address + b.size));
  }
  return "";
}

std::string_view kind_word(Kind kind) {
  switch (kind) {
    case Kind::Code: return "code";
    case Kind::Data: return "data";
    case Kind::Service: return "service";
    case Kind::Fault: return "fault";
  }
  return "";
}

// "*", or numbers.
template <class Do>
Answer for_each(Session& session, std::string_view text, Do act) {
  Arguments arguments(text, session);
  Breakpoints& list = session.engine().breakpoints();
  if (arguments.empty()) throw CommandError("a breakpoint's number, or *, is missing");
  if (arguments.take("*")) {
    std::vector<uint32_t> numbers;
    for (const auto& [number, breakpoint] : list.all()) numbers.push_back(number);
    for (const uint32_t number : numbers) act(list, number);
    return {};
  }
  while (!arguments.empty()) {
    const uint32_t number = arguments.number("a breakpoint's number");
    if (list.find(number) == nullptr) throw CommandError(fmt::format("there is no breakpoint {}", number));
    act(list, number);
  }
  return {};
}

}  // namespace

Answer break_at_code(Session& session, std::string_view text) {
  const auto wanted = wanted_number(text);
  Arguments arguments(text, session);
  const Options options = take_options(session, arguments);
  Breakpoint breakpoint{.kind = Kind::Code};
  breakpoint.address = arguments.number("an address");
  take_conditions(breakpoint, options, arguments);
  return added(session, breakpoint, wanted);
}

// ba ACCESS SIZE ADDRESS, as in WinDbg; the size may stand at the access ("w4"). Any size: 1000 is a page.
// /p: the address is a physical one. Execution halts before the instruction, as bp does, the others behind
// it.
Answer break_on_access(Session& session, std::string_view text) {
  const auto wanted = wanted_number(text);
  Arguments arguments(text, session);
  Options options = take_options(session, arguments);
  Breakpoint breakpoint{.kind = Kind::Data};
  const std::string access = arguments.word();
  if (access.empty() || std::string_view("erw").find(access[0]) == std::string_view::npos)
    throw CommandError("an access is missing: e, r or w");
  breakpoint.on_execute = access[0] == 'e';
  breakpoint.on_read = access[0] == 'r';
  breakpoint.on_write = access[0] != 'e';
  // A word of its own: "4 /p" is no division.
  const std::string size = access.size() > 1 ? access.substr(1) : arguments.word();
  breakpoint.size = Arguments(size, session).number("a size");
  if (breakpoint.size == 0) throw CommandError("a breakpoint on no byte sees nothing");
  if (arguments.take("/p")) {
    breakpoint.space = Breakpoint::Space::Physical;
    options.process = 0;
  }
  breakpoint.address = arguments.number("an address");
  if (breakpoint.address + breakpoint.size > uint64_t{1} << 32) throw CommandError("that reaches past 4 GB");
  if (breakpoint.on_execute && breakpoint.size == 1 && breakpoint.space == Breakpoint::Space::Virtual)
    breakpoint.kind = Kind::Code;
  take_conditions(breakpoint, options, arguments);
  return added(session, breakpoint, wanted);
}

// bv SERVICE, or bv * for any.
Answer break_at_service(Session& session, std::string_view text) {
  const auto wanted = wanted_number(text);
  Arguments arguments(text, session);
  const Options options = take_options(session, arguments);
  Breakpoint breakpoint{.kind = Kind::Service};
  const std::string name = arguments.word();
  if (name.empty()) throw CommandError("a service's name, or *, is missing");
  if (name != "*") {
    breakpoint.service = service_number(name);
    if (!breakpoint.service) throw CommandError(fmt::format("there is no service {}", name));
  }
  take_conditions(breakpoint, options, arguments);
  return added(session, breakpoint, wanted);
}

Answer list_breakpoints(Session& session, std::string_view text) {
  Arguments(text, session).end();
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const auto& [number, b] : session.engine().breakpoints().all()) {
    answer.text += fmt::format("{:2} {} {:7} {}  {:04x} ({:04x}) hits {}{}{}\n", number,
                               b.enabled() ? 'e' : 'd', kind_word(b.kind), place_words(session, b), b.passes,
                               b.process, b.hits, b.thread != 0 ? fmt::format(" thread {:x}", b.thread) : "",
                               b.commands.empty() ? "" : fmt::format(" \"{}\"", b.commands));
    answer.data.push_back({{"breakpoint", number},
                           {"kind", kind_word(b.kind)},
                           {"enabled", b.enabled()},
                           {"address", b.address},
                           {"size", b.size},
                           {"process", b.process},
                           {"thread", b.thread},
                           {"passes", b.passes},
                           {"hits", b.hits},
                           {"commands", b.commands}});
  }
  return answer;
}

Answer clear_breakpoints(Session& session, std::string_view text) {
  return for_each(session, text, [](Breakpoints& list, uint32_t number) { list.remove(number); });
}
Answer disable_breakpoints(Session& session, std::string_view text) {
  return for_each(session, text, [](Breakpoints& list, uint32_t number) {
    list.set_state(*list.find(number), Breakpoint::State::Disabled);
  });
}
Answer enable_breakpoints(Session& session, std::string_view text) {
  return for_each(session, text, [](Breakpoints& list, uint32_t number) {
    list.set_state(*list.find(number), Breakpoint::State::Enabled);
  });
}

}  // namespace emu::debugger::commands
