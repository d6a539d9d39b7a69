#include "mm/process/table_state.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

namespace protection = x86::protection;

TEST_CASE("A PDE that names nothing, whatever it says of its pages, stands for an absent table",
          "[process]") {
  CHECK(table_state(x86::Pte{}) == TableState::Absent);
  CHECK(table_state(x86::decommitted_pde()) == TableState::Absent);
  CHECK(table_state(x86::partly_decommitted_pde()) == TableState::Absent);
}

TEST_CASE("A table that is somewhere else is not absent", "[process]") {
  CHECK(table_state(x86::table_pde(PageFrameNumber(7), Mode::User)) == TableState::Resident);
  CHECK(table_state(x86::table_pde(PageFrameNumber(7), Mode::Supervisor)) == TableState::Resident);
  CHECK(table_state(x86::paging_file_pte({0, 5}, protection::kReadWrite)) == TableState::PagedOut);
  CHECK(table_state(x86::transition_pte(PageFrameNumber(7), protection::kReadWrite)) == TableState::PagedOut);
  const x86::Pte large = x86::table_pde(PageFrameNumber(0x400), Mode::User).with(x86::Pte::kLargePage);
  CHECK(table_state(large) == TableState::LargePage);
}

TEST_CASE("Only the entry of a resident table has a place", "[process]") {
  const EntryPlace resident(PhysicalAddress{0x3010});
  CHECK(resident.table() == TableState::Resident);
  CHECK(resident.at() == PhysicalAddress{0x3010});
  CHECK(resident.if_resident() == PhysicalAddress{0x3010});
  for (const TableState state : {TableState::Absent, TableState::PagedOut, TableState::LargePage}) {
    const EntryPlace none(state);
    CHECK(none.table() == state);
    CHECK_FALSE(none.if_resident());
    CHECK(stops([&] { none.at(); }));
  }
}

}  // namespace
}  // namespace mm::test
