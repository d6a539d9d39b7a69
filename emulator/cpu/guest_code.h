// The bytes of the instruction at EIP, read without fault or side effect.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <span>

#include "emulator/cpu/instruction_scan.h"
#include "emulator/cpu/tlb_filler.h"
#include "mm/base/ports.h"

namespace emu {

class GuestCode {
 public:
  // Reads from `eip` on, as far as pages are there, up to the longest instruction.
  GuestCode(const mm::PhysicalMemory& ram, const TlbFiller& translations, mm::VirtualAddress eip) {
    while (size_ < bytes_.size()) {
      const mm::VirtualAddress at = eip + static_cast<uint32_t>(size_);
      const auto frame = translations.peek(at.page());
      if (!frame) return;
      const size_t size = std::min<size_t>(bytes_.size() - size_, mm::kPageSize - at.offset());
      std::memcpy(bytes_.data() + size_, ram.frame(*frame).data() + at.offset(), size);
      size_ += size;
    }
  }
  std::span<const std::byte> bytes() const { return std::span(bytes_).first(size_); }

 private:
  std::array<std::byte, kLongestInstruction> bytes_{};
  size_t size_ = 0;
};

}  // namespace emu
