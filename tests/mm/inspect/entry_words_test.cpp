#include "mm/inspect/entry_words.h"

#include <catch2/catch_test_macros.hpp>

namespace mm {
namespace {

using x86::Pte;

TEST_CASE("A present PTE is told bit by bit", "[inspect]") {
  CHECK(pte_words(Pte{0x40000867}) ==
        "present, read-write, user, accessed, dirty, writable; page frame 0x40000");
  CHECK(pte_words(Pte{0x0000139B}) ==
        "present, read-write, supervisor, write-through, cache disabled, not accessed, clean, global, "
        "copy-on-write; "
        "page frame 0x00001");
}

TEST_CASE("A PDE names a page table, or maps a large page", "[inspect]") {
  CHECK(pde_words(Pte{0xA0000067}) == "present, read-write, user, accessed; page table in frame 0xa0000");
  CHECK(pde_words(Pte{0x404000E5}) ==
        "present, read-only, user, accessed, dirty, large; 4 MB page at 0x40400000");
  CHECK(pde_words(Pte{0}) == "not present: all zero: unknown, the VAD decides");
  CHECK(pde_words(Pte{0x00000200}) == "not present: all its pages are decommitted");
  CHECK(pde_words(Pte{0x00000600}) == "not present: some of its pages are decommitted");
}

// The words are those of mm/README.md, "Entry formats", laid out by hand.
TEST_CASE("Every software form of a PTE says what it holds", "[inspect]") {
  CHECK(pte_words(Pte{0x00000080}) == "not present: demand-zero, PAGE_READWRITE");
  CHECK(pte_words(Pte{0x0000009E}) ==
        "not present: demand-zero since its content was given up and lost, PAGE_READWRITE");
  CHECK(pte_words(Pte{0x00000200}) == "not present: decommitted");
  CHECK(pte_words(Pte{0x00123086}) == "not present: in paging file 3, slot 0x00123, PAGE_READWRITE");
  CHECK(pte_words(Pte{0x00007820}) == "not present: in transition, page frame 0x00007, PAGE_READONLY");
  CHECK(pte_words(Pte{0x00000400}) == "not present: prototype, 0x00000400");
}

TEST_CASE("Protections carry Microsoft's names", "[inspect]") {
  CHECK(protection_words(x86::protection::kNoAccess) == "PAGE_NOACCESS");
  CHECK(protection_words(x86::protection::kUnset) == "none");
  CHECK(protection_words(x86::Protection{6}) == "PAGE_EXECUTE_READWRITE");
  CHECK(protection_words(x86::Protection{4 + 16}) == "PAGE_READWRITE | PAGE_GUARD");
  CHECK(protection_words(x86::Protection{1 + 8}) == "PAGE_READONLY | PAGE_NOCACHE");
  CHECK(protection_words(x86::Protection{4 + 24}) == "PAGE_READWRITE | PAGE_WRITECOMBINE");
}

}  // namespace
}  // namespace mm
