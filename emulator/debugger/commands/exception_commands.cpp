// .exr and .lastevent.
#include <fmt/core.h>

#include <array>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/memory/words.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"
#include "emulator/debugger/text/halt_text.h"

namespace emu::debugger::commands {
namespace {

// EXCEPTION_RECORD (Microsoft), as it lies in a 32-bit guest.
struct GuestRecord {
  uint32_t code, flags, nested, address, count;
  uint32_t parameters[Exception::kMaximumParameters];
};

Exception exception_of(const GuestRecord& record) {
  Exception exception{.code = record.code, .flags = record.flags, .address = {record.address}};
  exception.parameter_count = std::min(record.count, Exception::kMaximumParameters);
  for (uint32_t i = 0; i < exception.parameter_count; ++i) exception.parameters[i] = record.parameters[i];
  exception.nested = {record.nested};
  return exception;
}

Answer describe(const Session& session, const Exception& exception) {
  const std::string_view title = title_of_exception(exception.code);
  Answer answer(
      fmt::format("ExceptionAddress: {:08x} {}\n   ExceptionCode: {:08x} {}\n  ExceptionFlags: {:08x}\n"
                  "NumberParameters: {}\n",
                  exception.address.value, session.symbols().describe(exception.address), exception.code,
                  title, exception.flags, exception.parameter_count),
      {{"address", address_words(exception.address)},
       {"code", exception.code},
       {"flags", exception.flags},
       {"parameters", nlohmann::ordered_json::array()}});
  for (uint32_t i = 0; i < exception.parameter_count; ++i) {
    answer.text += fmt::format("   Parameter[{}]: {:08x}\n", i, exception.parameters[i]);
    answer.data["parameters"].push_back(exception.parameters[i]);
  }
  if (!is_memory_exception(exception)) return answer;
  const FaultingAccess access = faulting_access(exception);
  answer.text +=
      fmt::format("Attempt to {} address {:08x}\n",
                  access.access == mm::Access::Write ? "write to" : "read from", access.address.value);
  return answer;
}

}  // namespace

Answer exception_record(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (arguments.take("-1")) {
    arguments.end();
    if (!session.last_exception()) throw CommandError("there was no exception yet");
    return describe(session, *session.last_exception());
  }
  const mm::VirtualAddress at{arguments.number("an address, or -1,")};
  arguments.end();
  const auto record = session.memory().load<GuestRecord>(at);
  if (!record) throw CommandError(fmt::format("there is no record at {:08x}: it cannot be read", at.value));
  return describe(session, exception_of(*record));
}

Answer last_event(Session& session, std::string_view text) {
  Arguments(text, session).end();
  Answer answer = halt_reason(session);
  if (answer.text.empty()) answer.text = "A step is done\n";
  answer.text = "Last event: " + answer.text;
  return answer;
}

}  // namespace emu::debugger::commands
