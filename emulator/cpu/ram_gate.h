// Stops the processor from a signal handler in the middle of a loop that nothing else stops, exactly between
// two instructions.
//
// Unicorn looks for a stop where a block begins and behind every access to memory, in the middle of the
// instruction, which is then made again. Behind a load that is harmless, behind a store not always: INC of
// memory would be made twice. So guest RAM is closed (mprotect) for a moment, and what the processor does
// next decides:
//
//   a load      the stop is asked for: its instruction has done nothing yet that making it again would change
//   a store     may be the second half of an INC. It goes through alone (EFLAGS.TF), and RAM is closed again;
//               after more stores in a row than one instruction makes, the last one is its instruction's
//               first access, and the stop is asked for
//   no access   for a while of the processor's own time: the instruction that was under way is over, and the
//               stop is asked for
//
// How a store is told from a load, and let through alone, is that of an x86-64 host.
//
//   Open     -> Closed   ask()
//   Closed   -> Passing  a store                    -> Closed  it is done
//   Closed   -> Open     the stop is asked for; open()
#pragma once

#include <signal.h>
#include <unicorn/unicorn.h>

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace emu {

class RamGate {
 public:
  // `ram`: whole pages of the host.
  RamGate(std::span<std::byte> ram, uc_engine* processor) : ram_(ram), processor_(processor) {}
  ~RamGate() { open(); }
  RamGate(const RamGate&) = delete;
  RamGate& operator=(const RamGate&) = delete;

  // From a signal handler that has interrupted guest code, again and again until the processor has stopped.
  // One gate at a time in the whole program.
  void ask();
  // Before anybody but guest code touches RAM.
  void open();
  // Whether the stop that was asked for may have come behind the store of an instruction that is not over: to
  // be asked once behind each stop. Making that instruction again, which stores the same, ends it.
  bool take_half_made() { return std::exchange(half_made_, false); }

 private:
  enum class State : uint8_t { Open, Closed, Passing };

  static void on_access(int, siginfo_t* info, void* context);
  static void on_trap(int, siginfo_t*, void* context);
  bool holds(const void* address) const;
  void close();
  enum class Next : uint8_t { Load, MaybeStore };
  void stop_behind(Next access);
  void take(ucontext_t& context);

  std::span<std::byte> ram_;
  uc_engine* processor_;
  volatile State state_ = State::Open;
  int stores_ = 0;          // in a row
  int64_t last_event_ = 0;  // ns of processor time
  bool half_made_ = false;
  struct sigaction old_access_ {};
  struct sigaction old_trap_ {};
};

}  // namespace emu
