#include "emulator/debugger/stack/stack_walk.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <map>

namespace emu::debugger {
namespace {

// A stack from 00100000 on, in words; nothing else can be read.
class StackMemory final : public MemoryView {
 public:
  static constexpr uint32_t kBegin = 0x00100000;

  explicit StackMemory(std::vector<uint32_t> words) : words_(std::move(words)) {}

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    const auto bytes = std::as_bytes(std::span(words_));
    const uint64_t offset = uint64_t{from.value} - kBegin;
    if (offset >= bytes.size()) return 0;
    const size_t count = std::min<size_t>(to.size(), bytes.size() - offset);
    std::memcpy(to.data(), bytes.data() + offset, count);
    return count;
  }

 private:
  std::vector<uint32_t> words_;
};

constexpr uint32_t word(uint32_t index) { return StackMemory::kBegin + index * 4; }

std::vector<StackFrame> walk(const StackMemory& memory, uint32_t ebp, uint32_t esp = StackMemory::kBegin) {
  const SymbolTable symbols;
  Registers registers;
  registers.eip = 0x00401000;
  registers.ebp = ebp;
  registers.esp = esp;
  return walk_stack(registers, memory, symbols);
}

TEST_CASE("a chain of saved frame pointers is followed to its end") {
  const StackMemory memory({0, word(4), 0x00402000, 0, 0, 0});
  const auto frames = walk(memory, word(1));
  REQUIRE(frames.size() == 2);
  CHECK(frames[0].instruction.value == 0x00401000);
  CHECK(frames[0].child_ebp.value == word(1));
  CHECK(frames[0].return_address.value == 0x00402000);
  CHECK(frames[0].method == UnwindMethod::FramePointer);
  CHECK(frames[1].instruction.value == 0x00402000);
  CHECK(frames[1].child_ebp.value == word(4));
  CHECK(frames[1].return_address.value == 0);
  const SymbolTable symbols;
  // No module, so nothing tells whether EBP is a frame's.
  CHECK(stack_lines(frames, symbols) ==
        std::vector<std::string>{
            "ChildEBP RetAddr", "00100004 00402000 0x401000",
            "WARNING: Stack unwind information not available. Following frames may be wrong.",
            "00100010 00000000 0x402000"});
}

TEST_CASE("a chain that leads nowhere ends the walk") {
  CHECK(walk(StackMemory({word(0), 0x00402000}), word(0)).size() == 2);     // to itself
  CHECK(walk(StackMemory({word(2), 1, word(0), 2}), word(0)).size() == 3);  // back
  CHECK(walk(StackMemory({0x80000000, 0x00402000}), word(0)).size() == 2);  // to what cannot be read
  CHECK(walk(StackMemory({0}), 0xFFFFFFFF).size() == 1);
  CHECK(walk(StackMemory({0}), 0, 0xFFFFFFFF).size() == 1);
}

TEST_CASE("an endless chain ends after the most frames") {
  std::vector<uint32_t> words;
  for (uint32_t i = 0; i < 1000; ++i) {
    words.push_back(word(2 * i + 2));
    words.push_back(0x00402000);
  }
  CHECK(walk(StackMemory(words), word(0)).size() == kMostFrames);
}

TEST_CASE("whatever lies on the stack, frames rise and end") {
  REQUIRE(rc::check([] {
    const auto any =
        rc::gen::oneOf(rc::gen::map(rc::gen::inRange<uint32_t>(0, 64), word), rc::gen::arbitrary<uint32_t>());
    const StackMemory memory(*rc::gen::container<std::vector<uint32_t>>(64, any));
    const auto frames = walk(memory, *any, *any);
    RC_ASSERT(!frames.empty() && frames.size() <= kMostFrames);
    for (size_t i = 1; i + 1 < frames.size(); ++i) RC_ASSERT(frames[i - 1].child_ebp < frames[i].child_ebp);
  }));
}

}  // namespace
}  // namespace emu::debugger
