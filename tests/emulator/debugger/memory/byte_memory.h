// Memory made of single pages, for tests of what reads it.
#pragma once

#include <algorithm>
#include <array>
#include <map>
#include <vector>

#include "emulator/debugger/memory/memory_view.h"

namespace emu::debugger::test {

class ByteMemory final : public MemoryView {
 public:
  // Makes the pages that the bytes lie in.
  void put(mm::VirtualAddress at, const std::vector<uint8_t>& bytes) {
    for (const uint8_t byte : bytes) {
      pages_[at.page()][at.offset()] = std::byte{byte};
      at = at + 1;
    }
  }

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    for (size_t i = 0; i < to.size(); ++i) {
      const mm::VirtualAddress at = from + static_cast<uint32_t>(i);
      const auto page = pages_.find(at.page());
      if (page == pages_.end()) return i;
      to[i] = page->second[at.offset()];
    }
    return to.size();
  }

 private:
  std::map<mm::VirtualPageNumber, std::array<std::byte, mm::kPageSize>> pages_;
};

}  // namespace emu::debugger::test
