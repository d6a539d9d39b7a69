// Semaphore objects (Microsoft, "Semaphore Objects"; NtCreateSemaphore).
#pragma once

#include "emulator/kernel/objects/dispatcher_object.h"

namespace emu {

namespace semaphore_access {
inline constexpr AccessMask kQueryState = 0x0001;
inline constexpr AccessMask kModifyState = 0x0002;
}  // namespace semaphore_access

class Semaphore final : public DispatcherObject {
 public:
  static constexpr ObjectType kType{"Semaphore", {0x20001, 0x20002, 0x120000, 0x1F0003}};
  const ObjectType& type() const override { return kType; }

  // 0 <= count <= limit, 0 < limit.
  Semaphore(int32_t count, int32_t limit) : count_(count), limit_(limit) {}

  int32_t count() const { return count_; }
  int32_t limit() const { return limit_; }

  // STATUS_SEMAPHORE_LIMIT_EXCEEDED, and nothing is released. Whoever releases tells Waits.
  mm::NtStatus release(int32_t count) {
    if (count > limit_ - count_) return mm::NtStatus::SemaphoreLimitExceeded;
    count_ += count;
    return mm::NtStatus::Success;
  }

  bool is_signalled_for(const Thread&) const override { return count_ > 0; }
  mm::NtStatus satisfy(Thread&) override {
    --count_;
    return mm::NtStatus::Success;
  }

 private:
  int32_t count_;
  int32_t limit_;
};

}  // namespace emu
