#include "emulator/cli/limit_supervisor.h"

namespace emu {

Supervisor::Pace LimitSupervisor::before_run(Thread& thread) {
  if (over()) return Pace::Quit;
  return inner_ != nullptr ? inner_->before_run(thread) : Pace::Free;
}

void LimitSupervisor::after_run(Thread& thread, const Stop& stop) {
  if (inner_ != nullptr) inner_->after_run(thread, stop);
}

Supervisor::Standstill LimitSupervisor::on_standstill() {
  if (over()) return Standstill::Quit;
  return inner_ != nullptr ? inner_->on_standstill() : Standstill::ForEver;
}

Supervisor::Disposition LimitSupervisor::on_exception(Thread& thread, const Exception& exception) {
  return inner_ != nullptr ? inner_->on_exception(thread, exception) : Disposition::Deliver;
}

void LimitSupervisor::on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) {
  if (inner_ != nullptr) inner_->on_service(thread, number, arguments);
}

void LimitSupervisor::on_service_end(Thread& thread, uint32_t number, uint32_t result) {
  if (inner_ != nullptr) inner_->on_service_end(thread, number, result);
}

void LimitSupervisor::on_fault(Process& process, Thread* thread, const mm::Fault& fault,
                               mm::FaultActor actor) {
  if (inner_ != nullptr) inner_->on_fault(process, thread, fault, actor);
}

void LimitSupervisor::on_fault_end(Process& process, const mm::FaultOutcome& outcome) {
  if (inner_ != nullptr) inner_->on_fault_end(process, outcome);
}

void LimitSupervisor::on_thread_begin(Thread& thread) {
  if (inner_ != nullptr) inner_->on_thread_begin(thread);
}

void LimitSupervisor::on_thread_end(Thread& thread, uint32_t exit_code) {
  if (inner_ != nullptr) inner_->on_thread_end(thread, exit_code);
}

void LimitSupervisor::on_process_end(Process& process, const ProcessEnd& end) {
  if (inner_ != nullptr) inner_->on_process_end(process, end);
}

void LimitSupervisor::on_image_load(Process& process, const LoadedImage& image) {
  if (inner_ != nullptr) inner_->on_image_load(process, image);
}

void LimitSupervisor::on_image_unload(Process& process, const LoadedImage& image) {
  if (inner_ != nullptr) inner_->on_image_unload(process, image);
}

}  // namespace emu
