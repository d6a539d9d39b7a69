// Ends a run whose limits of host time or output are passed. Whoever supervises the machine besides is told
// all, as if this were not there.
#pragma once

#include "emulator/cli/output_limit.h"
#include "emulator/cli/time_limit.h"
#include "emulator/kernel/supervisor.h"

namespace emu {

class LimitSupervisor final : public Supervisor {
 public:
  // Takes the place of the machine's supervisor, and leaves none. All outlive its use.
  LimitSupervisor(Machine& machine, const OutputLimit& output)
      : machine_(machine), output_(output), inner_(machine.supervisor()) {
    machine.set_supervisor(this);
  }
  ~LimitSupervisor() override { machine_.set_supervisor(nullptr); }
  LimitSupervisor(const LimitSupervisor&) = delete;
  LimitSupervisor& operator=(const LimitSupervisor&) = delete;

  Pace before_run(Thread& thread) override;
  void after_run(Thread& thread, const Stop& stop) override;
  Standstill on_standstill() override;
  Disposition on_exception(Thread& thread, const Exception& exception) override;
  void on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) override;
  void on_service_end(Thread& thread, uint32_t number, uint32_t result) override;
  void on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) override;
  void on_fault_end(Process& process, const mm::FaultOutcome& outcome) override;
  void on_thread_begin(Thread& thread) override;
  void on_thread_end(Thread& thread, uint32_t exit_code) override;
  void on_process_end(Process& process, const ProcessEnd& end) override;
  void on_image_load(Process& process, const LoadedImage& image) override;
  void on_image_unload(Process& process, const LoadedImage& image) override;

 private:
  bool over() const { return output_.passed() || TimeLimit::passed(); }

  Machine& machine_;
  const OutputLimit& output_;
  Supervisor* inner_;
};

}  // namespace emu
