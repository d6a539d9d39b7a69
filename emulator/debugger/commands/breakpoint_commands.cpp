// bp, bu, ba, bv, bl, bc, bd, be.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <set>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/expression/code_places.h"
#include "emulator/debugger/expression/token.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/text/halt_text.h"
#include "emulator/kernel/processes/process.h"

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

// --- Where.

enum class By : uint8_t { Address, Name };  // bp, bu

// The module of "module!name" and of @!"module!name"; empty: none is named.
std::string_view module_of(std::string_view place) {
  if (place.starts_with("@!\"")) place.remove_prefix(3);
  const size_t mark = place.find('!');
  return mark == std::string_view::npos ? std::string_view() : place.substr(0, mark);
}

bool names_symbol(std::string_view place) {
  for (size_t at = 0;;) {
    const Token token = next_token(place, at);
    if (token.kind == TokenKind::Name || token.kind == TokenKind::SourceLine) return true;
    if (token.kind == TokenKind::End) return false;
    at = token.end;
  }
}

// Whether a place that means nothing now may do so when another module comes.
bool may_come(const Session& session, std::string_view place, By by) {
  const std::string_view module = module_of(place);
  if (!module.empty()) return session.symbols().module_named(module) == nullptr;
  return by == By::Name && names_symbol(place);
}

// Without one: where the thread stands. Returns what the first address is.
CodePlaces::First take_place(Session& session, Arguments& arguments, Breakpoint& breakpoint, By by) {
  const bool unsaid = arguments.empty() || arguments.rest().front() == '"';
  const std::string place = unsaid ? "." : arguments.expression("an address");
  const auto places = code_places(place, session, session.symbols());
  if (places) {
    breakpoint.address = places->addresses.front();
    breakpoint.further.assign(places->addresses.begin() + 1, places->addresses.end());
    if (by == By::Name && names_symbol(place)) breakpoint.place = Breakpoint::Place::ByName;
  } else if (may_come(session, place, by)) {
    breakpoint.place = Breakpoint::Place::Unresolved;
  } else {
    throw CommandError(places.error());
  }
  breakpoint.text = place;
  return places ? places->first : CodePlaces::First::Named;
}

// The one that bp replaces: at the same place, for the same process and thread, and the user's own.
std::optional<uint32_t> same_breakpoint(const Breakpoints& list, const Breakpoint& wanted) {
  for (const auto& [number, old] : list.all()) {
    const bool users = !old.text.ends_with("(gdb)");
    const bool unresolved = wanted.place == Breakpoint::Place::Unresolved;
    const bool same_place = unresolved ? old.text == wanted.text : old.address == wanted.address;
    if (users && old.kind == Kind::Code && same_place && old.process == wanted.process &&
        old.thread == wanted.thread && unresolved == (old.place == Breakpoint::Place::Unresolved))
      return number;
  }
  return std::nullopt;
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

// Those of the process that it is about; of one for any process, those of the process that is looked at.
const SymbolTable& symbols_about(const Session& session, const Breakpoint& breakpoint) {
  for (Process* process : session.processes())
    if (process->id() == breakpoint.process) return session.symbols_of(process);
  return session.symbols();
}

std::string place_words(const Session& session, const Breakpoint& b) {
  const mm::VirtualAddress at{static_cast<uint32_t>(b.address)};
  const SymbolTable& symbols = symbols_about(session, b);
  switch (b.kind) {
    case Kind::Code:
      if (b.place == Breakpoint::Place::Unresolved) return fmt::format("             ({})", b.text);
      return fmt::format("{:08x}     {}", b.address, symbols.describe(at));
    case Kind::Data:
      return fmt::format("{:08x} {} {:x} {} {}", b.address, access_letters(b), b.size,
                         b.space == Breakpoint::Space::Physical ? "physical" : "virtual",
                         b.space == Breakpoint::Space::Physical ? "" : symbols.describe(at));
    case Kind::Service: return b.service ? service_name(*b.service) : "any service";
    case Kind::Fault:
      return fault_words(b.faults) +
             (b.size == 0 ? "" : fmt::format(" in {:08x}-{:08x}", b.address, b.address + b.size));
  }
  return "";
}

// A line each: where else it halts.
std::string further_places_text(const Session& session, const Breakpoint& breakpoint) {
  constexpr size_t kMostListed = 100;
  const SymbolTable& symbols = symbols_about(session, breakpoint);
  std::string text;
  for (size_t i = 0; i < std::min(breakpoint.further.size(), kMostListed); ++i)
    text += fmt::format("              {:08x}     {}\n", breakpoint.further[i],
                        symbols.describe({breakpoint.further[i]}));
  if (breakpoint.further.size() > kMostListed)
    text += fmt::format("              ... {} in all\n", breakpoint.further.size() + 1);
  return text;
}

// What bp says of a function that was inlined.
std::string inlined_text(const Session& session, uint32_t number, const Breakpoint& breakpoint) {
  const size_t count = breakpoint.places().size();
  return fmt::format("breakpoint {} is at {} place{}, since {} was inlined:\n              {}\n", number,
                     count, count == 1 ? "" : "s", breakpoint.text, place_words(session, breakpoint)) +
         further_places_text(session, breakpoint);
}

nlohmann::ordered_json places_json(const Breakpoint& breakpoint) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const uint32_t place : breakpoint.places()) list.push_back(address_words({place}));
  return list;
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

