// The debugger's engine: holds the machine where it is told to, asks the front end what next, and carries
// that out. Single-threaded: a front end is called at a halt, on the machine's own stack, and returns how to
// go on; positions are the guest's own, so the same commands halt at the same places every time.
//
// Invariants:
// 1. With nothing set the processor runs freely; what is not watched costs nothing.
// 2. A halt changes nothing of the guest (see Controller).
// 3. A breakpoint halts once each time its thread gets there, and not again when the thread goes on.
// 4. A thread that is frozen, or that the front end makes stand still, keeps its place in every queue, and
//    runs no instruction. Freezing and thawing without running on changes nothing; suspending is a change to
//    the guest, as when it does so itself.
#pragma once

#include <atomic>
#include <deque>
#include <map>
#include <optional>
#include <vector>

#include "emulator/cpu/registers.h"
#include "emulator/debugger/engine/breakpoints.h"
#include "emulator/debugger/engine/data_watch.h"
#include "emulator/debugger/engine/guest_events.h"
#include "emulator/debugger/engine/halt.h"
#include "emulator/debugger/engine/held_threads.h"
#include "emulator/debugger/engine/stepping.h"
#include "emulator/kernel/controller.h"
#include "emulator/kernel/run_end.h"

namespace emu {
class Board;
class Kernel;
}  // namespace emu

namespace emu::debugger {

class Engine final : public Controller {
 public:
  // Takes the machine over, which has started nothing yet. The front end is told of everything from then on.
  Engine(Kernel& kernel, FrontEnd& front_end);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs the machine until every process has ended or the front end quits. When the processes have ended
  // there is a last halt, GuestEnd.
  RunEnd run();

  Board& board();
  Kernel& kernel() { return kernel_; }
  Breakpoints& breakpoints() { return breakpoints_; }
  EventFilters& filters() { return events_.filters(); }
  // Decides whether the next process that begins halts the guest even when the filter cpr does not.
  void halt_at_start(bool halt) { events_.halt_at_start(halt); }
  // Halts the guest at its next instruction.
  void request_break();
  // Brings the processor back between two instructions, so that FrontEnd::wants_break() is asked; the guest
  // does not notice. For signal handlers, which call it again until it has happened
  // (Cpu::request_stop_from_signal).
  void wake();
  void request_break_from_signal() {
    signalled_ = break_requested_ = true;
    wake();
  }
  // Is called while a service waits for something outside, such as input: halts at once, Inside, when
  // somebody has asked for a halt meanwhile. Returns false when the wait is over because nothing will run on.
  bool may_wait();
  bool break_pending() const { return break_requested_; }
  // Ends a process before anything else is executed. The front end does not see that as a halt.
  void end_process(Process& process, uint32_t exit_code);
  // --- Threads that do not run.
  bool frozen(const Thread& thread) const { return held_.frozen(thread); }
  void freeze(const Thread& thread) { held_.freeze(thread); }
  void thaw(const Thread& thread) { held_.thaw(thread); }
  // These change the guest's own count, as Threads::suspend and resume do; only Outside.
  mm::Result<uint32_t> suspend(Thread& thread) { return held_.suspend(thread); }
  uint32_t resume(Thread& thread) { return held_.resume(thread); }

  // The last faults, as they happened.
  const mm::FaultRecorder& faults() const { return events_.faults(); }
  // Returns the sequence number of the first fault that an instruction of a process's program took (fetching
  // the first one is such a fault); all faults before it were the loader's. None when the program has not
  // begun. `process` is an id, and the process may have ended.
  std::optional<uint64_t> first_fault_of_program(uint32_t process) const {
    return events_.first_fault_of_program(process);
  }

  // The registers of any thread: those that it would go on with, or, at an exception, those that its handlers
  // would see. They may be written only Outside.
  Registers registers(const Thread& thread) const;
  void set_registers(Thread& thread, const Registers& registers);
  FloatingState floating_state(const Thread& thread) const;
  void set_floating_state(Thread& thread, const FloatingState& state);

  // Controller.
  Pace before_run(Thread& thread) override;
  void after_run(Thread& thread, const Stop& stop) override;
  Standstill on_standstill() override;
  Disposition on_exception(Thread& thread, const Exception& exception) override;

  // --- What GuestEvents asks for when it hears of something.
  bool quitting() const { return quitting_; }
  // Halts the guest here and now, or before its next instruction.
  void halt(const Halt& halt);
  void halt_soon(Halt halt);
  void thread_begins(Thread& thread);
  void thread_ends(Thread& thread);
  // Tells whether the front end has ended the process itself.
  bool is_to_end(const Process& process) const;

 private:
  void obey(const Halt& halt, const Resume& resume);
  void end_processes();
  void show_debug_output(const Thread& thread, const Exception& exception);
  bool waits_for_page(const Stop& stop) const;
  void pass_breakpoint(Thread& thread, const Exception& exception) const;
  bool is_saved(const Thread& thread) const;
  std::optional<Halt> due(Thread& thread);
  std::optional<Halt> queued(Thread& thread);
  std::optional<Halt> at_breakpoint(Thread& thread);
  bool waits_for(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress eip) const;
  void update_processor();
  Pace pace(Thread& thread);

  Kernel& kernel_;
  FrontEnd& front_end_;
  Breakpoints breakpoints_;
  Stepping stepping_;
  DataWatch watch_;
  GuestEvents events_;
  HeldThreads held_;
  std::deque<Halt> queue_;                 // what happened Inside and is reported Outside
  std::map<uint32_t, uint32_t> reported_;  // by thread: the EIP whose breakpoint it has halted at
  std::vector<mm::VirtualAddress> set_;    // the processor's breakpoints
  uint64_t seen_version_ = ~uint64_t{0};
  std::map<uint32_t, uint32_t> to_end_;   // processes that are to end, by id: their exit codes
  const Thread* at_exception_ = nullptr;  // the current thread while its registers are saved

  std::atomic<bool> break_requested_ = false;
  std::atomic<bool> signalled_ = false;  // by a signal
  bool quitting_ = false;
  bool swallow_ = false;
};

}  // namespace emu::debugger
