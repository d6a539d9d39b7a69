// One machine: RAM, a processor with its MMU, the memory manager, the time, the console, processes and their
// threads. Deterministic: with a virtual clock the same configuration, programs and input give the same
// everything.
//
// The processor's loop is left only when a thread stops running on: its end, a wait, an exception that is not
// a resolved page fault, a limit. Services and page faults are served inside it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/cpu/cpu.h"
#include "emulator/kernel/controller.h"
#include "emulator/kernel/exceptions/debug_unit.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/pipe_waker.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_ram.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/time/clock.h"
#include "emulator/kernel/time/clock_reads.h"
#include "emulator/kernel/time/code_time.h"
#include "emulator/kernel/time/shared_user_data.h"
#include "emulator/mmu/mmu.h"
#include "guest/abi/context.h"
#include "mm/memory_manager.h"

namespace emu {

class SystemCalls;

// The handles that every process begins with; the process parameters name them.
inline constexpr uint32_t kStandardInput = 4;
inline constexpr uint32_t kStandardOutput = 8;
inline constexpr uint32_t kStandardError = 12;

struct MachineConfiguration {
  mm::PageCount ram = mm::pages_for(uint64_t{256} << 20);
  mm::PageCount pagefile_size{0};     // 0: none
  mm::PageCount pagefile_maximum{0};  // it grows up to here
  std::string pagefile_folder = "/tmp";
  ClockSource clock = ClockSource::Virtual;
  Verification verification = Verification::Off;
  std::optional<uint64_t> max_instructions;
  uint32_t max_processes = 256;       // that run at one time
  std::optional<uint64_t> aslr_seed;  // none: everything is where it always is
};

class Machine {
 public:
  // Stuck: every thread waits for something that only another one could do. Quit: the controller said so.
  enum class RunEnd : uint8_t { ProcessesEnded, InstructionLimit, Stuck, Quit };

  // Else a sentence for the user.
  static tl::expected<std::unique_ptr<Machine>, std::string> create(const MachineConfiguration& configuration,
                                                                    std::unique_ptr<Console> console);
  ~Machine();

  // --- Building up. The loader is needed before a guest asks for a DLL.
  void set_image_loader(ImageLoader* loader) { loader_ = loader; }
  // Before anything is started; null: nobody.
  void set_controller(Controller* controller) { controller_ = controller; }
  Controller* controller() const { return controller_; }
  // Whoever is told here leaves before it ends, or after the machine.
  Listeners& listeners() { return listeners_; }
  // A process with an empty address space and the standard handles.
  // STATUS_QUOTA_EXCEEDED when max_processes of them run already.
  mm::Result<Process*> create_process(std::string name);
  // Takes back a process that has no thread yet.
  void discard_process(Process& process);
  // A thread that is ready to run with `registers`; `teb` is filled in already. `id` comes from next_id().
  // `charge` is Threads::charge()'s.
  Thread& create_thread(uint32_t id, Process& process, mm::VirtualAddress teb, const Registers& registers,
                        Suspended suspended = Suspended::No, mm::PoolCharge charge = {}) {
    return threads_.begin(id, process, teb, registers, suspended, std::move(charge));
  }
  uint32_t next_id() { return next_id_ += 4; }  // of processes and threads alike, as on Windows

  // --- Running.
  // Until every process has ended, or a limit stops it all.
  RunEnd run();
  // Allowed inside the processor's loop: what happens when it has been left.
  void end_later(Thread& thread, const ProcessEnd& end) { thread.pending = end; }
  void end_later(Thread& thread, const ThreadEnd& end) { thread.pending = end; }
  // An exception of the current thread, as if it had been where `context` says.
  void raise_later(Thread& thread, const Exception& exception, const abi::Context& context);
  // Any thread's registers: the parts that `context.ContextFlags` names.
  void get_context(Thread& thread, abi::Context& context);
  void set_context(Thread& thread, const abi::Context& context);
  // Every thread keeps its own place in the class.
  void set_priority_class(Process& process, PriorityClass priority_class);
  void image_loaded(Process& process, LoadedImage image);
  void report_load_failure(const Process& process, const LoadFailure& failure);

  // --- Ending: of others than the current thread and its process, or outside the processor's loop.
  void end_other_thread(Thread& thread, const ThreadEnd& end) { end_thread(thread, end); }
  void end_process(Process& process, const ProcessEnd& end);

