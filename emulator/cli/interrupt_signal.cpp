#include "emulator/cli/interrupt_signal.h"

#include <sys/time.h>

#include <atomic>
#include <csignal>

#include "emulator/cli/time_limit.h"
#include "mm/base/check.h"

namespace emu {
namespace {

constexpr suseconds_t kPeriod = 10'000;  // µs: a request to stop may have to be made more than once

// For the signal handlers; null: there is nobody to halt.
std::atomic<debugger::Engine*> interrupted_engine = nullptr;

void ask_every(suseconds_t period) {
  const itimerval timer{{0, period}, {0, period}};
  setitimer(ITIMER_REAL, &timer, nullptr);
}

void ask_again(int) {
  debugger::Engine* const engine = interrupted_engine;
  if (engine != nullptr && engine->break_pending())
    engine->wake();
  else
    ask_every(0);
}

void interrupt(int) {
  debugger::Engine* const engine = interrupted_engine;
  if (engine == nullptr) return;
  engine->request_break_from_signal();
  ask_every(kPeriod);
}

// None of those that ask the processor to stop interrupts another.
void handle(int signal, void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigaddset(&action.sa_mask, SIGALRM);
  sigaddset(&action.sa_mask, SIGINT);
  sigaddset(&action.sa_mask, kTimeLimitSignal);
  sigaction(signal, &action, nullptr);
}

}  // namespace

InterruptSignal::InterruptSignal(debugger::Engine& engine) {
  MM_CHECK(interrupted_engine == nullptr, "a second engine for Ctrl-C: a process has one SIGINT");
  interrupted_engine = &engine;
  handle(SIGALRM, ask_again);
  handle(SIGINT, interrupt);
}

InterruptSignal::~InterruptSignal() { interrupted_engine = nullptr; }

}  // namespace emu
