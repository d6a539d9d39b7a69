#include "emulator/debugger/memory/guest_heaps.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "guest/abi/heap.h"
#include "tests/emulator/debugger/memory/byte_memory.h"

namespace emu::debugger::test {
namespace {

using Catch::Matchers::ContainsSubstring;
using mm::VirtualAddress;
using Addresses = std::vector<VirtualAddress>;

constexpr uint32_t kFirst = 0x00100000, kSecond = 0x00200000;

template <class T>
void put(ByteMemory& memory, uint32_t at, const T& value) {
  const auto bytes = std::span(reinterpret_cast<const uint8_t*>(&value), sizeof value);
  memory.put({at}, {bytes.begin(), bytes.end()});
}

// A heap whose first segment lies behind it, with nothing else.
void put_heap(ByteMemory& memory, uint32_t at, uint32_t next, uint32_t segment, uint32_t large) {
  put(memory, at, abi::HeapHeader{PAGEWALK_HEAP_SIGNATURE, 0, next, {}, segment, 0, large});
}
void put_segment(ByteMemory& memory, uint32_t at, uint32_t next, uint32_t heap) {
  put(memory, at, abi::HeapSegment{next, heap, at + 0x10000, at + 0x1000});
}
void put_large(ByteMemory& memory, uint32_t at, uint32_t next) {
  put(memory, at, abi::HeapLargeBlock{next, 0, 0x100000, 0x100000, 1, 0, PAGEWALK_LARGE_BLOCK_FLAGS, 0});
}

TEST_CASE("Heaps are read with their segments and large blocks", "[debugger]") {
  ByteMemory memory;
  put_heap(memory, kFirst, kSecond, 0x00300000, 0x00500000);
  put_segment(memory, 0x00300000, kFirst + 0x800, kFirst);
  put_segment(memory, kFirst + 0x800, 0, kFirst);
  put_large(memory, 0x00500000, 0x00400000);
  put_large(memory, 0x00400000, 0);
  put_heap(memory, kSecond, 0, kSecond + 0x800, 0);
  put_segment(memory, kSecond + 0x800, 0, kSecond);
  const GuestHeaps found = read_heaps(memory, {kFirst});
  REQUIRE(found.heaps.size() == 2);
  CHECK(found.heaps[0].handle == VirtualAddress{kFirst});
  CHECK(found.heaps[0].segments == Addresses{{0x00300000}, {kFirst + 0x800}});
  CHECK(found.heaps[0].large_blocks == Addresses{{0x00500000}, {0x00400000}});
  CHECK(found.heaps[1].segments == Addresses{{kSecond + 0x800}});
  CHECK(found.heaps[1].large_blocks.empty());
  CHECK(found.damage.empty());
}

TEST_CASE("A process without a heap has none, and nothing is wrong", "[debugger]") {
  const GuestHeaps found = read_heaps(ByteMemory(), {0});
  CHECK(found.heaps.empty());
  CHECK(found.damage.empty());
}

TEST_CASE("What a guest writes into its heaps' lists ends every walk", "[debugger]") {
  ByteMemory memory;
  put_heap(memory, kFirst, kSecond, kFirst + 0x800, 0);
  put_segment(memory, kFirst + 0x800, 0, kFirst);
  put_heap(memory, kSecond, 0, kSecond + 0x800, 0);
  put_segment(memory, kSecond + 0x800, 0, kSecond);
  const char* told = "";
  SECTION("a loop of heaps") {
    put_heap(memory, kSecond, kFirst, kSecond + 0x800, 0);
    told = "The list of heaps cannot be followed to its end: it comes back to 00100000.";
  }
  SECTION("a heap's end in unreadable memory") {
    put_heap(memory, kSecond, 0xFFFFFFFC, kSecond + 0x800, 0);
    told = "The list of heaps cannot be followed to its end: nothing can be read at fffffffc.";
  }
  SECTION("a heap without its signature") {
    put_heap(memory, kSecond, kFirst + 4, kSecond + 0x800, 0);
    told = "The list of heaps cannot be followed to its end: there is none at 00100004.";
  }
  SECTION("a segment of another heap") {
    put_heap(memory, kSecond, 0, kSecond + 0x800, 0);
    put_segment(memory, kSecond + 0x800, 0, kFirst);
    told = "The list of segments of heap 00200000 cannot be followed to its end: there is none at 00200800.";
  }
  SECTION("a large block that two heaps have") {
    put_heap(memory, kFirst, kSecond, kFirst + 0x800, 0x00500000);
    put_heap(memory, kSecond, 0, kSecond + 0x800, 0x00500000);
    put_large(memory, 0x00500000, 0);
    told =
        "The list of large blocks of heap 00200000 cannot be followed to its end: it comes back to 00500000.";
  }
  const GuestHeaps found = read_heaps(memory, {kFirst});
  REQUIRE(found.damage.size() == 1);
  CHECK(found.damage.front() == told);
  CHECK(found.heaps.front().segments == Addresses{{kFirst + 0x800}});
  CHECK(found.heaps.size() == 2);
}

// Whatever is read there is a heap, or a large block, behind which lies another; the heaps' lists of large
// blocks are as endless as that of heaps.
class EndlessMemory final : public MemoryView {
 public:
  size_t read(VirtualAddress from, std::span<std::byte> to) const override {
    ++reads;
    const uint32_t next = from.value + 0x100;
    if (to.size() == sizeof(abi::HeapHeader)) {
      fill(abi::HeapHeader{PAGEWALK_HEAP_SIGNATURE, 0, next, {}, 0, 0, next + 0x40}, to);
    } else {
      fill(abi::HeapLargeBlock{next, 0, 0, 0, 0, 0, PAGEWALK_LARGE_BLOCK_FLAGS, 0}, to);
    }
    return to.size();
  }

  mutable size_t reads = 0;

 private:
  template <class T>
  static void fill(const T& value, std::span<std::byte> to) {
    std::ranges::copy(std::as_bytes(std::span(&value, 1)), to.begin());
  }
};

TEST_CASE("Heaps without end take no time without end", "[debugger]") {
  const EndlessMemory memory;
  const GuestHeaps found = read_heaps(memory, {kFirst});
  CHECK(memory.reads <= 0x10000);
  REQUIRE_FALSE(found.damage.empty());
  CHECK_THAT(found.damage.front(), ContainsSubstring("it is too long, at "));
}

}  // namespace
}  // namespace emu::debugger::test
