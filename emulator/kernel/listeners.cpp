#include "emulator/kernel/listeners.h"

#include "mm/memory_manager.h"

namespace emu {

void FaultListeners::attach(mm::MemoryManager& memory) {
  memory_ = &memory;
  listen_to_memory();
}

void FaultListeners::add(FaultListener& listener) {
  list_.add(listener);
  listen_to_memory();
}

void FaultListeners::remove(FaultListener& listener) {
  list_.remove(listener);
  listen_to_memory();
}

void FaultListeners::clear() {
  list_.clear();
  listen_to_memory();
}

// A kernel that could not be started has none.
void FaultListeners::listen_to_memory() {
  if (memory_ != nullptr) memory_->listen(list_.empty() ? nullptr : this);
}

void FaultListeners::on_event(const mm::Event& event) { list_.tell(&FaultListener::on_fault_stage, event); }

void Listeners::clear() {
  lives.clear();
  services.clear();
  faults.clear();
}

}  // namespace emu
