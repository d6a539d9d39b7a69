#include "emulator/cpu/ram_gate.h"

#include <sys/mman.h>
#include <time.h>
#include <ucontext.h>

#include <cerrno>

namespace emu {
namespace {

// PUSHA makes 8; one that crosses a page, a byte at a time, 16 (Intel SDM volume 1, 4.6: operands of 128
// bits).
constexpr int kMostStoresOfInstruction = 32;
constexpr int64_t kSettled = 1'000'000;  // ns
constexpr greg_t kTrapFlag = 0x100;      // EFLAGS.TF
constexpr greg_t kWrite = 2;             // of a page fault's error code

RamGate* volatile closed_gate = nullptr;

int64_t processor_time() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

void handle(int signal, void (*handler)(int, siginfo_t*, void*), struct sigaction& old) {
  struct sigaction action {};
  action.sa_sigaction = handler;
  action.sa_flags = SA_SIGINFO;
  sigfillset(&action.sa_mask);
  sigaction(signal, &action, &old);
}

}  // namespace

void RamGate::ask() {
  if (state_ == State::Closed && processor_time() - last_event_ >= kSettled)
    return stop_behind(Next::MaybeStore);
  if (state_ != State::Open) return;
  closed_gate = this;
  stores_ = 0;
  handle(SIGSEGV, on_access, old_access_);
  handle(SIGTRAP, on_trap, old_trap_);
  close();
}

void RamGate::close() {
  state_ = State::Closed;
  mprotect(ram_.data(), ram_.size(), PROT_NONE);
  last_event_ = processor_time();
}

void RamGate::open() {
  if (state_ == State::Open) return;
  mprotect(ram_.data(), ram_.size(), PROT_READ | PROT_WRITE);
  state_ = State::Open;
  sigaction(SIGSEGV, &old_access_, nullptr);
  sigaction(SIGTRAP, &old_trap_, nullptr);
  closed_gate = nullptr;
}

void RamGate::stop_behind(Next access) {
  open();
  half_made_ = access == Next::MaybeStore;
  uc_emu_stop(processor_);
}

bool RamGate::holds(const void* address) const {
  const auto* at = static_cast<const std::byte*>(address);
  return at >= ram_.data() && at < ram_.data() + ram_.size();
}

// An access that is none of ours is made again under the handler of before.
void RamGate::on_access(int, siginfo_t* info, void* context) {
  const int error = errno;
  RamGate& gate = *closed_gate;
  if (gate.holds(info->si_addr))
    gate.take(*static_cast<ucontext_t*>(context));
  else
    gate.open();
  errno = error;
}

void RamGate::take(ucontext_t& context) {
  const bool store = (context.uc_mcontext.gregs[REG_ERR] & kWrite) != 0;
  if (!store) return stop_behind(Next::Load);
  if (++stores_ > kMostStoresOfInstruction) return stop_behind(Next::MaybeStore);
  state_ = State::Passing;
  mprotect(ram_.data(), ram_.size(), PROT_READ | PROT_WRITE);
  context.uc_mcontext.gregs[REG_EFL] |= kTrapFlag;
}

void RamGate::on_trap(int, siginfo_t*, void* context) {
  const int error = errno;
  static_cast<ucontext_t*>(context)->uc_mcontext.gregs[REG_EFL] &= ~kTrapFlag;
  if (closed_gate != nullptr && closed_gate->state_ == State::Passing) closed_gate->close();
  errno = error;
}

}  // namespace emu
