// The kernel: what makes a board run Windows programs. It has the memory manager, processes and threads, the
// scheduler, the system services, objects, and the guest's disk and console. With a virtual clock the same
// configuration, programs and input give the same everything.
//
// The processor's loop is left only when a thread stops running on: its end, a wait, an exception that is not
// a resolved page fault, a limit. Services and page faults are served inside it.
//
// This header names the kernel's parts and includes none of them: who uses one includes its header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "emulator/cpu/stop.h"
#include "emulator/kernel/configuration.h"
#include "emulator/kernel/controller.h"
#include "emulator/kernel/processes/thread_switch.h"
#include "emulator/kernel/run_end.h"
#include "mm/base/result.h"
#include "mm/inspect/statistics.h"

namespace mm {
class MemoryManager;
}

namespace emu {

class AddressRandomizer;
class ClientIds;
class ClockReads;
class CodeTime;
class Console;
class DebugUnit;
class FaultPath;
class ObjectManager;
class PipeListener;
class PipeWaker;
class Process;
class Processes;
class ProcessorTimeAccount;
class Scheduler;
class SharedUserData;
class SystemCalls;
class Thread;
class ThreadContexts;
class Threads;
class UserThreads;
class Volume;
class Waits;
struct Exception;
struct Listeners;

class Kernel final : private ThreadSwitch {
 public:
  using RunEnd = emu::RunEnd;

  // On a board that nothing has run on, which it takes over and which outlives it. Else a sentence for the
  // user.
  static tl::expected<std::unique_ptr<Kernel>, std::string> create(Board& board,
                                                                   const KernelConfiguration& configuration,
                                                                   std::unique_ptr<Console> console);
  ~Kernel() override;
  Kernel(const Kernel&) = delete;
  Kernel& operator=(const Kernel&) = delete;

  // --- Building up.
  // Lets `controller` steer, before anything is started. There is one: a second is a mistake of the program
  // that made the machine, and stops it (MM_CHECK). Who wants to steer besides stands before the one there
  // is.
  void set_controller(Controller& controller);
  // Lets `controller` steer instead of the one that it returns (null: nobody did), and that it passes on to.
  Controller* stand_before_controller(Controller& controller);
  // Nobody steers any more. A controller calls this before it ends; then those before and behind it do not
  // steer either.
  void clear_controller() { controller_ = nullptr; }
  // Whoever is told here leaves before it ends, or outlives the kernel.
  Listeners& listeners() { return *listeners_; }
  // Makes a process with an empty address space and the standard handles. Fails as Processes::create.
  mm::Result<Process*> create_process(std::string name);

  // Runs until every process has ended, or a limit stops it all.
  RunEnd run();
  // In a process that fork(2) made of one with this kernel in it, before it runs on: nothing that it writes
  // is seen by the other. Else a sentence for the user. The console is the host's still.
  tl::expected<void, std::string> after_fork();

  // --- Parts.
  const KernelConfiguration& configuration() const { return configuration_; }
  Board& board() { return board_; }
  const Board& board() const { return board_; }
  mm::MemoryManager& memory() { return *memory_; }
  const mm::MemoryManager& memory() const { return *memory_; }
  mm::PhysicalMemory ram() const { return board_.ram(); }
  Clock& clock() { return clock_; }
  FaultPath& faults() { return *faults_; }
  Scheduler& scheduler() { return *scheduler_; }
  Waits& waits() { return *waits_; }
  PipeListener& pipe_listener();
  Processes& processes() { return *processes_; }
  const Processes& processes() const { return *processes_; }
  ClientIds& client_ids() { return *client_ids_; }
  Threads& threads() { return *threads_; }
  const Threads& threads() const { return *threads_; }
  UserThreads& user_threads() { return *user_threads_; }
  ThreadContexts& contexts() { return *contexts_; }
  CodeTime& code_time() { return *code_time_; }
  ProcessorTimeAccount& times() { return *times_; }
  ObjectManager& objects() { return *objects_; }
  Console& console() { return *console_; }
  Volume& volume() { return *volume_; }  // what it shows is mounted before anything runs
  AddressRandomizer& randomizer() { return *randomizer_; }
  SharedUserData& shared_user_data() { return *shared_user_data_; }
  Thread* current_thread() const { return current_; }

  // --- Looking.
  // How many bytes of user memory from `from` on could be read, without a trace.
  size_t peek(const Process& process, mm::VirtualAddress from, std::span<std::byte> to) const;
  // As Processes has them.
  mm::ProcessStatistics statistics(const Process& process) const;
  mm::MemoryStatistics statistics() const;

 private:
  Kernel(Board& board, const KernelConfiguration& configuration, std::unique_ptr<Console> console);

  // kernel.cpp
  tl::expected<void, std::string> start_memory();
  void start_processor(mm::PageFrameNumber descriptor_table);
  void take_off(const Thread& thread) override;
  void take_off(const Process& process) override;

  // run_loop.cpp
  RunEnd run_on();
  Thread* next_thread();  // who runs; null: nothing will ever run again
  Controller::Standstill at_standstill();
  bool idle();  // false: time will change nothing
  void switch_to(Thread& thread);
  void save_current();
  void put_aside();  // the current thread stops being that
  bool enter_user_code(Thread& thread);
  void load(Thread& thread);
  std::optional<Stop> run_processor(Thread& thread);  // none: the controller quits
  void settle(Thread& thread, const Stop& stop);
  void settle_pending(Thread& thread);
  void settle_interrupt(Thread& thread, uint8_t vector);
  void settle_exception(Thread& thread, uint8_t vector);
  void settle_refused_fault(Thread& thread);

  // exception_delivery.cpp
  void go_on_after(Thread& thread, const Exception& exception);
  void deliver(Thread& thread, const Exception& exception, mm::VirtualAddress eip);
  void dispatch(Thread& thread, const Exception& exception);
  bool offer(Thread& thread, const Exception& exception);
  void end_unhandled(Thread& thread, const Exception& exception);

  Board& board_;
  Cpu& cpu_;
  Mmu& mmu_;
  Clock& clock_;
  KernelConfiguration configuration_;
  std::unique_ptr<Console> console_;
  std::unique_ptr<AddressRandomizer> randomizer_;
  std::unique_ptr<Volume> volume_;
  std::unique_ptr<ObjectManager> objects_;
  std::unique_ptr<Listeners> listeners_;
  std::unique_ptr<FaultPath> faults_;
  std::unique_ptr<Scheduler> scheduler_;
  std::unique_ptr<Waits> waits_;
  std::unique_ptr<PipeWaker> pipe_waker_;
  std::unique_ptr<ClientIds> client_ids_;
  std::unique_ptr<Threads> threads_;
  std::unique_ptr<ThreadContexts> contexts_;
  std::unique_ptr<CodeTime> code_time_;
  std::unique_ptr<ProcessorTimeAccount> times_;
  std::unique_ptr<DebugUnit> debug_unit_;
  std::unique_ptr<mm::MemoryManager> memory_;
  std::unique_ptr<UserThreads> user_threads_;
  std::unique_ptr<SharedUserData> shared_user_data_;
  std::unique_ptr<ClockReads> clock_reads_;
  std::unique_ptr<SystemCalls> system_calls_;
  std::unique_ptr<Processes> processes_;
  Controller* controller_ = nullptr;
  Thread* current_ = nullptr;
  Process* current_process_ = nullptr;  // whose address space the processor has
};

}  // namespace emu
