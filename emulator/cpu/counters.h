// What the guest has executed, counted from Unicorn's block and instruction hooks so that the result does not
// depend on where blocks begin and how a run is cut up.
#pragma once

#include <cstdint>

namespace emu {

// Counts bytes of code. block_begins() says that a block begins; it is counted when it is known how far the
// guest came in it:
// - block_begins(), the next block begins: all of it, or up to where the next one begins inside it.
// - stopped_at(eip), the processor stops: up to EIP; all of it when EIP is elsewhere.
// - block_completes(), the guest branches to the block itself and the processor stops there: all of it.
class CodeByteCounter {
 public:
  void block_begins(uint32_t start, uint32_t size) {
    bytes_ += reached(start, size);
    start_ = start;
    size_ = size;
  }
  void block_completes() {
    bytes_ += size_;
    size_ = 0;
  }
  void stopped_at(uint32_t eip) {
    bytes_ += executed(eip);
    size_ = 0;
  }
  bool runs_at(uint32_t eip) const { return eip - start_ < size_; }
  uint32_t start() const { return start_; }
  uint32_t end() const { return start_ + size_; }
  uint64_t total_at(uint32_t eip) const { return bytes_ + executed(eip); }

 private:
  uint32_t executed(uint32_t eip) const { return eip - start_ < size_ ? eip - start_ : size_; }

  // A store into its own block ends the block before the store, which then becomes a block of its own: it
  // begins inside the block and ends before it. A jump back into the block reaches the block's end again.
  uint32_t reached(uint32_t next, uint32_t next_size) const {
    const uint32_t offset = next - start_;
    const bool cut = offset < size_ && offset + next_size < size_;
    return cut ? offset : size_;
  }

  uint64_t bytes_ = 0;
  uint32_t start_ = 0;
  uint32_t size_ = 0;  // of the block that runs; 0: none
};

// Instructions. One is pending from its hook until it is known to have retired, or not. Nothing is pending
// while the processor stands still: a REP that a stop interrupts begins again, and counts when it ends.
class InstructionCounter {
 public:
  void set_counting(bool counting) { counting_ = counting; }
  void begins(uint32_t eip) {
    retire();
    pending_ = true;
    pending_eip_ = eip;
  }
  void retire() {
    if (pending_ && counting_) ++retired_;
    pending_ = false;
  }
  void stopped_at(uint32_t eip) {
    if (!pending_at(eip)) retire();
    pending_ = false;
  }
  bool pending() const { return pending_; }
  bool pending_at(uint32_t eip) const { return pending_ && pending_eip_ == eip; }
  uint64_t retired() const { return retired_; }

 private:
  uint64_t retired_ = 0;
  uint32_t pending_eip_ = 0;
  bool pending_ = false;
  bool counting_ = false;
};

}  // namespace emu
