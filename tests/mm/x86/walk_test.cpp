#include "mm/x86/walk.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <map>

namespace mm::x86 {
namespace {

// 4 GB in which only a few words are not zero.
struct SparseMemory {
  std::map<uint64_t, uint32_t> words;
  uint32_t frames = 1u << 20;

  bool contains(PageFrameNumber frame) const { return frame.value() < frames; }
  uint32_t read32(PhysicalAddress at) const {
    const auto word = words.find(at.value);
    return word == words.end() ? 0 : word->second;
  }
};

constexpr VirtualAddress kAddress{0x12345678};
constexpr PagingRoot kRoot(PagingMode::ThirtyTwoBit, PageFrameNumber(0x00039));

// The example of the design page: table at 0xA0000000, page at 0x40000000.
SparseMemory example() { return {{{0x00039120, 0xA0000067}, {0xA0000D14, 0x40000867}}}; }

TEST_CASE("0x12345678 translates through PDE 0x48 and PTE 0x345 to 0x40000678", "[x86]") {
  const Walk walk = x86::walk(example(), kRoot, kAddress);
  CHECK(walk.end() == Walk::End::Page);
  REQUIRE(walk.steps().size() == 2);
  CHECK(walk.level(walk.steps()[0]) == Level::Directory);
  CHECK(walk.steps()[0].at == PhysicalAddress{0x00039000 + 0x48 * 4});
  CHECK(walk.steps()[0].entry.frame() == PageFrameNumber(0xA0000));
  CHECK(walk.level(walk.steps()[1]) == Level::PageTable);
  CHECK(walk.steps()[1].at == PhysicalAddress{0xA0000000 + 0x345 * 4});
  CHECK(walk.steps()[1].entry.raw == 0x40000867);
  CHECK(walk.page_table() == PageFrameNumber(0xA0000));
  CHECK(walk.physical() == PhysicalAddress{0x40000678});
  CHECK(walk.present());
  CHECK(walk.writable());
  CHECK(walk.user());
  CHECK(walk.dirty());
}

TEST_CASE("A large page takes 22 bits of offset from the address", "[x86]") {
  SparseMemory memory = example();
  memory.words[0x00039120] = 0x404000E7;
  const Walk walk = x86::walk(memory, kRoot, kAddress);
  CHECK(walk.end() == Walk::End::LargePage);
  CHECK(walk.physical() == PhysicalAddress{0x40400000 + 0x345678});
  CHECK(walk.large());
  CHECK(walk.steps().size() == 1);
  CHECK(walk.last().entry.raw == 0x404000E7);
  CHECK_FALSE(walk.page_table());
}

// Intel SDM volume 3, table 4-4 and 4.7: without PSE-36 the bits 21-13 must be zero.
TEST_CASE("A large page with a reserved bit set is no translation", "[x86]") {
  const int bit = GENERATE(range(13, 22));
  SparseMemory memory = example();
  memory.words[0x00039120] = 0x404000E7 | 1u << bit;
  const Walk walk = x86::walk(memory, kRoot, kAddress);
  CHECK(walk.end() == Walk::End::ReservedBits);
  CHECK_FALSE(permits(walk, Access::Read, Mode::Supervisor, WriteProtect::Off));
  CHECK(error_code(walk, Access::Write, Mode::User) == 0xF);
}

TEST_CASE("A walk ends at the first entry that is not present", "[x86]") {
  SparseMemory memory = example();
  SECTION("the PDE") {
    memory.words[0x00039120] &= ~1u;
    const Walk walk = x86::walk(memory, kRoot, kAddress);
    CHECK(walk.end() == Walk::End::NotPresent);
    CHECK(walk.steps().size() == 1);
    CHECK(walk.pde().raw == 0xA0000066);
    CHECK_FALSE(walk.page_table());
    CHECK(walk.pte() == Pte{});
  }
  SECTION("the PTE") {
    memory.words[0xA0000D14] &= ~1u;
    const Walk walk = x86::walk(memory, kRoot, kAddress);
    CHECK(walk.end() == Walk::End::NotPresent);
    CHECK(walk.pte().raw == 0x40000866);
  }
  SECTION("a word of zeros") {
    CHECK(x86::walk(memory, kRoot, VirtualAddress{0x12346000}).end() == Walk::End::NotPresent);
  }
}

TEST_CASE("A walk that leaves RAM says so, wherever it leaves", "[x86]") {
  const uint32_t frames = GENERATE(0x39u, 0xA0000u);
  SparseMemory memory = example();
  memory.frames = frames;
  CHECK(x86::walk(memory, kRoot, kAddress).end() == Walk::End::OutsideRam);
  memory.frames = 0xA0001;
  CHECK(x86::walk(memory, kRoot, kAddress).end() == Walk::End::Page);
  memory.words[0xA0000D14] = 0xB0000867;
  CHECK(x86::walk(memory, kRoot, kAddress).end() == Walk::End::OutsideRam);
}

TEST_CASE("Of a walk that leaves RAM at a table, the last step was not read", "[x86]") {
  SparseMemory memory = example();
  memory.frames = 0x39;
  const Walk first = x86::walk(memory, kRoot, kAddress);
  REQUIRE(first.steps().size() == 1);
  CHECK_FALSE(first.was_read(first.last()));
  memory.frames = 0xA0000;
  const Walk second = x86::walk(memory, kRoot, kAddress);
  REQUIRE(second.steps().size() == 2);
  CHECK(second.was_read(second.steps()[0]));
  CHECK_FALSE(second.was_read(second.last()));
  memory.frames = 0xA0001;
  memory.words[0xA0000D14] = 0xB0000867;
  const Walk page = x86::walk(memory, kRoot, kAddress);
  CHECK(page.was_read(page.last()));
}

// Intel SDM volume 3, 4.8: whenever an entry is used, Accessed is set in it.
TEST_CASE("Accessed of a walk is that of every entry on its path", "[x86]") {
  const uint32_t pde = GENERATE(0xA0000007u, 0xA0000027u);
  const uint32_t pte = GENERATE(0x40000007u, 0x40000027u);
  const SparseMemory memory{{{0x00039120, pde}, {0xA0000D14, pte}}};
  CHECK(x86::walk(memory, kRoot, kAddress).accessed() == ((pde & pte & 0x20) != 0));
}

// Intel SDM volume 3, 4.6: user accesses need U/S in both entries, writes R/W in both; a supervisor's write
// passes a read-only page while CR0.WP is clear.
TEST_CASE("Rights are those that both entries grant", "[x86]") {
  const uint32_t pde_bits = GENERATE(1u, 3u, 5u, 7u);
  const uint32_t pte_bits = GENERATE(1u, 3u, 5u, 7u);
  SparseMemory memory;
  memory.words = {{0x00039120, 0xA0000000 | pde_bits}, {0xA0000D14, 0x40000000 | pte_bits}};
  const Walk walk = x86::walk(memory, kRoot, kAddress);
  const bool write = (pde_bits & pte_bits & 2) != 0;
  const bool user = (pde_bits & pte_bits & 4) != 0;
  CAPTURE(pde_bits, pte_bits);

  CHECK(permits(walk, Access::Read, Mode::User, WriteProtect::On) == user);
  CHECK(permits(walk, Access::Execute, Mode::User, WriteProtect::On) == user);
  CHECK(permits(walk, Access::Write, Mode::User, WriteProtect::On) == (user && write));
  CHECK(permits(walk, Access::Write, Mode::User, WriteProtect::Off) == (user && write));
  CHECK(permits(walk, Access::Read, Mode::Supervisor, WriteProtect::On));
  CHECK(permits(walk, Access::Write, Mode::Supervisor, WriteProtect::On) == write);
  CHECK(permits(walk, Access::Write, Mode::Supervisor, WriteProtect::Off));
}

// Intel SDM volume 3, 4.7: bit 0 protection violation, bit 1 write, bit 2 user; no fetch bit without NX.
TEST_CASE("The error code says what was tried and whether the page was there", "[x86]") {
  const Walk present = x86::walk(example(), kRoot, kAddress);
  const Walk absent = x86::walk(SparseMemory{}, kRoot, kAddress);
  CHECK(error_code(absent, Access::Read, Mode::Supervisor) == 0);
  CHECK(error_code(absent, Access::Write, Mode::User) == 6);
  CHECK(error_code(present, Access::Write, Mode::User) == 7);
  CHECK(error_code(present, Access::Execute, Mode::User) == 5);
}

}  // namespace
}  // namespace mm::x86
