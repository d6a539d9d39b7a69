// Stopping when so many bytes of code have retired, at that very instruction: the block that would pass the
// limit gets an exit behind the instruction that reaches it.
#include "emulator/cpu/engine.h"

namespace emu {

// At the begin of a block, all before it being counted. `previous_end`: where the block before ended, if
// `start` lies inside it.
void Cpu::Engine::watch_code_byte_limit(uint32_t start, uint32_t size, uint32_t previous_end) {
  if (pace_ != Pace::Free) return;
  const uint64_t before = code_bytes_.total_at(start);
  const bool reached = before >= code_byte_limit_;
  if (reached && !ends_repetition(start, previous_end)) return leave(Leave::ByteLimit);
  if (before + size <= code_byte_limit_ || code_byte_exit_ == start + size) return;
  code_byte_block_ = start;
  code_byte_block_size_ = size;
  leave(Leave::NearByteLimit);
}

// A REP's last visit, which finds the count at zero and only moves on, belongs to the iteration before.
bool Cpu::Engine::ends_repetition(uint32_t start, uint32_t previous_end) {
  if (code_byte_exit_ && repetition_ends_at_ == start) return true;  // it was interrupted to get its exit
  if (previous_end == start || kind_at(start) != InstructionKind::RepeatedString) return false;
  return scan_.length(code_at(start).bytes()) == previous_end - start && repeat_count(start) == 0;
}

void Cpu::Engine::approach_code_byte_limit() {
  const uint64_t before = code_bytes_.total_at(code_byte_block_);
  const uint64_t needed = before < code_byte_limit_ ? code_byte_limit_ - before : 1;
  uint32_t offset = 0;
  while (offset < needed && offset < code_byte_block_size_) {
    const size_t size = scan_.length(code_at(code_byte_block_ + offset).bytes());
    offset = size == 0 ? code_byte_block_size_ : offset + static_cast<uint32_t>(size);
  }
  code_byte_exit_ = code_byte_block_ + offset;
  repetition_ends_at_ = before < code_byte_limit_ ? std::nullopt : std::optional(code_byte_block_);
  set_exits();
  drop_code_at(code_byte_block_);  // the block of before has no exit there
}

// Blocks that were translated meanwhile end at the exit and would go on ending there.
void Cpu::Engine::forget_code_byte_exit() {
  if (!code_byte_exit_) return;
  const uint32_t exit = *code_byte_exit_;
  code_byte_exit_.reset();
  repetition_ends_at_.reset();
  set_exits();
  drop_code_at(code_byte_block_);
  if (mm::VirtualAddress{exit}.page() != mm::VirtualAddress{code_byte_block_}.page()) drop_code_at(exit);
}

}  // namespace emu
