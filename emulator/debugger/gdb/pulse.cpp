#include "emulator/debugger/gdb/pulse.h"

#include <sys/time.h>

#include <atomic>

#include "mm/base/check.h"

namespace emu::debugger {
namespace {

constexpr suseconds_t kPeriod = 20'000;  // µs: a person who presses Ctrl-C does not notice

std::atomic<Engine*> woken_engine = nullptr;
const gdb::Transport* watched_client = nullptr;
std::atomic<bool> beat = false;

void on_alarm(int) {
  Engine* engine = woken_engine;
  if (engine == nullptr || !watched_client->has_news()) return;
  beat = true;
  engine->wake();
}

void set_timer(suseconds_t period) {
  const itimerval timer{{0, period}, {0, period}};
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

void Pulse::start(Engine& engine, const gdb::Transport& client) {
  MM_CHECK(woken_engine == nullptr || woken_engine == &engine, "a second pulse: a process has one SIGALRM");
  watched_client = &client;
  woken_engine = &engine;
  beat = true;  // what came with the last packets is news, too
  struct sigaction action {};
  action.sa_handler = on_alarm;
  action.sa_flags = SA_RESTART;
  sigaction(SIGALRM, &action, nullptr);
  set_timer(kPeriod);
}

void Pulse::stop() {
  if (woken_engine == nullptr) return;
  set_timer(0);
  woken_engine = nullptr;
}

bool Pulse::beaten() { return beat.exchange(false); }

}  // namespace emu::debugger
