// NtAllocateVirtualMemory: the rules of Microsoft's pages on VirtualAlloc and NtAllocateVirtualMemory.
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;

NtStatus status_of(const Result<MemoryRegion>& result) { return result ? NtStatus::Success : result.error(); }

// A machine with 64 KB reserved at kBase, its third page committed, and 64 KB reserved right behind it.
struct Reserved {
  TestMachine machine;
  Reserved() {
    REQUIRE(machine.allocate(kBase, 0x10000, kReserve, page::kReadWrite));
    REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve, page::kReadWrite));
    REQUIRE(machine.allocate(kBase + 0x2000, 0x1000, kCommit, page::kReadOnly));
  }
};

struct Refusal {
  const char* why;
  AllocateRequest request;
  NtStatus status;
};

TEST_CASE("Each wrong request is refused with its status and changes nothing", "[services]") {
  constexpr uint32_t kBoth = kReserve | kCommit;
  const Refusal refusals[] = {
      {"22 zero bits",
       {.zero_bits = 22, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter3},
      {"no room below the zero bits",
       {.zero_bits = 20, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::NoMemory},
      {"no type", {.size = 1, .type = 0, .protect = page::kReadWrite}, NtStatus::InvalidParameter5},
      {"top-down alone",
       {.size = 1, .type = kTopDown, .protect = page::kReadWrite},
       NtStatus::InvalidParameter5},
      {"a freeing type",
       {.size = 1, .type = kBoth | kRelease, .protect = page::kReadWrite},
       NtStatus::InvalidParameter5},
      {"an unknown type",
       {.size = 1, .type = kBoth | 0x40, .protect = page::kReadWrite},
       NtStatus::InvalidParameter5},
      {"no protection", {.size = 1, .type = kBoth, .protect = 0}, NtStatus::InvalidPageProtection},
      {"two protections",
       {.size = 1, .type = kBoth, .protect = page::kReadOnly | page::kReadWrite},
       NtStatus::InvalidPageProtection},
      {"write-copy",
       {.size = 1, .type = kBoth, .protect = page::kWriteCopy},
       NtStatus::InvalidPageProtection},
      {"execute-write-copy",
       {.size = 1, .type = kBoth, .protect = page::kExecuteWriteCopy},
       NtStatus::InvalidPageProtection},
      {"guarded no access",
       {.size = 1, .type = kBoth, .protect = page::kNoAccess | page::kGuard},
       NtStatus::InvalidPageProtection},
      {"guarded no cache",
       {.size = 1, .type = kBoth, .protect = page::kReadWrite | page::kGuard | page::kNoCache},
       NtStatus::InvalidPageProtection},
      {"an unknown protection",
       {.size = 1, .type = kBoth, .protect = 0x800},
       NtStatus::InvalidPageProtection},
      {"no size", {.size = 0, .type = kBoth, .protect = page::kReadWrite}, NtStatus::InvalidParameter4},
      {"more than there is",
       {.size = 0x7FFE0001, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter4},
      {"the largest size",
       {.size = 0xFFFFFFFF, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter4},
      {"past the end",
       {.base = {0x7FFE0000}, .size = 0x10001, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter4},
      {"wraps around",
       {.base = {kBase}, .size = 0xF0001000, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter4},
      {"above user space",
       {.base = {0x7FFF0000}, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter2},
      {"a system address",
       {.base = {0x80000000}, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::InvalidParameter2},
      {"on top of another",
       {.base = {kBase}, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"into the next",
       {.base = {kBase - 0x10000}, .size = 0x10001, .type = kBoth, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"over KUSER_SHARED_DATA",
       {.base = {0x7FFE0000}, .size = 1, .type = kReserve, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"commits what is free",
       {.base = {kBase + 0x20000}, .size = 1, .type = kCommit, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"commits across two reservations",
       {.base = {kBase + 0xF000}, .size = 0x1001, .type = kCommit, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"commits past a reservation",
       {.base = {kBase + 0x1F000}, .size = 0x1001, .type = kCommit, .protect = page::kReadWrite},
       NtStatus::ConflictingAddresses},
      {"more than the commit limit",
       {.size = 0x10000000, .type = kBoth, .protect = page::kReadWrite},
       NtStatus::CommitmentLimit},
  };
  for (const Refusal& refusal : refusals) {
    INFO(refusal.why);
    Reserved reserved;
    TestMachine& machine = reserved.machine;
    const Picture before = picture_of(machine);
    CHECK(status_of(machine.manager->allocate_virtual_memory(*machine.space, refusal.request)) ==
          refusal.status);
    CHECK(picture_of(machine) - before == Picture{});
    CHECK(machine.space->vads.size() == PageCount{3});
    check_consistent(machine);
  }
}

TEST_CASE("An address to reserve is rounded down to 64 KB, the end up to a page", "[services]") {
  TestMachine machine;
  const auto region = machine.allocate(kBase + 0x1FFF, 2, kReserve, page::kReadWrite);
  REQUIRE(region);
  CHECK(*region == MemoryRegion{{kBase}, 0x3000});
  const auto next = machine.allocate(kBase + 0x13000, 0x1000, kReserve, page::kReadWrite);
  REQUIRE(next);
  CHECK(*next == MemoryRegion{{kBase + 0x10000}, 0x4000});
}

TEST_CASE("An address to commit is rounded down to a page; each page that is touched is committed",
          "[services]") {
  Reserved reserved;
  TestMachine& machine = reserved.machine;
  const Picture before = picture_of(machine);
  const auto region = machine.allocate(kBase + 0x4FFF, 2, kCommit, page::kReadWrite);
  REQUIRE(region);
  CHECK(*region == MemoryRegion{{kBase + 0x4000}, 0x2000});
  CHECK(picture_of(machine) - before == Picture{.private_commit = 2, .commit = 2});
  CHECK(machine.query(kBase + 0x4000).size == 0x2000);
  CHECK(machine.write({kBase + 0x5FFC}, 1) == kResolved);
  CHECK(machine.write({kBase + 0x6000}, 1) == kViolation);
}

TEST_CASE("Without an address there is room at the lowest place, or with MEM_TOP_DOWN at the highest",
          "[services]") {
  TestMachine machine;
  const auto first = machine.allocate(0, 1, kReserve, page::kReadWrite);
  const auto second = machine.allocate(0, 0x10001, kReserve, page::kReadWrite);
  const auto third = machine.allocate(0, 1, kReserve, page::kReadWrite);
  REQUIRE((first && second && third));
  CHECK(*first == MemoryRegion{{0x000A0000}, 0x1000});
  CHECK(second->base == first->base + 0x10000);
  CHECK(second->size == 0x11000);
  CHECK(third->base == second->base + 0x20000);
  const auto top = machine.allocate(0, 1, kReserve | kTopDown, page::kReadWrite);
  REQUIRE(top);
  CHECK(top->base == VirtualAddress{0x7FFD0000});  // below KUSER_SHARED_DATA, which ends its 64 KB
  REQUIRE(machine.free(second->base.value, 0, kRelease) == NtStatus::Success);
  const auto again = machine.allocate(0, 0x20000, kReserve, page::kReadWrite);
  REQUIRE(again);
  CHECK(again->base == second->base);
}

TEST_CASE("Zero bits keep an allocation low", "[services]") {
  TestMachine machine;
  for (const uint32_t bits : {1u, 4u, 8u, 11u}) {
    for (const uint32_t type : {kReserve, kReserve | kTopDown}) {
      const auto region = machine.manager->allocate_virtual_memory(
          *machine.space, {.zero_bits = bits, .size = 0x10000, .type = type, .protect = page::kReadWrite});
      REQUIRE(region);
      CHECK((region->base.value + 0xFFFF) >> (32 - bits) == 0);
    }
  }
}

TEST_CASE("MEM_COMMIT without an address reserves as well", "[services]") {
  TestMachine machine;
  const auto region = machine.allocate(0, 0x3000, kCommit, page::kReadWrite);
  REQUIRE(region);
  const RegionInformation information = machine.query(region->base.value);
  CHECK(information.state == kCommit);
  CHECK(information.allocation_base == region->base);
  CHECK(information.size == 0x3000);
}

TEST_CASE("Reserving costs nothing, committing its pages and their page table", "[services]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  REQUIRE(machine.allocate(kBase, 0x100000, kReserve, page::kReadWrite));
  CHECK(picture_of(machine) - before == Picture{});
  REQUIRE(machine.allocate(kBase + 0x100000, 0x100000, kReserve | kCommit, page::kReadWrite));
  CHECK(picture_of(machine) - before == Picture{.private_commit = 256, .commit = 257});
}

TEST_CASE("Committing what is committed charges nothing, keeps the content and changes the protection",
          "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve, page::kReadWrite));
  REQUIRE(machine.allocate(kBase, 0x2000, kCommit, page::kReadWrite));
  REQUIRE(machine.write({kBase}, 7) == kResolved);
  const Picture before = picture_of(machine);
  REQUIRE(machine.allocate(kBase, 0x4000, kCommit, page::kReadOnly));
  CHECK(picture_of(machine) - before == Picture{.private_commit = 2, .commit = 2});
  CHECK(machine.query(kBase).size == 0x4000);
  CHECK(machine.query(kBase).protect == page::kReadOnly);
  CHECK(machine.read({kBase}) == 7);
  CHECK(machine.write({kBase}, 8) == kViolation);
}

TEST_CASE("What was decommitted and is committed again reads as zeros", "[services]") {
  for (const uint32_t type : {kReserve, kReserve | kCommit}) {
    TestMachine machine;
    REQUIRE(machine.allocate(kBase, 0x10000, type, page::kReadWrite));
    REQUIRE(machine.allocate(kBase, 0x3000, kCommit, page::kReadWrite));
    REQUIRE(machine.write({kBase + 0x1000}, 7) == kResolved);
    REQUIRE(machine.free(kBase + 0x1000, 0x1000, kDecommit) == NtStatus::Success);
    CHECK(machine.access({kBase + 0x1000}, Access::Read) == kViolation);
    REQUIRE(machine.allocate(kBase + 0x1000, 0x1000, kCommit, page::kExecuteReadWrite));
    CHECK(machine.query(kBase + 0x1000).protect == page::kExecuteReadWrite);
    CHECK(machine.read({kBase + 0x1000}) == 0);
  }
}

TEST_CASE("An image's write-copy is private memory that can be written", "[services]") {
  TestMachine machine;
  const auto region =
      machine.manager->allocate_virtual_memory(*machine.space, {.base = {kBase},
                                                                .size = 0x2000,
                                                                .type = kReserve | kCommit,
                                                                .protect = page::kExecuteWriteCopy,
                                                                .vad_type = VadType::Image});
  REQUIRE(region);
  CHECK(machine.query(kBase).protect == page::kExecuteReadWrite);
  CHECK(machine.query(kBase).allocation_protect == page::kExecuteWriteCopy);
  CHECK(machine.query(kBase).type == kImage);
  CHECK(machine.write({kBase}, 1) == kResolved);
  REQUIRE(machine.protect(kBase, 0x1000, page::kWriteCopy));
  CHECK(machine.query(kBase).protect == page::kReadWrite);
  CHECK(machine.write({kBase}, 2) == kResolved);
}

// Microsoft's page on NtAllocateVirtualMemory: "when ZeroBits is larger than 32, it becomes a bitmask".
TEST_CASE("Zero bits larger than 32 are a mask of the address", "[services]") {
  TestMachine machine;
  const auto top = [&](uint32_t zero_bits) {
    return machine.manager->allocate_virtual_memory(
        *machine.space,
        {.zero_bits = zero_bits, .size = 0x10000, .type = kReserve | kTopDown, .protect = page::kReadWrite});
  };
  CHECK(top(0x0FFFFFFF)->base == VirtualAddress{0x0FFF0000});
  CHECK(top(0x00400001)->base == VirtualAddress{0x007F0000});  // up to its highest bit
  CHECK(top(0xFFFFFFFF)->base == VirtualAddress{0x7FFD0000});
  for (const uint32_t bad : {22u, 32u, 33u, 0x3FFu})
    CHECK(status_of(top(bad)) == NtStatus::InvalidParameter3);
  CHECK(status_of(top(0x400)) == NtStatus::NoMemory);  // 2 KB, in which there is nothing
}

TEST_CASE("When nothing is left above it, what lies below 0x000A0000 is given out", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(0x000A0000, 0x7FFE0000 - 0x000A0000, kReserve, page::kReadWrite));
  const auto low = machine.allocate(0, 0x20000, kReserve, page::kReadWrite);
  REQUIRE(low);
  CHECK(low->base == VirtualAddress{0x00010000});
  CHECK(machine.allocate(0, 0x70000, kReserve, page::kReadWrite));
  const auto none = machine.allocate(0, 1, kReserve, page::kReadWrite);
  CHECK(status_of(none) == NtStatus::NoMemory);
}

TEST_CASE("An address space may begin its searches elsewhere", "[services]") {
  TestMachine machine;
  machine.space =
      *machine.manager->create_address_space(nullptr, {.lowest = {0x00C00000}, .highest = {0x7F3EFFFF}});
  const auto lowest = machine.allocate(0, 1, kReserve, page::kReadWrite);
  const auto highest = machine.allocate(0, 1, kReserve | kTopDown, page::kReadWrite);
  CHECK(lowest->base == VirtualAddress{0x00C00000});
  CHECK(highest->base == VirtualAddress{0x7F3E0000});
  // Without room on that side, all of user space counts.
  REQUIRE(machine.allocate(0x00C10000, 0x7F3E0000 - 0x00C10000, kReserve, page::kReadWrite));
  REQUIRE(machine.allocate(0x7F3F0000, 0x7FFE0000 - 0x7F3F0000, kReserve, page::kReadWrite));
  CHECK(machine.allocate(0, 1, kReserve, page::kReadWrite)->base == VirtualAddress{0x00010000});
  CHECK(machine.allocate(0, 1, kReserve | kTopDown, page::kReadWrite)->base == VirtualAddress{0x00BF0000});
}

TEST_CASE("KUSER_SHARED_DATA cannot be committed anew", "[services]") {
  TestMachine machine;
  CHECK_FALSE(machine.allocate(0x7FFE0000, 0x1000, kCommit, page::kReadWrite));
  CHECK(machine.access({0x7FFE0000}, Access::Write) == kViolation);
}

TEST_CASE("The paging file grows when commit needs it, up to its maximum", "[services]") {
  TestMachine machine({256}, {100}, {400});
  const PageCount limit = machine.manager->statistics().commit.limit;
  const PageCount charge = machine.manager->statistics().commit.charge;
  const uint32_t room = (limit - charge).value;
  CHECK(machine.manager->statistics().pagefile.size == PageCount{100});
  REQUIRE(machine.allocate(0, (room + 50) * kPageSize, kReserve | kCommit, page::kReadWrite));
  CHECK(machine.manager->statistics().pagefile.size == PageCount{151});  // a page table was charged as well
  CHECK(machine.manager->statistics().commit.limit == limit + PageCount{51});
  const auto refused = machine.allocate(0, 250 * kPageSize, kReserve | kCommit, page::kReadWrite);
  CHECK(status_of(refused) == NtStatus::CommitmentLimit);
  CHECK(machine.manager->statistics().commit.charge == limit + PageCount{51});
  CHECK(machine.manager->statistics().pagefile.size ==
        PageCount{151});  // a refusal takes no room on the disk
  REQUIRE(machine.allocate(0, 249 * kPageSize, kReserve | kCommit, page::kReadWrite));
  CHECK(machine.manager->statistics().pagefile.size == PageCount{400});
  check_consistent(machine);
}

TEST_CASE("A disk that is full ends the paging file's growth", "[services]") {
  TestMachine machine({256}, {100}, {400});
  machine.storage->largest = 101;
  const Picture before = picture_of(machine);
  CHECK(status_of(machine.allocate(0, 350 * kPageSize, kReserve | kCommit, page::kReadWrite)) ==
        NtStatus::CommitmentLimit);
  CHECK(picture_of(machine) - before == Picture{});
}

}  // namespace
}  // namespace mm::test
