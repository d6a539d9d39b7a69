// The processes of a machine, from their beginning to their end. Processes that have ended stay known, for
// their exit codes and statistics.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/kernel/objects/kernel_object.h"
#include "emulator/kernel/verification.h"
#include "mm/base/result.h"
#include "mm/inspect/statistics.h"

namespace mm {
class MemoryManager;
class PoolQuota;
}  // namespace mm

namespace emu {

class AddressRandomizer;
class ClientIds;
class Clock;
class ImageLoader;
class LifeListener;
class ObjectManager;
class Process;
class Scheduler;
class Thread;
class Threads;
class ThreadSwitch;
class Waits;
enum class PriorityClass : uint8_t;
struct LoadedImage;
struct ProcessEnd;
struct ThreadEnd;
template <class Listener>
class ListenerList;

class Processes {
 public:
  // What processes are made with and what their end concerns. All of it outlives them.
  struct Surroundings {
    const Clock& clock;
    AddressRandomizer& randomizer;
    ClientIds& ids;
    ObjectManager& objects;
    Scheduler& scheduler;
    Waits& waits;
    Threads& threads;
    ThreadSwitch& thread_switch;
    ListenerList<LifeListener>& listeners;
  };
  struct Limits {
    size_t running;  // at a time
    Verification verification;
  };

  Processes(const Surroundings& surroundings, Limits limits);
  ~Processes();
  Processes(const Processes&) = delete;
  Processes& operator=(const Processes&) = delete;
  // Once, before the first process.
  void attach(mm::MemoryManager& memory);

  // Null until somebody has set one: then a guest can have neither programs nor DLLs loaded.
  void set_image_loader(ImageLoader* loader) { loader_ = loader; }
  ImageLoader* image_loader() const { return loader_; }

  // Makes a process with an empty address space and no handles. STATUS_QUOTA_EXCEEDED when as many run as
  // may, or why there is no memory for it.
  mm::Result<Process*> create(std::string name);
  // Takes back a process that has no thread yet.
  void discard(Process& process);

  // End a running process, or a thread that has not ended, whose process ends with its last thread. Not of
  // the thread whose service is at work: that one is ended when the processor's loop has been left
  // (Thread::pending).
  void end(Process& process, const ProcessEnd& end);
  void end(Thread& thread, const ThreadEnd& end);
  // Ends every thread of every process and closes all handles, without telling anybody.
  void take_down();

  // Says that the loader has put an image into the process.
  void image_loaded(Process& process, LoadedImage image);
  // Every thread keeps its own place in the class.
  void set_priority_class(Process& process, PriorityClass priority_class);

  // In the order of their beginnings; ended ones too.
  const std::vector<Ref<Process>>& all() const { return processes_; }
  bool any_running() const { return running() != 0; }

  // How it stands, or stood when it ended.
  mm::ProcessStatistics statistics(const Process& process) const;
  // How memory stands, or stood when the last process ended, before its memory was given back.
  mm::MemoryStatistics statistics() const;

  // With --verify: compares every reference to an object with a census, once after each end of a process.
  // Only between services, since one at work refers to objects.
  void verify_references_if_due();

 private:
  size_t running() const;
  void verify_references() const;

  Surroundings with_;
  Limits limits_;
  ImageLoader* loader_ = nullptr;
  mm::MemoryManager* memory_ = nullptr;
  std::shared_ptr<mm::PoolQuota> system_quota_;  // pays for processes
  std::vector<Ref<Process>> processes_;
  std::optional<mm::MemoryStatistics> final_statistics_;
  bool verify_references_due_ = false;
};

}  // namespace emu
