#include "emulator/debugger/memory/peek.h"

#include <algorithm>
#include <array>

namespace emu::debugger {
namespace {

// At most to the end of a page: what one page lacks, the next may have.
void peek_within_page(const MemoryView& memory, mm::VirtualAddress from, uint32_t count, PeekedBytes& bytes) {
  std::array<std::byte, mm::kPageSize> page;
  const size_t read = std::min<size_t>(memory.read(from, std::span(page).first(count)), count);
  for (size_t i = 0; i < read; ++i) bytes.emplace_back(static_cast<uint8_t>(page[i]));
  bytes.resize(bytes.size() + count - read);
}

}  // namespace

PeekedBytes peek(const MemoryView& memory, mm::VirtualAddress from, uint32_t count) {
  PeekedBytes bytes;
  uint64_t left = std::min<uint64_t>(count, (uint64_t{1} << 32) - from.value);
  while (left > 0) {
    const uint32_t here = static_cast<uint32_t>(std::min<uint64_t>(left, mm::kPageSize - from.offset()));
    peek_within_page(memory, from, here, bytes);
    left -= here;
    from = from + here;
  }
  return bytes;
}

}  // namespace emu::debugger
