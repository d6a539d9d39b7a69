// Waitable timers (Microsoft, "Waitable Timer Objects"; NtCreateTimer).
//
//   idle     -> armed     Waits::set_timer: not signalled until it is due
//   armed    -> idle      Waits::cancel_timer; due and not periodic: signalled then
//   armed    -> armed     due and periodic: signalled, and due again
#pragma once

#include "emulator/board/clock.h"
#include "emulator/kernel/objects/dispatcher_object.h"

namespace emu {

class TimerQueue;

namespace timer_access {
inline constexpr AccessMask kQueryState = 0x0001;
inline constexpr AccessMask kModifyState = 0x0002;
}  // namespace timer_access

class Timer final : public DispatcherObject {
 public:
  enum class Kind : uint8_t { Notification, Synchronization };  // manual reset, auto reset

  // An APC that the thread which set the timer gets when it is due; routine 0: none.
  struct Call {
    Ref<Thread> thread;
    uint32_t routine = 0;
    uint32_t context = 0;
  };
  struct Setting {
    Duration due{0};     // since boot
    Duration period{0};  // 0: once
    Call call;
  };

  static constexpr ObjectType kType{"Timer", {0x20001, 0x20002, 0x120000, 0x1F0003}};
  const ObjectType& type() const override { return kType; }

  explicit Timer(Kind kind);
  ~Timer() override;

  bool is_set() const { return set_; }
  bool armed() const { return queue_ != nullptr; }
  Duration due() const { return setting_.due; }
  // Whether somebody goes on when it is due: a thread that waits for it, or for its call.
  bool awaited() const;

  bool is_signalled_for(const Thread&) const override { return set_; }
  mm::NtStatus satisfy(Thread&) override {
    if (kind_ == Kind::Synchronization) set_ = false;
    return mm::NtStatus::Success;
  }
  void visit_references(ReferenceVisitor& visitor) const override;

 private:
  friend class TimerQueue;
  friend class Waits;

  Kind kind_;
  bool set_ = false;
  Setting setting_;
  uint64_t sequence_ = 0;  // of those that are due together, the first to be set is first
  TimerQueue* queue_ = nullptr;
};

}  // namespace emu
