#include "mm/balance/modified_writer.h"

#include <vector>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using x86::PteKind;

// Pages on the modified list, oldest first.
struct Modified {
  TestMachine machine;
  uint32_t count;
  uint32_t base;

  explicit Modified(uint32_t pages, PageCount slots = {1024}) : machine({512}, slots), count(pages) {
    base = machine.commit(pages * kPageSize);
    for (uint32_t i = 0; i < pages; ++i) REQUIRE(machine.write(address(i), 100 + i) == kResolved);
    for (uint32_t i = 0; i < pages; ++i) trim_out(machine, address(i));
  }
  VirtualAddress address(uint32_t i) const { return {base + i * kPageSize}; }
  std::vector<uint32_t> list() {  // the pages on the modified list, in its order
    std::vector<uint32_t> pages;
    const PfnDatabase& pfns = state_of(machine).pfns;
    for (uint32_t at = pfns.modified().head(); at != PageFrame::kNone; at = pfns.next(PageFrameNumber(at))) {
      const VirtualPageNumber page = state_of(machine).tables.page_of(pfns[PageFrameNumber(at)].pte);
      pages.push_back((page - VirtualAddress{base}.page()).value);
    }
    return pages;
  }
  void check_content() {
    for (uint32_t i = 0; i < count; ++i) CHECK(machine.read(address(i)) == 100 + i);
  }
};

std::vector<uint32_t> from_to(uint32_t first, uint32_t end) {
  std::vector<uint32_t> numbers;
  for (uint32_t i = first; i < end; ++i) numbers.push_back(i);
  return numbers;
}

TEST_CASE("Nothing modified, nothing written", "[balance]") {
  Modified pages(0 + 1);
  CHECK(write_modified(state_of(pages.machine), {1}) == PageCount{1});
  const Picture before = picture_of(pages.machine);
  CHECK(write_modified(state_of(pages.machine), {5}) == PageCount{0});
  CHECK(picture_of(pages.machine) - before == Picture{});
}

TEST_CASE("The oldest modified pages are written, a cluster at a time, next to each other", "[balance]") {
  Modified pages(40);
  const Picture before = picture_of(pages.machine);
  CHECK(write_modified(state_of(pages.machine), {1}) == PageCount{16});
  CHECK(picture_of(pages.machine) - before ==
        Picture{.standby = 16, .modified = -16, .slots = 16, .writes = 16, .write_operations = 1});
  CHECK(pages.list() == from_to(16, 40));
  const uint32_t first = frame_of(pages.machine, pages.address(0)).original.slot().slot;
  for (uint32_t i = 0; i < 16; ++i) {
    CHECK(x86::decode(pages.machine.pte(pages.address(i))) == PteKind::Transition);
    CHECK(frame_of(pages.machine, pages.address(i)).original.slot().slot == first + i);
  }
  CHECK(write_modified(state_of(pages.machine), {24}) == PageCount{24});
  CHECK(picture_of(pages.machine) - before ==
        Picture{.standby = 40, .modified = -40, .slots = 40, .writes = 40, .write_operations = 3});
  check_consistent(pages.machine);
  pages.check_content();
}

TEST_CASE("A write that fails leaves everything modified, in its old order", "[balance]") {
  Modified pages(40);
  pages.machine.storage->writes_until_failure = 0;
  const Picture before = picture_of(pages.machine);
  const auto written = write_modified(state_of(pages.machine), {40});
  REQUIRE_FALSE(written);
  CHECK(written.error() == NtStatus::DeviceDataError);
  CHECK(picture_of(pages.machine) - before == Picture{});
  CHECK(pages.list() == from_to(0, 40));
  check_consistent(pages.machine);
  CHECK(write_modified(state_of(pages.machine), {40}) == PageCount{40});
  pages.check_content();
}

TEST_CASE("Whichever write fails, nothing is lost", "[balance]") {
  for (int n = 0; n < 4; ++n) {
    Modified pages(40);
    pages.machine.storage->writes_until_failure = n;
    const auto written = write_modified(state_of(pages.machine), {40});
    CHECK(written.has_value() == (n > 0));
    if (written) CHECK(written->value == (n < 3 ? static_cast<uint32_t>(n) * 16 : 40));
    CHECK(pages.list() == from_to(n < 3 ? static_cast<uint32_t>(n) * 16 : 40, 40));
    check_consistent(pages.machine);
    const HeldFrames all(pages.machine);
    check_consistent(pages.machine);
  }
}

TEST_CASE("When slots run out, the rest stays modified, in its old order", "[balance]") {
  Modified pages(40, {25});
  CHECK(write_modified(state_of(pages.machine), {40}) == PageCount{25});
  CHECK(pages.list() == from_to(25, 40));
  const auto none = write_modified(state_of(pages.machine), {1});
  REQUIRE_FALSE(none);
  CHECK(none.error() == NtStatus::DiskFull);
  CHECK(pages.list() == from_to(25, 40));
  check_consistent(pages.machine);
  pages.check_content();
}

TEST_CASE("Slots here and there take the pages in pieces", "[balance]") {
  Modified pages(40, {24});
  MachineState& state = state_of(pages.machine);
  std::vector<x86::PagingFileSlot> taken;
  for (uint32_t i = 0; i < 24; ++i) {
    OutgoingPage nothing{state.ram.frame(PageFrameNumber(0)).data(), {}};
    REQUIRE(state.pagefile.write({&nothing, 1}));
    taken.push_back(nothing.stored.slot());
  }
  for (uint32_t i = 0; i < 24; i += 2) (void)state.pagefile.take_back(taken[i]);
  CHECK(write_modified(state, {40}) == PageCount{12});
  CHECK(pages.list() == from_to(12, 40));
  CHECK(state.pagefile.statistics().write_operations == 24 + 12);
  for (uint32_t i = 1; i < 24; i += 2) (void)state.pagefile.take_back(taken[i]);
  check_consistent(pages.machine);
  pages.check_content();
}

TEST_CASE("Without a paging file nothing is written", "[balance]") {
  Modified pages(20, {0});
  const auto none = write_modified(state_of(pages.machine), {1});
  REQUIRE_FALSE(none);
  CHECK(none.error() == NtStatus::DiskFull);
  pages.check_content();
}

}  // namespace
}  // namespace mm::test
