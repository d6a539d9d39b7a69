#include "emulator/kernel/waits/mutant.h"

#include <utility>

#include "emulator/kernel/processes/thread.h"

namespace emu {

using mm::NtStatus;

Mutant::~Mutant() { disown(); }

void Mutant::acquire(Thread& thread) {
  if (owner_ != &thread) {
    owner_ = &thread;
    thread.owned_mutants.push_back(this);
  }
  --count_;
}

NtStatus Mutant::satisfy(Thread& thread) {
  acquire(thread);
  return std::exchange(abandoned_, false) ? NtStatus::AbandonedWait0 : NtStatus::Success;
}

NtStatus Mutant::release(Thread& thread) {
  if (owner_ != &thread) return NtStatus::MutantNotOwned;
  if (++count_ == 1) disown();
  return NtStatus::Success;
}

void Mutant::abandon() {
  disown();
  count_ = 1;
  abandoned_ = true;
}

void Mutant::disown() {
  if (owner_ != nullptr) std::erase(owner_->owned_mutants, this);
  owner_ = nullptr;
}

}  // namespace emu
