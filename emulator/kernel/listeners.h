// Who looks at a machine: a trace, a recorder, statistics, a debugger, a command that reports. There may be
// any number of each kind, and nobody pays for what no one listens to.
//
// Contract:
// - Nothing moves until the listener returns, and everything can be looked at. Looking costs the guest
// nothing
//   (controller.h).
// - "Inside": the processor is in the middle of an access or a service. EIP is exact; registers and memory
// may be
//   read, and must not be changed. "Anywhere": Inside, or outside of the processor's loop.
// - The reference string has a listener of its own (emulator/mmu/reference_recorder.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "emulator/mmu/listener_list.h"
#include "mm/base/events.h"
#include "mm/base/nt_status.h"
#include "mm/base/types.h"
#include "mm/inspect/fault_story.h"

namespace mm {
class MemoryManager;
}

namespace emu {

class Process;
class Thread;
struct Exception;
struct LoadedImage;
struct ProcessEnd;

// Why a process could not be started to its end, in the words of the guest's loader.
struct LoadFailure {
  mm::NtStatus status = mm::NtStatus::Success;
  std::string module;  // the DLL
  std::string import;  // the name, or "#ordinal"; empty when it is about the DLL itself
  std::string detail;  // what is wrong with the DLL's file, where that is known
};

// The lives of processes and threads. Anywhere, but where something else is said.
class LifeListener {
 public:
  virtual ~LifeListener() = default;

  // A thread, and with its first one a process, begins; is about to end.
  virtual void on_thread_begin(Thread&) {}
  virtual void on_thread_end(Thread&, uint32_t /*exit_code*/) {}
  virtual void on_process_end(Process&, const ProcessEnd&) {}
  // An image was mapped, or goes.
  virtual void on_image_load(Process&, const LoadedImage&) {}
  virtual void on_image_unload(Process&, const LoadedImage&) {}
  // Its process's loader has done its work in the thread, which is about to run what it was made for: of a
  // program's first thread, the program's entry point. Outside the processor's loop.
  virtual void on_thread_start(const Thread&) {}
  // It ends its process, which is all there still. `thread.registers` are those at the exception.
  virtual void on_unhandled_exception(const Thread& /*thread*/, const Exception&) {}
  virtual void on_load_failure(const Process&, const LoadFailure&) {}
};

// System services. Inside.
class ServiceListener {
 public:
  virtual ~ServiceListener() = default;

  // A service begins, with its number (guest/abi/services.h) and the address of its arguments; it has ended,
  // with what it leaves in EAX.
  virtual void on_service(Thread& thread, uint32_t number, mm::VirtualAddress arguments) = 0;
  virtual void on_service_end(Thread& thread, uint32_t number, uint32_t result) = 0;
};

// Page faults. Inside, or on behalf of a service or the loader (`thread` null: nobody's).
class FaultListener {
 public:
  virtual ~FaultListener() = default;

  // The memory manager has not acted yet.
  virtual void on_fault(Process& process, Thread* thread, const mm::Fault& fault, mm::FaultActor actor) = 0;
  // Something that it does on the way.
  virtual void on_fault_stage(const mm::Event&) {}
  // It has acted.
  virtual void on_fault_end(Process& process, const mm::FaultOutcome& outcome) = 0;
};

// The memory manager announces its stages only while somebody listens.
class FaultListeners final : private mm::EventSink {
 public:
  void attach(mm::MemoryManager& memory);

  void add(FaultListener& listener);
  void remove(FaultListener& listener);

  void clear();

  template <class... Parameters, class... Arguments>
  void tell(void (FaultListener::*what)(Parameters...), Arguments&&... arguments) {
    list_.tell(what, arguments...);
  }

 private:
  void on_event(const mm::Event& event) override;
  void listen_to_memory();

  ListenerList<FaultListener> list_;
  mm::MemoryManager* memory_ = nullptr;
};

struct Listeners {
  ListenerList<LifeListener> lives;
  ListenerList<ServiceListener> services;
  FaultListeners faults;

  void clear();
};

}  // namespace emu
