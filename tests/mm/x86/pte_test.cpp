#include "mm/x86/pte.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>

namespace mm::x86 {
namespace {

// A protection that a page can have while it has contents somewhere: any code that grants an access.
rc::Gen<Protection> accessible() {
  return rc::gen::map(
      rc::gen::suchThat(rc::gen::inRange<uint8_t>(0, 32), [](uint8_t code) { return (code & 7) != 0; }),
      [](uint8_t code) { return Protection{code}; });
}

rc::Gen<uint32_t> twenty_bits() { return rc::gen::inRange<uint32_t>(0, 1u << 20); }

TEST_CASE("A paging-file PTE gives back its slot and protection", "[x86]") {
  REQUIRE(rc::check([] {
    const auto file = *rc::gen::inRange<uint8_t>(0, 16);
    const auto slot = *rc::gen::inRange<uint32_t>(1, 1u << 20);
    const auto protection = *accessible();
    const Pte pte = paging_file_pte({file, slot}, protection);
    RC_ASSERT(decode(pte) == PteKind::PagingFile);
    RC_ASSERT(pte.slot() == (PagingFileSlot{file, slot}));
    RC_ASSERT(pte.protection() == protection);
    // The layout of mm/README.md, "Entry formats", written out.
    RC_ASSERT(pte.raw == slot * 4096 + protection.code * 32u + file * 2u);
  }));
}

TEST_CASE("A transition PTE gives back its frame and protection", "[x86]") {
  REQUIRE(rc::check([] {
    const PageFrameNumber frame(*twenty_bits());
    const auto protection = *accessible();
    const Pte pte = transition_pte(frame, protection);
    RC_ASSERT(decode(pte) == PteKind::Transition);
    RC_ASSERT(pte.frame() == frame);
    RC_ASSERT(pte.protection() == protection);
    RC_ASSERT(pte.raw == frame.value() * 4096 + 2048 + protection.code * 32u);
  }));
}

TEST_CASE("A demand-zero PTE holds nothing but its protection", "[x86]") {
  REQUIRE(rc::check([] {
    const auto protection = *accessible();
    const Pte pte = demand_zero_pte(protection);
    RC_ASSERT(decode(pte) == PteKind::DemandZero);
    RC_ASSERT(pte.raw == protection.code * 32u);
    RC_ASSERT(pte.protection() == protection);
  }));
}

TEST_CASE("Every word decodes to the kind that its bits say", "[x86]") {
  REQUIRE(rc::check([] {
    // Few bits set, so that every kind comes up.
    const auto raw =
        *rc::gen::arbitrary<uint32_t>() & *rc::gen::arbitrary<uint32_t>() & *rc::gen::arbitrary<uint32_t>();
    const auto expected = [raw] {
      if (raw == 0) return PteKind::Unknown;
      if (raw & 1) return PteKind::Valid;
      if (raw & 0x400) return PteKind::Prototype;
      if (raw & 0x800) return PteKind::Transition;
      if (raw >> 12) return PteKind::PagingFile;
      return (raw >> 5 & 31) == 16 ? PteKind::Decommitted : PteKind::DemandZero;
    };
    RC_CLASSIFY((raw & 1) == 0, "not valid");
    RC_ASSERT(decode(Pte{raw}) == expected());
  }));
}

TEST_CASE("A valid PTE is written as the processor reads it", "[x86]") {
  const PageFrameNumber frame(0x40000);
  // Intel SDM volume 3, table 4-6: 0 present, 1 write, 2 user, 3 PWT, 4 PCD. Bits 9-11 are software's.
  CHECK(valid_pte(frame, protection::kReadOnly, Mode::User).raw == 0x40000005);
  CHECK(valid_pte(frame, protection::kExecuteRead, Mode::User).raw == 0x40000005);
  CHECK(valid_pte(frame, protection::kReadWrite, Mode::User).raw == 0x40000807);
  CHECK(valid_pte(frame, protection::kReadWrite, Mode::Supervisor).raw == 0x40000803);
  CHECK(valid_pte(frame, protection::kWriteCopy, Mode::User).raw == 0x40000205);
  CHECK(valid_pte(frame, Protection{4 | 8}, Mode::User).raw == 0x40000817);
  CHECK(valid_pte(frame, Protection{4 | 24}, Mode::User).raw == 0x4000080F);
  CHECK(table_pde(PageFrameNumber(0xA0000), Mode::User).raw == 0xA0000007);
}

TEST_CASE("A valid PTE never starts with Accessed or Dirty, and names its frame", "[x86]") {
  REQUIRE(rc::check([] {
    const PageFrameNumber frame(*twenty_bits());
    const Pte pte = valid_pte(frame, *accessible(), Mode::User);
    RC_ASSERT(decode(pte) == PteKind::Valid);
    RC_ASSERT(pte.frame() == frame);
    RC_ASSERT((pte.raw & 0x60) == 0u);
  }));
}

TEST_CASE("with_protection changes the protection and nothing else", "[x86]") {
  REQUIRE(rc::check([] {
    const Pte before = paging_file_pte({3, *rc::gen::inRange<uint32_t>(1, 1u << 20)}, *accessible());
    const auto protection = *accessible();
    const Pte after = before.with_protection(protection);
    RC_ASSERT(after.protection() == protection);
    RC_ASSERT(after.slot() == before.slot());
    RC_ASSERT(decode(after) == PteKind::PagingFile);
  }));
}

TEST_CASE("A page is held back when it may be written, and its entry does not let it", "[x86]") {
  const Pte writable = valid_pte(PageFrameNumber(1), protection::kReadWrite, Mode::User);
  CHECK(writable.hold_reason() == HoldReason::None);
  CHECK(writable.without(Pte::kWrite).hold_reason() == HoldReason::Clean);
  CHECK(writable.without(Pte::kWrite).held_back());
  const Pte read_only = valid_pte(PageFrameNumber(1), protection::kReadOnly, Mode::User);
  CHECK(read_only.hold_reason() == HoldReason::None);
}

}  // namespace
}  // namespace mm::x86
