#include "emulator/cli/time_limit.h"

#include <fmt/core.h>
#include <termios.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "emulator/board/board.h"
#include "emulator/cli/exit_code.h"
#include "emulator/cpu/cpu.h"
#include "mm/base/check.h"

namespace emu {
namespace {

constexpr long kPeriod = 10'000'000;  // ns: a request to stop may have to be made more than once
constexpr int kPatience = 200;        // periods

// For the signal handler.
volatile std::sig_atomic_t is_passed = 0;
volatile std::sig_atomic_t periods = 0;
Board* volatile watched = nullptr;
TimeLimit* only = nullptr;
char last_line[64];
bool has_terminal = false;
termios terminal;  // as it was: a line may be in the middle of being typed

[[noreturn]] void end_at_once() {
  if (has_terminal) tcsetattr(STDIN_FILENO, TCSANOW, &terminal);
  (void)!write(STDERR_FILENO, last_line, std::strlen(last_line));
  _exit(exit_code::kLimit);
}

void on_time(int) {
  const int error = errno;
  is_passed = 1;
  periods = periods + 1;
  Board* const board = watched;
  if (board == nullptr || periods > kPatience) end_at_once();
  board->cpu().request_stop_from_signal();
  errno = error;
}

void handle_signal() {
  struct sigaction action {};
  action.sa_handler = on_time;
  action.sa_flags = SA_RESTART;
  sigaddset(&action.sa_mask, SIGALRM);
  sigaddset(&action.sa_mask, SIGINT);
  sigaction(kTimeLimitSignal, &action, nullptr);
}

}  // namespace

TimeLimit::TimeLimit(uint32_t seconds) : seconds_(seconds) {
  MM_CHECK(only == nullptr, "a second time limit: a process has one timer signal for them");
  only = this;
  watched = nullptr;
  begin();
}

void TimeLimit::begin() {
  is_passed = 0;
  periods = 0;
  if (!is_set()) return;
  *fmt::format_to_n(last_line, sizeof last_line - 1, "pagewalk: {}\n", text()).out = '\0';
  has_terminal = tcgetattr(STDIN_FILENO, &terminal) == 0;
  handle_signal();
  sigevent event{};
  event.sigev_notify = SIGEV_SIGNAL;
  event.sigev_signo = kTimeLimitSignal;
  const itimerspec spans{{0, kPeriod}, {static_cast<time_t>(seconds_), 0}};
  if (timer_create(CLOCK_MONOTONIC, &event, &timer_) != 0 || timer_settime(timer_, 0, &spans, nullptr) != 0)
    throw std::system_error(errno, std::generic_category(), "--timeout");
}

TimeLimit::~TimeLimit() {
  suspend();
  only = nullptr;
}

void TimeLimit::suspend() {
  if (!is_set()) return;
  timer_delete(timer_);
  signal(kTimeLimitSignal, SIG_IGN);  // one may be on its way
}

void TimeLimit::watch(Board& board) { watched = &board; }

void TimeLimit::disarm() {
  if (!is_set()) return;
  signal(kTimeLimitSignal, SIG_IGN);
  watched = nullptr;
}

bool TimeLimit::passed() { return is_passed != 0; }

std::string TimeLimit::text() const {
  return fmt::format("stopped after {} second{}", seconds_, seconds_ == 1 ? "" : "s");
}

}  // namespace emu
