// What the memory manager needs of the machine around it. The emulator implements these; tests implement
// them differently.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "mm/base/check.h"
#include "mm/base/types.h"

namespace mm {

// Guest RAM: frame n lies at byte n << 12 of one host mapping, which the owner keeps alive.
class PhysicalMemory {
 public:
  explicit PhysicalMemory(std::span<std::byte> ram) : ram_(ram) {}

  PageCount frames() const { return {static_cast<uint32_t>(ram_.size() >> kPageShift)}; }
  bool contains(PageFrameNumber frame) const { return frame.value() < frames().value; }
  std::span<std::byte> bytes() const { return ram_; }

  std::span<std::byte, kPageSize> frame(PageFrameNumber number) const {
    MM_CHECK(contains(number), "a frame outside RAM");
    return std::span<std::byte, kPageSize>(ram_.data() + number.address().value, kPageSize);
  }
  uint32_t read32(PhysicalAddress at) const {
    uint32_t word;
    std::memcpy(&word, pointer(at), sizeof word);
    return word;
  }
  void write32(PhysicalAddress at, uint32_t word) const { std::memcpy(pointer(at), &word, sizeof word); }

 private:
  std::byte* pointer(PhysicalAddress at) const {
    MM_CHECK(at.value + sizeof(uint32_t) <= ram_.size(), "a physical address outside RAM");
    return ram_.data() + at.value;
  }

  std::span<std::byte> ram_;
};

// The translations that the processor may have cached. A change that only adds rights needs no call.
class Tlb {
 public:
  virtual ~Tlb() = default;

  // An entry of the current address space (or of the system half) lost rights, or is gone. Holds from the
  // guest's next access on. `frame` is what it mapped.
  virtual void invalidate(VirtualPageNumber page, PageFrameNumber frame) = 0;

  // Accessed bits were cleared, or so many entries changed that naming them would cost more.
  virtual void invalidate_all() = 0;

  // The content of a frame is about to be replaced: code translated from it is void, in every process.
  virtual void discard_code(PageFrameNumber frame) = 0;
};

}  // namespace mm
