// One thread of a process, and what it waits for.
//
//   Ready     may run           Scheduler::add, Scheduler::wake
//   Waiting   until a time      Scheduler::block_until
//   Ended     never runs again  Scheduler::end
#pragma once

#include <cstdint>
#include <variant>

#include "emulator/cpu/registers.h"
#include "emulator/kernel/clock.h"
#include "emulator/kernel/exception.h"
#include "emulator/kernel/process.h"

namespace emu {

class Thread {
 public:
  enum class State : uint8_t { Ready, Waiting, Ended };

  Thread(uint32_t id, Process& process, mm::VirtualAddress teb) : id_(id), process_(process), teb_(teb) {}
  Thread(const Thread&) = delete;
  Thread& operator=(const Thread&) = delete;

  uint32_t id() const { return id_; }
  Process& process() const { return process_; }
  mm::VirtualAddress teb() const { return teb_; }
  State state() const { return state_; }

  // What it would go on with: true only while another thread, or none, is on the processor.
  Registers registers;
  FloatingState floating_state;

  // What a service wants done that cannot be done inside the processor's loop; done when it has been left.
  std::variant<std::monostate, Exception, ProcessEnd> pending;

 private:
  friend class Scheduler;

  uint32_t id_;
  Process& process_;
  mm::VirtualAddress teb_;
  State state_ = State::Ready;
  Duration wakes_at_{0};  // while Waiting
};

}  // namespace emu
