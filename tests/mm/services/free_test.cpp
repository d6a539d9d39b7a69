// NtFreeVirtualMemory: the rules of Microsoft's pages on VirtualFree and NtFreeVirtualMemory.
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;

struct Row {
  const char* why;
  uint32_t base, size, type;
  NtStatus status;
};

TEST_CASE("Each wrong request is refused with its status and frees nothing", "[services]") {
  const Row rows[] = {
      {"no type", kBase, 0, 0, NtStatus::InvalidParameter4},
      {"both types", kBase, 0, kDecommit | kRelease, NtStatus::InvalidParameter4},
      {"another type", kBase, 0, kCommit, NtStatus::InvalidParameter4},
      {"a system address", 0x80000000, 1, kRelease, NtStatus::InvalidParameter2},
      {"above user space", 0x7FFF0000, 0, kRelease, NtStatus::InvalidParameter2},
      {"past the end", kBase, 0x70000000, kRelease, NtStatus::InvalidParameter3},
      {"wraps around", kBase, 0xFFFFFFFF, kDecommit, NtStatus::InvalidParameter3},
      {"free memory", kBase - 0x10000, 0, kRelease, NtStatus::MemoryNotAllocated},
      {"free memory, by size", kBase + 0x20000, 1, kDecommit, NtStatus::MemoryNotAllocated},
      {"null", 0, 0, kRelease, NtStatus::MemoryNotAllocated},
      {"size 0 not at the base", kBase + 0x1000, 0, kRelease, NtStatus::FreeVmNotAtBase},
      {"decommit size 0 not at the base", kBase + 0x1000, 0, kDecommit, NtStatus::FreeVmNotAtBase},
      {"past the allocation", kBase, 0x10001, kRelease, NtStatus::UnableToFreeVm},
      {"decommit past the allocation", kBase + 0xF000, 0x1001, kDecommit, NtStatus::UnableToFreeVm},
      {"KUSER_SHARED_DATA", 0x7FFE0000, 0, kRelease, NtStatus::InvalidPageProtection},
  };
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.write({kBase}, 5) == kResolved);
  const Picture before = picture_of(machine);
  for (const Row& row : rows) {
    INFO(row.why);
    CHECK(machine.free(row.base, row.size, row.type) == row.status);
    CHECK(picture_of(machine) - before == Picture{});
  }
  CHECK(machine.read({kBase}) == 5);
}

// What decommitting `bytes` at an offset gives up, in pages of a 16-page allocation that was touched
// throughout.
TEST_CASE("Decommitting takes each page that contains a byte of the range", "[services]") {
  struct Range {
    uint32_t offset, size, first, pages;
  };
  for (const uint32_t type : {kReserve, kReserve | kCommit}) {
    for (const Range& range : {Range{0, 1, 0, 1}, {0x1FFF, 2, 1, 2}, {0, 0, 0, 16}, {0x3000, 0x2000, 3, 2}}) {
      INFO("offset " << range.offset << ", size " << range.size);
      TestMachine machine;
      REQUIRE(machine.allocate(kBase, 0x10000, type, page::kReadWrite));
      REQUIRE(machine.allocate(kBase, 0x10000, kCommit, page::kReadWrite));
      for (uint32_t i = 0; i < 16; ++i) REQUIRE(machine.write({kBase + i * kPageSize}, i + 1) == kResolved);
      const Picture before = picture_of(machine);
      REQUIRE(machine.free(kBase + range.offset, range.size, kDecommit) == NtStatus::Success);
      const int64_t gone = range.pages;
      // Where what has no entry is only reserved, the table goes with its last entry, and so does its charge.
      const int64_t table = type == kReserve && range.pages == 16 ? 1 : 0;
      CHECK(picture_of(machine) - before == Picture{.free = gone + table,
                                                    .active = -gone - table,
                                                    .working_set = -gone,
                                                    .page_tables = -table,
                                                    .private_commit = -gone,
                                                    .commit = -gone - table});
      for (uint32_t i = 0; i < 16; ++i) {
        const bool decommitted = i >= range.first && i < range.first + range.pages;
        CHECK(machine.query(kBase + i * kPageSize).state == (decommitted ? kReserve : kCommit));
        CHECK(machine.access({kBase + i * kPageSize}, Access::Read) ==
              (decommitted ? kViolation : kResolved));
      }
    }
  }
}

