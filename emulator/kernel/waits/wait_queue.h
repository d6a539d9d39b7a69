// The threads that wait for one object, the first to come first.
#pragma once

#include <cstdint>

#include "mm/base/check.h"

namespace emu {

class DispatcherObject;
class Thread;

// One thread's wait for one of its objects. Lies in the object's queue while the wait lasts.
struct WaitBlock {
  Thread* thread = nullptr;
  DispatcherObject* object = nullptr;
  uint32_t index = 0;  // among the objects of this wait
  WaitBlock* next = nullptr;
  WaitBlock* previous = nullptr;
};

class WaitQueue {
 public:
  WaitQueue() = default;
  ~WaitQueue() { MM_CHECK(empty(), "an object goes while a thread waits for it"); }
  WaitQueue(const WaitQueue&) = delete;
  WaitQueue& operator=(const WaitQueue&) = delete;

  bool empty() const { return first_ == nullptr; }
  WaitBlock* first() const { return first_; }

  void append(WaitBlock& block) {
    block.previous = last_;
    block.next = nullptr;
    (last_ != nullptr ? last_->next : first_) = &block;
    last_ = &block;
  }
  void remove(WaitBlock& block) {
    (block.previous != nullptr ? block.previous->next : first_) = block.next;
    (block.next != nullptr ? block.next->previous : last_) = block.previous;
  }

 private:
  WaitBlock* first_ = nullptr;
  WaitBlock* last_ = nullptr;
};

}  // namespace emu
