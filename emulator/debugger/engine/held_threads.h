// Threads that do not run because of the debugger: those that the user has frozen or suspended, and those
// that the front end makes stand still. A thread that is held keeps its place in every queue.
#pragma once

#include <cstdint>
#include <map>
#include <set>

#include "emulator/debugger/engine/halt.h"
#include "mm/base/result.h"

namespace emu {
class Threads;
}

namespace emu::debugger {

class HeldThreads {
 public:
  HeldThreads(Threads& threads, FrontEnd& front_end) : threads_(threads), front_end_(front_end) {}

  bool frozen(const Thread& thread) const;
  void freeze(const Thread& thread);
  void thaw(const Thread& thread);
  // These change the guest's own count, as Threads::suspend and resume do.
  mm::Result<uint32_t> suspend(Thread& thread);
  uint32_t resume(Thread& thread);
  // Forgets a thread that ends.
  void forget(const Thread& thread);

  // Say to the scheduler whether a thread, or each of all, is held as of now.
  void hold(Thread& thread);
  void hold_all();
  // Holds nobody from now on.
  void let_go() { let_go_ = true; }

  // Returns the first thread that could run if the debugger let it; null when there is none.
  Thread* standing() const;

 private:
  Threads& threads_;
  FrontEnd& front_end_;
  std::set<uint32_t> frozen_;               // by id
  std::map<uint32_t, uint32_t> suspended_;  // by thread: how often it was suspended from here
  bool let_go_ = false;
};

}  // namespace emu::debugger
