#include "emulator/kernel/time/code_time.h"

#include <algorithm>

#include "emulator/kernel/time/cost.h"

namespace emu {

void CodeTime::charge() {
  if (!counting_) return;
  const uint64_t bytes = cpu_.code_bytes_retired();
  const Duration taken = cost::kCodeByte * static_cast<int64_t>(bytes - charged_);
  clock_.charge(taken);
  spent_ += taken;
  charged_ = bytes;
}

void CodeTime::begin() {
  counting_ = true;
  charged_ = cpu_.code_bytes_retired();
  new_quantum();
}

void CodeTime::end() {
  charge();
  counting_ = false;
  cpu_.set_code_byte_limit(charged_ + kPatience);
}

void CodeTime::set_limit() {
  Duration left = quantum_end_ - clock_.charged();
  if (const auto deadline = waits_.next_deadline()) left = std::min(left, *deadline - clock_.since_boot());
  const auto bytes = std::max<int64_t>(left / cost::kCodeByte, 1);
  cpu_.set_code_byte_limit(charged_ + static_cast<uint64_t>(bytes));
}

void CodeTime::paused() {
  clock_.charge(cost::kPause);
  if (!counting_) return;
  set_limit();  // the time-out that the time of this PAUSE brings nearer
  if (scheduler_.ready_count() < 2 || ++pauses_ < kSpins) return;
  charge();
  quantum_end_ = clock_.charged();
  cpu_.set_code_byte_limit(charged_);
}

void CodeTime::prepare() {
  if (!needed()) {
    if (counting_) end();
    return;
  }
  cpu_.count_code_bytes(CountCodeBytes::On);
  if (!counting_) begin();
  charge();
  set_limit();
}

void CodeTime::limit_reached() {
  if (counting_) return;
  cpu_.set_code_byte_limit(Cpu::kNoCodeByteLimit);
  cpu_.count_code_bytes(CountCodeBytes::Off);
}

CodeTime::After CodeTime::service_ends() {
  if (scheduler_.switch_due()) return After::Leave;
  if (!needed()) {
    if (counting_) end();
    return After::RunOn;
  }
  if (cpu_.counts_code_bytes() == CountCodeBytes::Off) return After::Leave;
  prepare();
  const auto deadline = waits_.next_deadline();
  const bool due = deadline && *deadline <= clock_.since_boot();
  return due || quantum_over() ? After::Leave : After::RunOn;
}

}  // namespace emu
