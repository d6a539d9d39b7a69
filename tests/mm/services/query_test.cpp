// NtQueryVirtualMemory: the rules of Microsoft's pages on VirtualQuery and MEMORY_BASIC_INFORMATION.
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;

TEST_CASE("An address above user space is refused", "[services]") {
  TestMachine machine;
  for (const uint32_t address : {0x7FFF0000u, 0x80000000u, 0xFFFFFFFFu}) {
    const auto result = machine.manager->query_virtual_memory(*machine.space, {address});
    REQUIRE_FALSE(result);
    CHECK(result.error() == NtStatus::InvalidParameter);
  }
  CHECK(machine.manager->query_virtual_memory(*machine.space, {0x7FFEFFFF}));
}

TEST_CASE("A free region reaches to the next allocation", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x1000, kReserve, page::kReadWrite));
  CHECK(machine.query(kBase - 0x2800) ==
        RegionInformation{
            .base = {kBase - 0x3000}, .size = 0x3000, .state = kFree, .protect = page::kNoAccess});
  CHECK(machine.query(kBase + 0x1000) == RegionInformation{.base = {kBase + 0x1000},
                                                           .size = 0x7FFE0000 - kBase - 0x1000,
                                                           .state = kFree,
                                                           .protect = page::kNoAccess});
  CHECK(machine.query(0x7FFE1000).size == 0xF000);
  CHECK(machine.query(0).size == kBase);
}

TEST_CASE("A region is reported from the page of the address on", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve, page::kExecuteRead));
  REQUIRE(machine.allocate(kBase + 0x4000, 0x3000, kCommit, page::kReadWrite));
  CHECK(machine.query(kBase + 0x1234) == RegionInformation{.base = {kBase + 0x1000},
                                                           .allocation_base = {kBase},
                                                           .allocation_protect = page::kExecuteRead,
                                                           .size = 0x3000,
                                                           .state = kReserve,
                                                           .protect = 0,
                                                           .type = kPrivate});
  CHECK(machine.query(kBase + 0x5FFF) == RegionInformation{.base = {kBase + 0x5000},
                                                           .allocation_base = {kBase},
                                                           .allocation_protect = page::kExecuteRead,
                                                           .size = 0x2000,
                                                           .state = kCommit,
                                                           .protect = page::kReadWrite,
                                                           .type = kPrivate});
}

TEST_CASE("A region ends where the allocation does, however alike its neighbour is", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve | kCommit, page::kReadWrite));
  CHECK(machine.query(kBase).size == 0x10000);
  CHECK(machine.query(kBase + 0x10000).allocation_base.value == kBase + 0x10000);
}

TEST_CASE("Where a page is does not show", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  for (uint32_t i = 0; i < 8; ++i) REQUIRE(machine.write({kBase + i * kPageSize}, i) == kResolved);
  page_out(machine, {kBase});
  trim_out(machine, {kBase + 0x1000});
  REQUIRE(machine.free(kBase + 0x4000, 0x1000, kDecommit) == NtStatus::Success);
  REQUIRE(machine.allocate(kBase + 0x4000, 0x1000, kCommit, page::kReadWrite));  // an entry of its own
  CHECK(machine.query(kBase).size == 0x10000);
}

TEST_CASE("A region goes on across page tables, made or not", "[services]") {
  TestMachine machine;
  constexpr uint32_t kSize = 5 * kLargePageSize;
  REQUIRE(machine.allocate(kBase - 0x10000, kSize, kReserve, page::kReadWrite));
  CHECK(machine.query(kBase - 0x10000).size == kSize);
  REQUIRE(machine.allocate(kBase + kLargePageSize + 0x5000, 0x1000, kCommit, page::kReadWrite));
  CHECK(machine.query(kBase - 0x10000).size == kLargePageSize + 0x15000);
  CHECK(machine.query(kBase + kLargePageSize + 0x6000).size == kSize - kLargePageSize - 0x16000);
}

TEST_CASE("Reserved pages are alike whatever they were committed as", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.protect(kBase + 0x1000, 0x1000, page::kReadOnly));
  REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
  CHECK(machine.query(kBase).size == 0x10000);
  CHECK(machine.query(kBase).protect == 0);
}

TEST_CASE("Querying changes nothing", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x100000, kReserve | kCommit, page::kReadWrite));
  const Picture before = picture_of(machine);
  for (uint32_t address = 0; address < 0x7FFF0000;) {
    const RegionInformation region = machine.query(address);
    address = region.base.value + region.size;
  }
  CHECK(picture_of(machine) - before == Picture{});
}

}  // namespace
}  // namespace mm::test
