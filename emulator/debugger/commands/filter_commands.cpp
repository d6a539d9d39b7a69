// sx, sxe, sxd, sxn, sxi: which exceptions and events halt the guest.
#include <fmt/core.h>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger::commands {
namespace {

std::string_view word_of(Filter filter) {
  switch (filter) {
    case Filter::Break: return "break";
    case Filter::SecondChance: return "second-chance break";
    case Filter::Ignore: return "ignore";
  }
  return "";
}

// "ld:msvcrt": a module's coming or going.
bool set_of_image(EventFilters& filters, const std::string& name, Filter filter) {
  const size_t colon = name.find(':');
  if (colon == std::string::npos) return false;
  const auto event = event_named(std::string_view(name).substr(0, colon));
  if (event != EventName::ImageLoad && event != EventName::ImageUnload)
    throw CommandError(fmt::format("only ld and ud can name a module: {}", name));
  if (colon + 1 == name.size()) throw CommandError("a module's name is missing");
  filters.set(*event, name.substr(colon + 1), filter);
  return true;
}

Answer set_filter(Session& session, std::string_view text, Filter filter) {
  Arguments arguments(text, session);
  EventFilters& filters = session.engine().filters();
  if (arguments.take("*")) {
    filters.set_other_exceptions(filter);
    return {};
  }
  Arguments whole = arguments;
  const std::string name = arguments.word();
  if (name.empty()) throw CommandError("an event or exception is missing (sx lists them)");
  if (set_of_image(filters, name, filter)) return arguments.end(), Answer();
  if (const auto event = event_named(name)) {
    filters.set(*event, filter);
  } else if (const auto code = exception_named(name)) {
    filters.set_exception(*code, filter);
  } else {
    filters.set_exception(whole.number("an exception's code"), filter);
    whole.end();
    return {};
  }
  arguments.end();
  return {};
}

}  // namespace

Answer list_filters(Session& session, std::string_view text) {
  Arguments(text, session).end();
  const EventFilters& filters = session.engine().filters();
  Answer answer;
  const auto add = [&](const std::string& name, const std::string& title, Filter filter) {
    answer.text += fmt::format("{:>4} - {}{}\n", name, title, word_of(filter));
    answer.data[name] = word_of(filter);
  };
  for (size_t i = 0; i < kEventNames; ++i) {
    const auto event = static_cast<EventName>(i);
    const std::string name(name_of(event));
    add(name, "", filters.of(event));
    for (const auto& own : filters.of_images(event)) add(name + ":" + own.pattern, "", own.filter);
  }
  for (const uint32_t code : filters.exceptions()) {
    const std::string_view name = name_of_exception(code), title = title_of_exception(code);
    const std::string digits = fmt::format("{:08x}", code);
    if (name.empty())
      add(digits, "Unknown exception - ", filters.of_exception(code));
    else
      add(std::string(name), fmt::format("{} {} - ", digits, title), filters.of_exception(code));
  }
  add("*", "Other exceptions - ", filters.of_other_exceptions().value_or(Filter::SecondChance));
  return answer;
}

Answer filter_break(Session& session, std::string_view text) {
  return set_filter(session, text, Filter::Break);
}
Answer filter_second_chance(Session& session, std::string_view text) {
  return set_filter(session, text, Filter::SecondChance);
}
Answer filter_ignore(Session& session, std::string_view text) {
  return set_filter(session, text, Filter::Ignore);
}

}  // namespace emu::debugger::commands
