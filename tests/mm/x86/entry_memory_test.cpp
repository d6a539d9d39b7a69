#include "mm/x86/entry_memory.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

#include "tests/mm/stops.h"

namespace mm::x86 {
namespace {

constexpr PagingMode kMode = PagingMode::ThirtyTwoBit;

struct Memory {
  std::vector<std::byte> bytes = std::vector<std::byte>(kPageSize, std::byte{0xA5});
  PhysicalMemory ram{bytes};
};

// Intel SDM volume 3, 4.3: an entry has four bytes, the lowest first.
TEST_CASE("An entry of 32-bit paging takes four bytes, and leaves those beside it", "[x86]") {
  Memory memory;
  write_entry(memory.ram, kMode, {0x10}, Pte{0x40000867});
  CHECK(memory.ram.read32({0x0C}) == 0xA5A5A5A5);
  CHECK(memory.bytes[0x10] == std::byte{0x67});
  CHECK(memory.bytes[0x13] == std::byte{0x40});
  CHECK(memory.ram.read32({0x14}) == 0xA5A5A5A5);
  CHECK(read_entry(memory.ram, kMode, {0x10}) == Pte{0x40000867});
}

TEST_CASE("What is written is read again", "[x86]") {
  CHECK(rc::check([](uint32_t raw) {
    Memory memory;
    const PhysicalAddress at{*rc::gen::inRange<uint64_t>(0, 1024) * 4};
    write_entry(memory.ram, kMode, at, Pte{raw});
    RC_ASSERT(read_entry(memory.ram, kMode, at) == Pte{raw});
    RC_ASSERT(memory.ram.read32(at) == raw);
  }));
}

TEST_CASE("An entry wider than the mode has them is not cut off", "[x86]") {
  const Memory memory;
  CHECK(mm::test::stops([&] { write_entry(memory.ram, kMode, {0}, Pte{uint64_t{1} << 32}); }));
}

}  // namespace
}  // namespace mm::x86
