// NtProtectVirtualMemory: the rules of Microsoft's page on VirtualProtect.
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;

struct Row {
  const char* why;
  uint32_t base, size, protect;
  NtStatus status;
};

TEST_CASE("Each wrong request is refused with its status and protects nothing", "[services]") {
  const Row rows[] = {
      {"no size", kBase, 0, page::kReadOnly, NtStatus::InvalidParameter3},
      {"above user space", 0x7FFF0000, 1, page::kReadOnly, NtStatus::InvalidParameter2},
      {"wraps around", kBase, 0xFFFFFFFF, page::kReadOnly, NtStatus::InvalidParameter3},
      {"past the end", kBase, 0x70000000, page::kReadOnly, NtStatus::InvalidParameter3},
      {"no protection", kBase, 1, 0, NtStatus::InvalidPageProtection},
      {"two protections", kBase, 1, page::kReadOnly | page::kExecute, NtStatus::InvalidPageProtection},
      {"write-copy of private memory", kBase, 1, page::kWriteCopy, NtStatus::InvalidPageProtection},
      {"guard alone", kBase, 1, page::kGuard, NtStatus::InvalidPageProtection},
      {"free memory", kBase - 0x1000, 1, page::kReadOnly, NtStatus::ConflictingAddresses},
      {"across two reservations", kBase + 0xF000, 0x1001, page::kReadOnly, NtStatus::ConflictingAddresses},
      {"past the last", kBase + 0x1F000, 0x1001, page::kReadOnly, NtStatus::ConflictingAddresses},
      {"not all committed", kBase, 0x9000, page::kReadOnly, NtStatus::NotCommitted},
      {"not committed at all", kBase + 0x8000, 1, page::kReadOnly, NtStatus::NotCommitted},
      {"KUSER_SHARED_DATA", 0x7FFE0000, 1, page::kReadWrite, NtStatus::InvalidPageProtection},
  };
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve, page::kReadWrite));
  REQUIRE(machine.allocate(kBase, 0x8000, kCommit, page::kReadWrite));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.write({kBase}, 5) == kResolved);
  const Picture before = picture_of(machine);
  for (const Row& row : rows) {
    INFO(row.why);
    const auto result = machine.protect(row.base, row.size, row.protect);
    REQUIRE_FALSE(result);
    CHECK(result.error() == row.status);
    CHECK(picture_of(machine) - before == Picture{});
    CHECK(machine.query(kBase).protect == page::kReadWrite);
    CHECK(machine.query(kBase).size == 0x8000);
  }
}

TEST_CASE("Each page with a byte of the range is protected; the first page's old protection is told",
          "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.protect(kBase + 0x2000, 0x1000, page::kExecuteRead));
  const auto result = machine.protect(kBase + 0x1FFF, 2, page::kReadOnly);
  REQUIRE(result);
  CHECK(*result == ProtectedRegion{{{kBase + 0x1000}, 0x2000}, page::kReadWrite});
  const auto again = machine.protect(kBase + 0x2000, 0x2000, page::kNoAccess);
  REQUIRE(again);
  CHECK(again->old_protect == page::kReadOnly);
  CHECK(machine.query(kBase).size == 0x1000);
  CHECK(machine.query(kBase + 0x1000).protect == page::kReadOnly);
  CHECK(machine.query(kBase + 0x2000).protect == page::kNoAccess);
  CHECK(machine.query(kBase + 0x4000).protect == page::kReadWrite);
}

TEST_CASE("Every protection can be set on every kind of page and is told back, content kept", "[services]") {
  const uint32_t protections[] = {page::kNoAccess,
                                  page::kReadOnly,
                                  page::kReadWrite,
                                  page::kExecute,
                                  page::kExecuteRead,
                                  page::kExecuteReadWrite,
                                  page::kReadWrite | page::kGuard,
                                  page::kReadOnly | page::kNoCache,
                                  page::kReadWrite | page::kWriteCombine};
  for (const uint32_t first : protections) {
    for (const uint32_t second : protections) {
      INFO(first << " then " << second);
      TestMachine machine;
      REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
      // never touched, valid, modified, standby, paged out
      for (uint32_t i = 1; i < 5; ++i) REQUIRE(machine.write({kBase + i * kPageSize}, i) == kResolved);
      page_out(machine, {kBase + 4 * kPageSize});
      trim_out(machine, {kBase + 3 * kPageSize});
      REQUIRE(write_modified(state_of(machine), {1}));
      trim_out(machine, {kBase + 2 * kPageSize});
      REQUIRE(machine.protect(kBase, 5 * kPageSize, first));
      CHECK(machine.query(kBase).protect == first);
      CHECK(machine.query(kBase).size == (first == page::kReadWrite ? 0x10000u : 0x5000u));
      const auto result = machine.protect(kBase, 5 * kPageSize, second);
      REQUIRE(result);
      CHECK(result->old_protect == first);
      CHECK(machine.query(kBase).protect == second);
      REQUIRE(machine.protect(kBase, 5 * kPageSize, page::kReadWrite));
      for (uint32_t i = 0; i < 5; ++i) REQUIRE(machine.read({kBase + i * kPageSize}) == i);
    }
  }
}

TEST_CASE("Protecting as it is already changes nothing", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.write({kBase}, 5) == kResolved);
  const Picture before = picture_of(machine);
  const x86::Pte pte = machine.pte({kBase});
  REQUIRE(machine.protect(kBase, 0x10000, page::kReadWrite));
  CHECK(picture_of(machine) - before == Picture{});
  CHECK(machine.pte({kBase}) == pte);
  CHECK(machine.pte({kBase + 0x1000}).raw == 0);
}

TEST_CASE("What was protected keeps it when it is decommitted and committed as something else",
          "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.protect(kBase, 0x1000, page::kNoAccess));
  REQUIRE(machine.free(kBase, 0x1000, kDecommit) == NtStatus::Success);
  const auto refused = machine.protect(kBase, 0x1000, page::kReadOnly);
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::NotCommitted);
  REQUIRE(machine.allocate(kBase, 0x1000, kCommit, page::kReadOnly));
  CHECK(machine.query(kBase).protect == page::kReadOnly);
}

}  // namespace
}  // namespace mm::test
