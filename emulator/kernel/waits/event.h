// Event objects (Microsoft, "Event Objects"; NtCreateEvent).
#pragma once

#include "emulator/kernel/objects/dispatcher_object.h"

namespace emu {

namespace event_access {
inline constexpr AccessMask kQueryState = 0x0001;
inline constexpr AccessMask kModifyState = 0x0002;
}  // namespace event_access

class Event final : public DispatcherObject {
 public:
  enum class Kind : uint8_t { Notification, Synchronization };  // manual reset, auto reset

  static constexpr ObjectType kType{"Event", {0x20001, 0x20002, 0x120000, 0x1F0003}};
  const ObjectType& type() const override { return kType; }

  Event(Kind kind, bool set) : kind_(kind), set_(set) {}

  Kind kind() const { return kind_; }
  bool is_set() const { return set_; }
  // Whoever sets it tells Waits.
  void set() { set_ = true; }
  void reset() { set_ = false; }

  bool is_signalled_for(const Thread&) const override { return set_; }
  mm::NtStatus satisfy(Thread&) override {
    if (kind_ == Kind::Synchronization) set_ = false;
    return mm::NtStatus::Success;
  }

 private:
  Kind kind_;
  bool set_;
};

}  // namespace emu
