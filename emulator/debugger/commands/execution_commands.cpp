// Running on: g, gh, gn, gu, p, t, pt, q. In the middle of a fault t goes to its next stage, p and gu to its
// end.
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger::commands {
namespace {

using Kind = Resume::Kind;
using ExceptionIs = Resume::ExceptionIs;

constexpr uint32_t kBreakpointException = 0x80000003;

// WinDbg's g passes an exception on, but not a breakpoint instruction's: who reads it has handled it.
ExceptionIs usual_disposition(const Session& session) {
  const Halt& halt = session.halt();
  const bool breakpoint = halt.kind == Halt::Kind::Exception && halt.exception.code == kBreakpointException;
  return breakpoint ? ExceptionIs::Handled : ExceptionIs::NotHandled;
}

Answer go_as(Session& session, std::string_view text, ExceptionIs disposition) {
  Arguments arguments(text, session);
  Resume resume{.kind = Kind::Go, .exception_is = disposition};
  if (!arguments.empty()) {
    resume.kind = Kind::RunTo;
    resume.address = {arguments.number("an address")};
    session.thread();
  }
  arguments.end();
  session.resume(resume);
  return {};
}

bool in_fault(const Session& session) {
  const Halt::Kind kind = session.halt().kind;
  return kind == Halt::Kind::Fault || kind == Halt::Kind::FaultStage;
}
bool in_service(const Session& session) { return session.halt().kind == Halt::Kind::Service; }

Answer step(Session& session, std::string_view text, Kind kind) {
  Arguments arguments(text, session);
  Resume resume{.kind = kind, .exception_is = usual_disposition(session)};
  const uint32_t count = arguments.optional_number().value_or(1);
  arguments.end();
  if (count == 0) throw CommandError("a step of none is no step");
  session.thread();
  if (in_fault(session) && kind == Kind::StepInto) {
    resume.kind = Kind::NextStage;
  } else if (in_fault(session) || in_service(session)) {
    session.resume({.kind = Kind::Finish});
    return {};
  }
  session.resume_repeatedly(resume, count);
  return {};
}

}  // namespace

Answer go(Session& session, std::string_view text) {
  return go_as(session, text, usual_disposition(session));
}
Answer go_handled(Session& session, std::string_view text) {
  return go_as(session, text, ExceptionIs::Handled);
}
Answer go_not_handled(Session& session, std::string_view text) {
  return go_as(session, text, ExceptionIs::NotHandled);
}

Answer go_up(Session& session, std::string_view text) {
  Arguments(text, session).end();
  if (in_fault(session) || in_service(session)) {
    session.resume({.kind = Kind::Finish});
    return {};
  }
  const size_t number = session.frame_number();
  const auto frames = session.frames(number + 1);
  if (frames.size() <= number || frames[number].return_address.value == 0)
    throw CommandError("the caller of this frame cannot be found");
  session.resume({.kind = Kind::RunTo,
                  .address = frames[number].return_address,
                  .stack = frames[number].cfa.value,
                  .exception_is = usual_disposition(session)});
  return {};
}

Answer step_over(Session& session, std::string_view text) { return step(session, text, Kind::StepOver); }
Answer step_into(Session& session, std::string_view text) { return step(session, text, Kind::StepInto); }
Answer step_to_return(Session& session, std::string_view text) {
  return step(session, text, Kind::StepToReturn);
}

Answer quit(Session& session, std::string_view text) {
  Arguments(text, session).end();
  session.resume({.kind = Kind::Quit});
  return {};
}

}  // namespace emu::debugger::commands
