#include "emulator/debugger/gdb/gdb_front_end.h"

#include <algorithm>
#include <utility>

#include "emulator/debugger/gdb/gdb_stop.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"

namespace emu::debugger {

using Action = gdb::ThreadAction::Kind;
using Kind = Halt::Kind;
using Where = Halt::Where;

// Whether there is a client now. None is waited for when there is nothing left that it could look at.
bool GdbFrontEnd::connect(Engine& engine) {
  engine_ = &engine;
  session_.reset();
  transport_.reset();
  const bool over = target_ && target_->threads().empty();
  if (!over) transport_ = connect_();
  state_ = transport_ != nullptr ? State::Attached : State::Closed;
  if (state_ == State::Closed) return false;
  if (!target_) target_.emplace(engine);
  session_.emplace(*target_, *transport_);
  newly_attached_ = true;
  return true;
}

void GdbFrontEnd::lose_client() {
  pulse_.stop();
  state_ = State::Waiting;
  monitoring_ = false;
  libraries_untold_ = false;
  ends_.clear();
  target_->remove_all_breakpoints();
  engine_->filters() = {};
}

Resume GdbFrontEnd::on_halt(Engine& engine, const Halt& halt) {
  if (state_ == State::Waiting) connect(engine);
  return state_ == State::Attached ? decide(halt) : end();
}

// How it goes on without a client. What it has let go of runs to its end, whatever becomes of the rest.
Resume GdbFrontEnd::end() {
  if (state_ == State::Closed && target_ && target_->has_released()) {
    target_->kill_all();
    state_ = State::Released;
  }
  return {.kind = state_ == State::Released ? Resume::Kind::Go : Resume::Kind::Quit};
}

Resume GdbFrontEnd::decide(const Halt& halt) {
  if (halt.process != nullptr && halt.kind != Kind::Break && !target_->shows(*halt.process)) return {};
  const bool told = monitoring_;
  if (monitoring_)
    if (auto resume = monitor_halted(halt)) return *resume;
  if (halt.kind == Kind::ProcessEnd) return process_ends(halt);
  if (auto resume = tell_news(halt)) return *resume;
  target_->halted(halt);
  if (halt.kind == Kind::GuestEnd) return guest_end(halt);
  if (told) return resume_as(halt, wanted_);
  if (halt.kind == Kind::Standstill) return standstill(halt);
  if (newly_attached_) return tell(halt);
  if (auto resume = run_commands(halt)) return *resume;
  return is_told(halt) ? tell(halt) : resume_as(halt, wanted_);
}

// ---- Telling.

// What a client is told that has just come: how the guest stands, not what its predecessor had set.
gdb::StopReply GdbFrontEnd::standing(const gdb::StopReply& stop) const {
  const auto* told = std::get_if<gdb::ThreadStopped>(&stop);
  if (told != nullptr && target_->find(told->thread) != nullptr)
    return gdb::ThreadStopped{told->thread, told->signal, gdb::reason::Plain{}, told->description};
  const auto threads = target_->threads();
  if (threads.empty()) return stop;
  return gdb::ThreadStopped{threads.front().key, gdb::Signal::Trap, gdb::reason::Plain{}, ""};
}

// The client's answer, or its successor's; none: it let the guest go, or there is no other.
std::optional<gdb::Resume> GdbFrontEnd::serve(const gdb::StopReply& stop) {
  pulse_.stop();
  gdb::Request request = std::exchange(monitoring_, false)
                             ? session_->answer_monitor()
                             : session_->serve_until_resume(newly_attached_ ? standing(stop) : stop);
  while (std::holds_alternative<gdb::Disconnected>(request)) {
    lose_client();
    if (!connect(*engine_)) return std::nullopt;
    request = session_->serve_until_resume(standing(stop));
  }
  interrupted_ = false;
  finishing_ = false;
  if (std::holds_alternative<gdb::GoFurther>(request)) {
    monitoring_ = true;
    if (!target_->further_leaves_fault()) return wanted_;
    begin_to_run();
    return wanted_ = {};
  }
  if (const auto* resume = std::get_if<gdb::Resume>(&request)) {
    begin_to_run();
    return wanted_ = *resume;
  }
  state_ = std::holds_alternative<gdb::DetachAll>(request) ? State::Released : State::Closed;
  target_->remove_all_breakpoints();
  return std::nullopt;
}

void GdbFrontEnd::begin_to_run() {
  EventFilters& filters = engine_->filters();
  if (std::exchange(newly_attached_, false) && session_->hears_of_libraries()) {
    filters.set(EventName::ImageLoad, Filter::Break);
    filters.set(EventName::ImageUnload, Filter::Break);
  }
  filters.set(EventName::ProcessEnd, Filter::Break);  // a client must hear of those
  pulse_.start(*engine_, *transport_);
}

// What the client must hear of before it is told anything else; none: it still wants to hear more. It does
// not stand in a fault then.
std::optional<Resume> GdbFrontEnd::tell_news(const Halt& halt) {
  std::deque<gdb::StopReply> news = std::exchange(ends_, {});
  const auto threads = target_->threads();
  if (std::exchange(libraries_untold_, false) && !threads.empty())
    news.push_back(gdb::ThreadStopped{threads.front().key, gdb::Signal::Trap, gdb::reason::Libraries{}, ""});
  if (news.empty()) return std::nullopt;
  Halt told = halt;
  if (halt.where == Where::Inside) told.kind = Kind::Break;
  target_->halted(told);
  for (; !news.empty(); news.pop_front()) {
    if (!serve(news.front())) return end();
    if (!monitoring_) continue;
    news.pop_front();
    ends_.insert(ends_.begin(), news.begin(), news.end());
    return target_->further();
  }
  return std::nullopt;
}

// Whether a thread that has made a step is where the client wants it. A step of before another thread's stop
// is none of the client's any more.
bool GdbFrontEnd::is_there(const Thread& thread) const {
  const gdb::ThreadAction action = wanted_.action_for(key_of(thread));
  if (action.kind == Action::Step) return true;
  const uint32_t eip = engine_->registers(thread).eip;
  return action.kind == Action::StepRange &&
         eip - action.begin.value >= action.end.value - action.begin.value;
}

bool GdbFrontEnd::is_told(const Halt& halt) const {
  if (halt.kind == Kind::Break) return interrupted_ || finishing_;
  return halt.kind != Kind::Step || finishing_ || is_there(*halt.thread);
}

// As some thread's that the client knows; none: it knows of none.
std::optional<gdb::StopReply> GdbFrontEnd::stop_at(const Halt& halt) {
  Halt told = halt;
  // The end of such a step, or an interrupt that came while another client's process ran, is some thread's.
  if (finishing_ && !interrupted_ && told.kind == Kind::Break) told.kind = Kind::Step;
  if (told.thread == nullptr || !target_->shows(told.thread->process())) {
    const auto threads = target_->threads();
    told.thread = threads.empty() ? nullptr : target_->find(threads.front().key);
  }
  if (told.thread == nullptr) return std::nullopt;
  return stop_of(told, *target_);
}

Resume GdbFrontEnd::tell(const Halt& halt) {
  const auto stop = stop_at(halt);
  if (halt.kind == Kind::Fault)
    print(
        "In a page fault: registers and memory can be read but not changed, and nothing can be called, "
        "until it is over (monitor t: its next stage, monitor p: its end).\n");
  return stop ? answer(halt, *stop) : resume_as(halt, wanted_);
}

// Tells a stop, and what the client makes of it.
Resume GdbFrontEnd::answer(const Halt& halt, const gdb::StopReply& stop) {
  const auto wanted = serve(stop);
  if (monitoring_) return target_->further();
  return wanted ? resume_as(halt, *wanted) : end();
}

// Where a monitor command has led to: the client waits for the rest of what it prints. None: it has then run
// the guest itself.
std::optional<Resume> GdbFrontEnd::monitor_halted(const Halt& halt) {
  target_->halted(halt);
  if (target_->passes_by_libraries(halt)) {
    libraries_untold_ = true;
    return target_->further();
  }
  const bool left_fault = target_->further_leaves_fault();
  const gdb::Target::Monitored rest = target_->go_on_monitoring();
  print(rest.text);
  if (rest.goes_further) return target_->further();
  if (left_fault) print("The client shows what it read before (gdb: maintenance flush register-cache).\n");
  if (!serve(stop_at(halt).value_or(gdb::NothingResumed{}))) return end();
  if (monitoring_) return target_->further();
  return std::nullopt;
}

// The client hears of it at the next instruction.
Resume GdbFrontEnd::process_ends(const Halt& halt) {
  ends_.push_back(stop_of(*halt.process, halt.end));
  engine_->request_break();
  return {};
}

// Nothing will run again. Threads that are left wait for ever, and can be looked at.
Resume GdbFrontEnd::guest_end(const Halt& halt) {
  const auto threads = target_->threads();
  if (threads.empty()) return end();
  print("Nothing will run again: every thread waits, or a limit is reached.\n");
  if (!serve(gdb::ThreadStopped{threads.front().key, gdb::Signal::Interrupt, gdb::reason::Plain{}, ""}))
    return end();
  for (const auto& info : threads) {
    if (target_->find(info.key) == nullptr) continue;
    target_->forget(info.key.process.value);
    ends_.push_back(gdb::ProcessTerminated{info.key.process, gdb::Signal::Kill});
  }
  tell_news(halt);
  return end();
}

// What was resumed waits for what was not, or has ended.
Resume GdbFrontEnd::standstill(const Halt& halt) {
  Halt told = halt;
  told.kind = Kind::Break;
  told.thread = nullptr;
  for (const auto& info : target_->threads())
    if (told.thread == nullptr && wanted_.action_for(info.key).kind != Action::Stay)
      told.thread = target_->find(info.key);
  if (told.thread == nullptr) return answer(halt, gdb::NothingResumed{});
  print("Every thread that was resumed waits, and others stand still: an interrupt halts the guest.\n");
  pulse_.stop();
  take(session_->wait());
  if (state_ == State::Waiting && !connect(*engine_)) return end();
  told.process = &told.thread->process();
  target_->halted(told);
  return tell(told);
}

// What the user wants executed at a breakpoint of our own.
std::optional<Resume> GdbFrontEnd::run_commands(const Halt& halt) {
  if (halt.commands.empty()) return std::nullopt;
  const GdbTarget::Executed executed = target_->run(halt.commands);
  print(executed.text);
  finishing_ = executed.resume && executed.resume->kind != Resume::Kind::Go;
  return executed.resume;
}

// ---- Going on.

Thread* GdbFrontEnd::stepper(const Halt& halt, const gdb::Resume& wanted) const {
  const auto steps = [&](gdb::ThreadKey key) {
    const Action action = wanted.action_for(key).kind;
    return action == Action::Step || action == Action::StepRange;
  };
  if (halt.thread != nullptr && target_->shows(halt.thread->process()) && steps(key_of(*halt.thread)))
    return halt.thread;
  for (const auto& info : target_->threads())
    if (steps(info.key)) return target_->find(info.key);
  return nullptr;
}

Resume GdbFrontEnd::resume_as(const Halt& halt, const gdb::Resume& wanted) {
  Resume resume;
  if (halt.kind == Kind::Exception && wanted.action_for(key_of(*halt.thread)).signal == gdb::Signal::None)
    resume.exception_is = Resume::ExceptionIs::Handled;
  Thread* thread = stepper(halt, wanted);
  if (thread == nullptr) return resume;
  if (halt.where == Where::Inside) {
    finishing_ = true;
    engine_->request_break();
    return resume;
  }
  resume.kind = Resume::Kind::StepInto;
  resume.thread = thread;
  return resume;
}

// ---- While the guest runs.

bool GdbFrontEnd::stands_still(const Thread& thread) {
  if (state_ != State::Attached || !target_->shows(thread.process())) return false;
  const uint32_t process = thread.process().id();
  const auto& rules = wanted_.rules;
  if (rules.empty()) return false;  // the client has not resumed anything yet
  const bool named = std::any_of(rules.begin(), rules.end(), [&](const gdb::Resume::Rule& rule) {
    return !rule.threads.process || rule.threads.process->value == process;
  });
  const bool only_threads = std::all_of(rules.begin(), rules.end(), [](const gdb::Resume::Rule& rule) {
    return rule.threads.thread.has_value();
  });
  if (!named && !only_threads) return false;
  return wanted_.action_for(key_of(thread)).kind == Action::Stay;
}

void GdbFrontEnd::take(gdb::Session::Event event) {
  switch (event) {
    case gdb::Session::Event::None: return;
    case gdb::Session::Event::Interrupt: interrupted_ = true; return;
    case gdb::Session::Event::Disconnected: lose_client(); return;
  }
}

bool GdbFrontEnd::wants_break() {
  if (state_ != State::Attached || !pulse_.beaten()) return false;
  look_for_news();
  return interrupted_ || state_ == State::Waiting;
}

bool GdbFrontEnd::print(std::string_view text) {
  if (state_ != State::Attached) return false;
  session_->print(text);
  return true;
}

}  // namespace emu::debugger
