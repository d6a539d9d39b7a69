// Which thread runs next: the one that has been ready longest. Decides by what the guest did alone, so that
// the same guest is scheduled the same way every time.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <vector>

#include "emulator/kernel/thread.h"

namespace emu {

class Scheduler {
 public:
  Thread& add(Ref<Thread> thread);  // ready, behind the others

  // The thread that is to run; null when none is ready. It stays first until it yields, blocks or ends.
  Thread* next() const { return ready_.empty() ? nullptr : ready_.front(); }
  size_t ready_count() const { return ready_.size(); }

  void yield(Thread& thread);  // behind the others that are ready
  void block_until(Thread& thread, Duration deadline);
  void end_threads_of(const Process& process);

  // When the first waiting thread is due; none when nobody waits.
  std::optional<Duration> next_deadline() const;
  // Makes ready whoever is due, the earliest first.
  void wake(Duration now);

  const std::vector<Ref<Thread>>& threads() const { return threads_; }

 private:
  void remove_from_ready(const Thread& thread);

  std::vector<Ref<Thread>> threads_;
  std::deque<Thread*> ready_;
  std::vector<Thread*> waiting_;  // by deadline, then by who came first
};

}  // namespace emu
