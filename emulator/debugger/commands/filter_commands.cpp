// sx, sxe, sxd, sxn, sxi: which exceptions and events halt the guest.
#include <fmt/format.h>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session.h"

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
  Answer answer;
  for (const char* name : {"cpr", "epr", "ct", "et", "ld", "ud"}) {
    const std::string_view word = word_of(session.engine().filters().of(*event_named(name)));
    answer.text += fmt::format("{:>4} - {}\n", name, word);
    answer.data[name] = word;
  }
  for (const char* name :
       {"av", "ip", "gp", "dm", "bpe", "sse", "ii", "dz", "iov", "pi", "sov", "ch", "eh", "gcc"}) {
    const uint32_t code = *exception_named(name);
    const std::string_view word = word_of(session.engine().filters().of_exception(code));
    answer.text += fmt::format("{:>4} - {:08x} {} - {}\n", name, code, title_of_exception(code), word);
    answer.data[name] = word;
  }
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
