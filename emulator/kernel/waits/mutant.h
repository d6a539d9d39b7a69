// Mutants, which Windows' API calls mutexes (Microsoft, "Mutex Objects"; NtCreateMutant).
//
//   free      -> owned      satisfy(), acquire()
//   owned     -> free       release(), as often as it was acquired
//   owned     -> abandoned  abandon(): its owner ended; free, and the next owner is told
#pragma once

#include "emulator/kernel/objects/dispatcher_object.h"

namespace emu {

namespace mutant_access {
inline constexpr AccessMask kQueryState = 0x0001;
}  // namespace mutant_access

class Mutant final : public DispatcherObject {
 public:
  static constexpr ObjectType kType{"Mutant", {0x20001, 0x20000, 0x120000, 0x1F0001}};
  const ObjectType& type() const override { return kType; }

  ~Mutant() override;

  // 1: free; 0 and below: how often its owner has acquired it, counted down.
  int32_t count() const { return count_; }
  const Thread* owner() const { return owner_; }
  bool abandoned() const { return abandoned_; }

  void acquire(Thread& thread);
  // STATUS_MUTANT_NOT_OWNED. Whoever releases tells Waits.
  mm::NtStatus release(Thread& thread);
  void abandon();

  bool is_signalled_for(const Thread& thread) const override { return count_ > 0 || owner_ == &thread; }
  mm::NtStatus satisfy(Thread& thread) override;

 private:
  void disown();

  int32_t count_ = 1;
  Thread* owner_ = nullptr;
  bool abandoned_ = false;
};

}  // namespace emu
