// What happens in the guest, as the debugger hears of it: faults are recorded, and what a breakpoint or a
// filter waits for halts the guest. Faults, services and ends halt where they happen, Inside; beginnings and
// images before the next instruction, where the guest can be changed.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "emulator/debugger/engine/event_filters.h"
#include "emulator/debugger/engine/halt.h"
#include "emulator/kernel/listeners.h"
#include "emulator/mmu/mmu.h"
#include "mm/inspect/fault_recorder.h"

namespace emu {
class Kernel;
}

namespace emu::debugger {

class Breakpoints;

class GuestEvents final : private LifeListener, private ServiceListener, private FaultListener {
 public:
  // Listens as long as it lives. `engine` halts the guest; all of them outlive it.
  GuestEvents(Engine& engine, Kernel& kernel, FrontEnd& front_end, Breakpoints& breakpoints);
  ~GuestEvents() override;
  GuestEvents(const GuestEvents&) = delete;
  GuestEvents& operator=(const GuestEvents&) = delete;

  EventFilters& filters() { return filters_; }
  // Decides whether the next process that begins halts the guest even when the filter cpr does not.
  void halt_at_start(bool halt) { start_halts_ = halt; }
  // Must be called before the guest runs on with other breakpoints.
  void breakpoints_changed();

  // Say how the guest goes on from a halt: which halts follow in the fault that is being resolved, and whose
  // service halts at its end (null: nobody's).
  enum class FaultPace : uint8_t { Unseen, ToEnd, StageByStage };
  void set_fault_pace(FaultPace pace) { fault_.pace = pace; }
  void halt_at_service_end(Thread* thread) { service_ends_ = thread; }

  // The last faults, as they happened.
  const mm::FaultRecorder& faults() const { return recorder_; }
  // Tells the byte whose access was refused last.
  void locate_last_fault(mm::VirtualAddress address) { recorder_.locate(address); }
  // As Engine has it.
  std::optional<uint64_t> first_fault_of_program(uint32_t process) const;

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
  std::optional<uint32_t> fault_breakpoint(const Process& process, const Thread* thread,
                                           const mm::Fault& fault, const mm::AccessForecast& forecast);
  std::optional<uint32_t> service_breakpoint(const Thread& thread, uint32_t number);
  void note_beginning(const Process& process, mm::VirtualAddress eip);
  mm::FaultIdentity::Located located(const mm::Fault& fault) const;

  Engine& engine_;
  Kernel& kernel_;
  FrontEnd& front_end_;
  Breakpoints& breakpoints_;
  EventFilters filters_;
  mm::FaultRecorder recorder_;
  std::map<uint32_t, uint64_t> begun_;  // processes, by id: first_fault_of_program
  FaultDetail fault_detail_ = FaultDetail::Page;
  Thread* service_ends_ = nullptr;  // halt when its service has ended
  bool start_halts_ = true;

  struct {
    FaultPace pace = FaultPace::Unseen;
    Process* process = nullptr;
    Thread* thread = nullptr;
    mm::Fault fault{};
    mm::FaultActor actor = mm::FaultActor::Instruction;
    mm::AccessForecast forecast{};
  } fault_;
};

}  // namespace emu::debugger