TEST_CASE("Decommitting what is not committed succeeds and changes nothing", "[services]") {
  for (const uint32_t type : {kReserve, kReserve | kCommit}) {
    TestMachine machine;
    REQUIRE(machine.allocate(kBase, 0x10000, type, page::kReadWrite));
    REQUIRE(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
    const Picture before = picture_of(machine);
    CHECK(machine.free(kBase, 0, kDecommit) == NtStatus::Success);
    CHECK(machine.free(kBase + 0x1800, 1, kDecommit) == NtStatus::Success);
    CHECK(picture_of(machine) - before == Picture{});
    CHECK(machine.query(kBase).state == kReserve);
  }
}

TEST_CASE("Releasing gives back everything: frames, slots, commit, page tables", "[services]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  REQUIRE(machine.allocate(kBase, 0x20000, kReserve, page::kReadWrite));
  REQUIRE(machine.allocate(kBase, 0x8000, kCommit, page::kReadWrite));
  for (uint32_t i = 0; i < 8; ++i) REQUIRE(machine.write({kBase + i * kPageSize}, i) == kResolved);
  page_out(machine, {kBase});
  trim_out(machine, {kBase + 0x1000});
  REQUIRE(machine.protect(kBase + 0x2000, 0x1000, page::kNoAccess));
  REQUIRE(machine.free(kBase + 0x4, 0, kRelease) == NtStatus::Success);  // any address in the first page
  const Picture change = picture_of(machine) - before;
  CHECK(change.commit == 0);
  CHECK(change.private_commit == 0);
  CHECK(change.slots == 0);
  CHECK(change.page_tables == 0);
  CHECK(change.active == 0);
  CHECK(change.standby + change.modified == 0);
  CHECK(change.zeroed + change.free == 0);
  CHECK(machine.query(kBase).state == kFree);
}

TEST_CASE("A released page in the middle can be allocated again on 64 KB only", "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 0x30000, kReserve, page::kReadWrite));
  REQUIRE(machine.free(kBase + 0xF000, 0x11000, kRelease) == NtStatus::Success);
  CHECK(machine.query(kBase + 0xF000).state == kFree);
  CHECK(machine.query(kBase + 0xF000).size == 0x11000);
  const auto region = machine.allocate(kBase + 0x10000, 0x10000, kReserve, page::kReadWrite);
  REQUIRE(region);
  CHECK_FALSE(
      machine.allocate(kBase + 0xF000, 0x1000, kReserve, page::kReadWrite));  // rounds down into the first
}

TEST_CASE("An image is unmapped, not freed", "[services]") {
  TestMachine machine;
  const Picture before = picture_of(machine);
  const auto image = machine.manager->allocate_virtual_memory(
      *machine.space, {.size = 4 * kPageSize,
                       .type = allocation::kReserve | allocation::kCommit,
                       .protect = x86::page::kExecuteWriteCopy,
                       .vad_type = VadType::Image});
  REQUIRE(image);
  const uint32_t base = image->base.value;
  REQUIRE(machine.write({base + kPageSize}, 1) == kResolved);
  CHECK(machine.free(base, 0, allocation::kRelease) == NtStatus::UnableToDeleteSection);
  CHECK(machine.free(base + kPageSize, kPageSize, allocation::kDecommit) == NtStatus::UnableToDeleteSection);
  CHECK(machine.read({base + kPageSize}) == 1);
  REQUIRE(machine.manager->unmap_view_of_section(*machine.space, {base + kPageSize + 5}));
  machine.manager->verify();
  CHECK(machine.query(base).state == allocation::kFree);
  const auto gone = machine.manager->unmap_view_of_section(*machine.space, {base});
  REQUIRE_FALSE(gone);
  CHECK(gone.error() == NtStatus::NotMappedView);
  const Picture change = picture_of(machine) - before;
  CHECK(change.commit == 0);
  CHECK(change.private_commit == 0);
  CHECK(change.page_tables == 0);
}

TEST_CASE("What is secured, only the kernel changes", "[services]") {
  TestMachine machine;
  AllocateRequest request{.size = 4 * kPageSize,
                          .type = allocation::kReserve,
                          .protect = x86::page::kReadWrite,
                          .security = VadSecurity::Secured};
  const auto made = machine.manager->allocate_virtual_memory(*machine.space, request);
  REQUIRE(made);
  const uint32_t base = made->base.value;
  request.base = made->base, request.type = allocation::kCommit;
  REQUIRE(machine.manager->allocate_virtual_memory(*machine.space, request));
  const NtStatus refused = NtStatus::InvalidPageProtection;
  CHECK(machine.allocate(base, kPageSize, allocation::kCommit, x86::page::kReadWrite).error() == refused);
  CHECK(machine.protect(base, kPageSize, x86::page::kReadOnly).error() == refused);
  CHECK(machine.free(base, kPageSize, allocation::kDecommit) == refused);
  CHECK(machine.free(base, 0, allocation::kRelease) == refused);
  CHECK(machine.write({base}, 1) == kResolved);
  for (const uint32_t type : {allocation::kDecommit, allocation::kRelease})
    CHECK(machine.manager->free_virtual_memory(*machine.space, {{base}, 0}, type, VadSecurity::Secured));
  machine.manager->verify();
}

TEST_CASE("A process pays for its VADs, and what it cannot pay for changes nothing", "[services]") {
  TestMachine machine;
  const auto quota = std::make_shared<PoolQuota>(machine.manager->state().pool, 2 * Vad::kPoolSize);
  machine.space->pool_quota = quota;
  REQUIRE(machine.allocate(kBase, 0x10000, kReserve | kCommit, page::kReadWrite));
  REQUIRE(machine.allocate(kBase + 0x10000, 0x10000, kReserve, page::kReadWrite));
  CHECK(quota->used() == 2 * Vad::kPoolSize);
  const Picture before = picture_of(machine);
  CHECK(machine.allocate(kBase + 0x20000, 0x10000, kReserve, page::kReadWrite).error() ==
        NtStatus::QuotaExceeded);
  CHECK(machine.free(kBase + kPageSize, kPageSize, kRelease) == NtStatus::QuotaExceeded);
  CHECK(picture_of(machine) - before == Picture{});
  CHECK(machine.free(kBase + 0x10000, 0, kRelease) == NtStatus::Success);
  CHECK(quota->used() == Vad::kPoolSize);
  CHECK(machine.free(kBase + kPageSize, kPageSize, kRelease) == NtStatus::Success);
  CHECK(quota->used() == 2 * Vad::kPoolSize);
  machine.manager->delete_address_space(*machine.space);
  CHECK(quota->used() == 0);
  machine.manager->verify();
}

}  // namespace
}  // namespace mm::test