  // In a process that fork(2) made of one with this machine in it, before the machine runs on: nothing that
  // it writes is seen by the other. Else a sentence for the user. The console is the host's still.
  tl::expected<void, std::string> after_fork();

  // --- Parts.
  const MachineConfiguration& configuration() const { return configuration_; }
  mm::MemoryManager& memory() { return *memory_; }
  const mm::MemoryManager& memory() const { return *memory_; }
  mm::PhysicalMemory ram() const { return ram_.memory(); }
  Cpu& cpu() { return *cpu_; }
  const Cpu& cpu() const { return *cpu_; }
  Mmu& mmu() { return *mmu_; }
  Clock& clock() { return clock_; }
  FaultPath& faults() { return faults_; }
  Scheduler& scheduler() { return scheduler_; }
  Waits& waits() { return waits_; }
  PipeListener& pipe_listener() { return pipe_waker_; }
  Threads& threads() { return threads_; }
  const Threads& threads() const { return threads_; }
  CodeTime& code_time() { return code_time_; }
  // Up to now: the current thread's, too.
  void account_times() { times_.charge(current_); }
  ObjectManager& objects() { return objects_; }
  Console& console() { return *console_; }
  Volume& volume() { return volume_; }  // what it shows is mounted before anything runs
  AddressRandomizer& randomizer() { return randomizer_; }
  SharedUserData& shared_user_data() { return *shared_user_data_; }
  ImageLoader* image_loader() { return loader_; }
  Thread* current_thread() const { return current_; }

  // --- Looking.
  // How many bytes of user memory from `from` on could be read, without a trace.
  size_t peek(const Process& process, mm::VirtualAddress from, std::span<std::byte> to) const;
  const std::vector<Ref<Process>>& processes() const { return processes_; }
  mm::ProcessStatistics statistics(const Process& process) const;
  // As it stands, or as it stood when the last process ended, before its memory was given back.
  mm::MemoryStatistics statistics() const;

 private:
  Machine(const MachineConfiguration& configuration, GuestRam ram, std::unique_ptr<Console> console);
  tl::expected<void, std::string> start_memory();
  void start_processor(mm::PageFrameNumber descriptor_table);

  Thread* next_thread();  // who runs; null: nothing will ever run again
  Controller::Standstill at_standstill();
  RunEnd run_on();
  bool idle();  // false: time will change nothing
  bool any_running() const;
  size_t running_processes() const;
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
  void go_on_after(Thread& thread, const Exception& exception);
  void settle_refused_fault(Thread& thread);
  void save_what_stays(Thread& thread, const abi::Context& context);
  void deliver(Thread& thread, const Exception& exception, mm::VirtualAddress eip);
  void dispatch(Thread& thread, const Exception& exception);
  bool offer(Thread& thread, const Exception& exception);
  void end_unhandled(Thread& thread, const Exception& exception);
  void end_thread(Thread& thread, const ThreadEnd& end);
  void verify_references() const;

  MachineConfiguration configuration_;
  GuestRam ram_;
  std::unique_ptr<Console> console_;
  Clock clock_;
  AddressRandomizer randomizer_;
  Volume volume_;
  ObjectManager objects_;
  Listeners listeners_;
  FaultPath faults_;
  Scheduler scheduler_;
  Waits waits_;
  PipeWaker pipe_waker_;
  Threads threads_;
  CodeTime code_time_;
  ProcessorTimeAccount times_;
  std::unique_ptr<Mmu> mmu_;
  std::unique_ptr<Cpu> cpu_;
  DebugUnit debug_unit_;
  std::unique_ptr<mm::MemoryManager> memory_;
  std::shared_ptr<mm::PoolQuota> system_quota_;  // pays for processes
  std::optional<SharedUserData> shared_user_data_;
  std::optional<ClockReads> clock_reads_;
  std::unique_ptr<SystemCalls> system_calls_;
  ImageLoader* loader_ = nullptr;
  Controller* controller_ = nullptr;
  std::vector<Ref<Process>> processes_;
  std::optional<mm::MemoryStatistics> final_statistics_;
  Thread* current_ = nullptr;
  Process* current_process_ = nullptr;  // whose address space the processor has
  bool verify_references_due_ = false;
  uint32_t next_id_ = 0;
};

}  // namespace emu