// "*", or numbers and ranges, in decimal: "0 2", "0,2", "0-2".
class NumberList {
 public:
  NumberList(std::string_view text, const Breakpoints& list) : text_(text), list_(list) {}

  // Those that are there. CommandError when the text is wrong or names one that is not there.
  std::vector<uint32_t> take() {
    skip(kSeparators);
    if (text_.empty()) throw CommandError("a breakpoint's number, or *, is missing");
    while (!text_.empty()) {
      if (take_sign('*'))
        add(0, std::numeric_limits<uint32_t>::max());
      else
        take_range();
      skip(kSeparators);
    }
    return {numbers_.begin(), numbers_.end()};
  }

 private:
  static constexpr std::string_view kBlanks = " \t", kSeparators = " \t,";

  void skip(std::string_view characters) {
    text_.remove_prefix(std::min(text_.find_first_not_of(characters), text_.size()));
  }
  bool take_sign(char sign) {
    if (!text_.starts_with(sign)) return false;
    text_.remove_prefix(1);
    return true;
  }
  uint32_t number() {
    uint32_t value = 0;
    const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    const std::string_view rest(end, static_cast<size_t>(text_.data() + text_.size() - end));
    if (error != std::errc{} || rest.find_first_not_of(" \t,-") == 0)
      throw CommandError(fmt::format("\"{}\" is no breakpoint's number", text_));
    text_ = rest;
    skip(kBlanks);
    return value;
  }
  void take_range() {
    const uint32_t first = number();
    const bool range = take_sign('-');
    if (range) skip(kBlanks);
    const uint32_t last = range ? number() : first;
    if (add(first, last)) return;
    throw CommandError(first == last ? fmt::format("there is no breakpoint {}", first)
                                     : fmt::format("there is no breakpoint from {} to {}", first, last));
  }
  bool add(uint32_t first, uint32_t last) {
    bool any = false;
    for (const auto& [id, breakpoint] : list_.all()) {
      if (id < first || id > last) continue;
      numbers_.insert(id);
      any = true;
    }
    return any;
  }

  std::string_view text_;
  const Breakpoints& list_;
  std::set<uint32_t> numbers_;
};

// All of them, or none when one is wrong.
template <class Do>
Answer for_each(Session& session, std::string_view text, Do act) {
  Breakpoints& list = session.engine().breakpoints();
  for (const uint32_t number : NumberList(text, list).take()) act(list, number);
  return {};
}

// At the same place: the same number, and all else anew.
Answer set_at_code(Session& session, std::string_view text, By by) {
  auto wanted = wanted_number(text);
  Arguments arguments(text, session);
  const Options options = take_options(session, arguments);
  Breakpoint breakpoint{.kind = Kind::Code};
  const CodePlaces::First first = take_place(session, arguments, breakpoint, by);
  take_conditions(breakpoint, options, arguments);
  std::string said;
  if (by == By::Address && breakpoint.place == Breakpoint::Place::Unresolved)
    said = fmt::format("Bp expression '{}' could not be resolved, adding deferred bp\n", breakpoint.text);
  const auto old = same_breakpoint(session.engine().breakpoints(), breakpoint);
  if (old && (!wanted || *wanted == *old)) {
    wanted = old;
    said = fmt::format("breakpoint {} redefined\n", *old);
  }
  Answer answer = added(session, breakpoint, wanted);
  const bool was_inlined = first == CodePlaces::First::Inlined || !breakpoint.further.empty();
  answer.text = said + (was_inlined ? inlined_text(session, answer.data["breakpoint"], breakpoint) : "");
  if (!breakpoint.further.empty()) answer.data["places"] = places_json(breakpoint);
  return answer;
}

}  // namespace

Answer break_at_code(Session& session, std::string_view text) {
  return set_at_code(session, text, By::Address);
}
Answer break_by_name(Session& session, std::string_view text) { return set_at_code(session, text, By::Name); }

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
    const bool unresolved = b.place == Breakpoint::Place::Unresolved;
    const char state = b.state == Breakpoint::State::Enabled ? 'e' : 'd';
    answer.text += fmt::format("{:2} {}{} {:7} {}  {:04x} ({:04x}) hits {}{}{}\n", number, state,
                               unresolved ? 'u' : ' ', kind_word(b.kind), place_words(session, b), b.passes,
                               b.process, b.hits, b.thread != 0 ? fmt::format(" thread {:x}", b.thread) : "",
                               b.commands.empty() ? "" : fmt::format(" \"{}\"", b.commands));
    answer.text += further_places_text(session, b);
    answer.data.push_back({{"breakpoint", number},
                           {"kind", kind_word(b.kind)},
                           {"enabled", b.state == Breakpoint::State::Enabled},
                           {"address", address_words({static_cast<uint32_t>(b.address)})},
                           {"size", b.size},
                           {"process", b.process},
                           {"thread", b.thread},
                           {"passes", b.passes},
                           {"hits", b.hits},
                           {"commands", b.commands}});
    if (unresolved) answer.data.back()["address"] = nullptr;
    if (!b.further.empty()) answer.data.back()["places"] = places_json(b);
    if (!b.text.empty()) answer.data.back()["text"] = b.text;
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
