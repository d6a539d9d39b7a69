// What a thread waits for, and what it gets when the wait is over.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/board/clock.h"
#include "emulator/kernel/objects/dispatcher_object.h"

namespace emu {

struct ThreadWait {
  //   None     it does not wait
  //   Page     a page is on its way; nobody hears of this wait
  //   Delay    NtDelayExecution
  //   Any/All  objects
  //   Retry    an object; then its service is called again
  //   AlertById  NtWaitForAlertByThreadId
  enum class Kind : uint8_t { None, Page, Delay, Any, All, Retry, AlertById };
  enum class Alertable : uint8_t { No, Yes };

  Kind kind = Kind::None;
  Alertable alertable = Alertable::No;
  std::vector<Ref<DispatcherObject>> objects;
  std::vector<WaitBlock> blocks;  // one per object, in the objects' queues
  std::optional<Duration> deadline;
  uint64_t sequence = 0;  // of those that are due together, the first to come is first
  uint32_t service = 0;   // Retry: its number

  bool active() const { return kind != Kind::None; }
};

}  // namespace emu
