#include "emulator/kernel/processes/processes.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "emulator/board/clock.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/kernel/processes/client_ids.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/scheduler.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/thread_switch.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/waits/waits.h"
#include "mm/memory_manager.h"

namespace emu {

using mm::NtStatus;

Processes::Processes(const Surroundings& surroundings, Limits limits)
    : with_(surroundings), limits_(limits) {}

Processes::~Processes() = default;

void Processes::attach(mm::MemoryManager& memory) {
  memory_ = &memory;
  system_quota_ = memory.make_system_quota();
}

mm::Result<Process*> Processes::create(std::string name) {
  if (running() >= limits_.running) return mm::fail(NtStatus::QuotaExceeded);
  const auto quota = memory_->make_process_quota();
  const auto space = memory_->create_address_space(quota, with_.randomizer.process());
  if (!space) return mm::fail(space.error());
  const auto made = with_.objects.make_for<Process>(system_quota_, with_.ids.next(), std::move(name), **space,
                                                    memory_->root(**space));
  if (!made) {
    memory_->delete_address_space(**space);
    return mm::fail(made.error());
  }
  const Ref<Process>& process = *made;
  process->pool_quota = quota;
  process->cookie = with_.randomizer.process_cookie();
  process->handles.charge_to(quota);
  process->times.began = with_.clock.system_time();
  return processes_.emplace_back(process).get();
}

void Processes::discard(Process& process) {
  process.handles.close_all();
  memory_->delete_address_space(process.space());
  std::erase_if(processes_, [&](const auto& other) { return other.get() == &process; });
}

size_t Processes::running() const {
  return static_cast<size_t>(
      std::count_if(processes_.begin(), processes_.end(), [](const auto& p) { return p->running(); }));
}

void Processes::set_priority_class(Process& process, PriorityClass priority_class) {
  process.priority_class = priority_class;
  with_.threads.for_each_of(
      process, [&](Thread& thread) { with_.scheduler.class_changed(thread, with_.clock.since_boot()); });
}

void Processes::image_loaded(Process& process, LoadedImage image) {
  process.images.push_back(std::move(image));
  with_.listeners.tell(&LifeListener::on_image_load, process, process.images.back());
}

void Processes::end(Process& process, const ProcessEnd& end) {
  with_.listeners.tell(&LifeListener::on_process_end, process, end);
  mm::AddressSpace& space = process.space();
  if (running() == 1) final_statistics_ = memory_->statistics();
  process.end(end, memory_->statistics(space));
  if (loader_ != nullptr) loader_->process_ended(process);
  process.times.ended = with_.clock.system_time();
  with_.thread_switch.take_off(process);
  with_.threads.end_all(process, nullptr, end.exit_code);
  process.handles.close_all();
  memory_->delete_address_space(space);
  with_.waits.signalled(process);
  if (limits_.verification != Verification::Off) {
    memory_->verify();
    verify_references_due_ = true;
  }
  spdlog::debug("process {} ({}) ended with {:#x}", process.id(), process.name(), end.exit_code);
}

void Processes::end(Thread& thread, const ThreadEnd& how) {
  Process& process = thread.process();
  if (process.thread_count == 1) return end(process, {ProcessEnd::Kind::Exited, how.exit_code});
  with_.thread_switch.take_off(thread);
  with_.threads.end(thread, how.exit_code);
}

void Processes::take_down() {
  for (const auto& process : processes_)
    if (process->running()) with_.threads.end_all(*process, nullptr, 0);
  for (const auto& process : processes_)
    process->handles.close_all();  // a process may have a handle to itself
}

void Processes::verify_references_if_due() {
  if (std::exchange(verify_references_due_, false)) verify_references();
}

// The kernel's own references: every process and thread that is known, and the reader of the list of them.
void Processes::verify_references() const {
  struct Known final : ObjectManager::Roots {
    explicit Known(const Processes& owner) : processes(owner) {}
    void visit(ReferenceVisitor& visitor) const override {
      for (const auto& process : processes.processes_) visitor.visit(*process);
      processes.with_.threads.visit(visitor);
    }
    const Processes& processes;
  };
  std::vector<const HandleTable*> tables;
  for (const auto& process : processes_) tables.push_back(&process->handles);
  with_.objects.verify(tables, Known(*this));
}

mm::ProcessStatistics Processes::statistics(const Process& process) const {
  return process.running() ? memory_->statistics(process.space()) : process.final_statistics();
}

mm::MemoryStatistics Processes::statistics() const {
  return final_statistics_ ? *final_statistics_ : memory_->statistics();
}

}  // namespace emu
