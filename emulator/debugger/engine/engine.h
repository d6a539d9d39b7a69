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
#include <set>

#include "emulator/cpu/cpu.h"
#include "emulator/debugger/engine/breakpoints.h"
#include "emulator/debugger/engine/data_watch.h"
#include "emulator/debugger/engine/event_filters.h"
#include "emulator/debugger/engine/halt.h"
#include "emulator/debugger/engine/stepping.h"
#include "emulator/kernel/controller.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "mm/inspect/fault_recorder.h"

namespace emu::debugger {

class Engine final : public Controller, private LifeListener, private ServiceListener, private FaultListener {
 public:
  // Takes the machine over, which has started nothing yet. The front end is told of everything from then on.
  Engine(Kernel& kernel, FrontEnd& front_end);
  ~Engine() override;
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // Runs the machine until every process has ended or the front end quits. When the processes have ended
  // there is a last halt, GuestEnd.
  RunEnd run();

  Board& board() { return kernel_.board(); }
  Kernel& kernel() { return kernel_; }
  Breakpoints& breakpoints() { return breakpoints_; }
  EventFilters& filters() { return filters_; }
  // Decides whether the next process that begins halts the guest even when the filter cpr does not.
  void halt_at_start(bool halt) { start_halts_ = halt; }
  // Halts the guest at its next instruction.
  void request_break();
  // Brings the processor back between two instructions, so that FrontEnd::wants_break() is asked; the guest
  // does not notice. For signal handlers, which call it again until it has happened
  // (Cpu::request_stop_from_signal).
  void wake() { kernel_.board().cpu().request_stop_from_signal(); }
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
  bool frozen(const Thread& thread) const;
  void freeze(const Thread& thread);
  void thaw(const Thread& thread);
  // These change the guest's own count, as Threads::suspend and resume do; only Outside.
  mm::Result<uint32_t> suspend(Thread& thread);
  uint32_t resume(Thread& thread);

  // The last faults, as they happened.
  const mm::FaultRecorder& faults() const { return recorder_; }
  // Returns the sequence number of the first fault that an instruction of a process's program took (fetching
  // the first one is such a fault); all faults before it were the loader's. None when the program has not
  // begun. `process` is an id, and the process may have ended.
  std::optional<uint64_t> first_fault_of_program(uint32_t process) const;

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

 private:
  void on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) override;
  void on_service_end(Thread& thread, uint32_t number, uint32_t result) override;
  void on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) override;
  void on_fault_stage(const mm::Event& event) override;
  void on_fault_end(Process& process, const mm::FaultOutcome& outcome) override;
  void on_thread_begin(Thread& thread) override;
  void on_thread_end(Thread& thread, uint32_t exit_code) override;
  void on_process_end(Process& process, const ProcessEnd& end) override;
  void on_image_load(Process& process, const LoadedImage& image) override;
  void on_image_unload(Process& process, const LoadedImage& image) override;

  uint64_t now() const;  // ns

  void halt(const Halt& halt);
  void obey(const Halt& halt, const Resume& resume);
  void queue(Halt halt);
  void end_processes();
  void hold(Thread& thread);
  void hold_threads();
  Thread* standing();
  void show_debug_output(const Thread& thread, const Exception& exception);
  void pass_breakpoint(Thread& thread, const Exception& exception) const;
  bool is_saved(const Thread& thread) const;
  std::optional<Halt> due(Thread& thread);
  std::optional<Halt> queued(Thread& thread);
  std::optional<Halt> at_breakpoint(Thread& thread);
  bool waits_for(const Breakpoint& breakpoint, const Thread& thread, mm::VirtualAddress eip) const;
  std::optional<uint32_t> fault_breakpoint(const Process& process, const Thread* thread,
                                           const mm::Fault& fault, const mm::AccessForecast& forecast);
  std::optional<uint32_t> service_breakpoint(const Thread& thread, uint32_t number);
  void update_processor();
  void note_beginning(const Process& process, mm::VirtualAddress eip);
  void locate_faults(FaultDetail detail);
  mm::FaultIdentity::Located located(const mm::Fault& fault) const;
  Pace pace(Thread& thread);
  void note_data_accesses(Thread& thread);

  Kernel& kernel_;
  FrontEnd& front_end_;
  Breakpoints breakpoints_;
  EventFilters filters_;
  Stepping stepping_;
  DataWatch watch_;
  mm::FaultRecorder recorder_;
  std::map<uint32_t, uint64_t> begun_;     // processes, by id: first_fault_of_program
  std::deque<Halt> queue_;                 // what happened Inside and is reported Outside
  std::map<uint32_t, uint32_t> reported_;  // by thread: the EIP whose breakpoint it has halted at
  std::vector<mm::VirtualAddress> set_;    // the processor's breakpoints
  uint64_t seen_version_ = ~uint64_t{0};
  std::set<uint32_t> frozen_;               // threads, by id
  std::map<uint32_t, uint32_t> suspended_;  // by thread: how often it was suspended from here
  std::map<uint32_t, uint32_t> to_end_;     // processes that are to end, by id: their exit codes
  const Thread* at_exception_ = nullptr;    // the current thread while its registers are saved
  FaultDetail fault_detail_ = FaultDetail::Page;
  Thread* service_ends_ = nullptr;  // halt when its service has ended

  enum class FaultPace : uint8_t { Unseen, ToEnd, StageByStage };
  struct {
    FaultPace pace = FaultPace::Unseen;
    Process* process = nullptr;
    Thread* thread = nullptr;
    mm::Fault fault{};
    mm::FaultActor actor = mm::FaultActor::Instruction;
    mm::AccessForecast forecast{};
  } fault_;

  bool start_halts_ = true;
  std::atomic<bool> break_requested_ = false;
  std::atomic<bool> signalled_ = false;  // by a signal
  bool quitting_ = false;
  bool swallow_ = false;
};

}  // namespace emu::debugger
