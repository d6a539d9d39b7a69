// MEM_RESET and MEM_RESET_UNDO (Microsoft's page on VirtualAlloc), on pages in every state.
#include "mm/services/reset.h"

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

constexpr uint32_t kBase = 0x10000000;

// One page per state that a touched page can be in.
struct Scene {
  TestMachine machine;
  uint32_t valid = kBase, clean = kBase + kPageSize, modified = kBase + 2 * kPageSize,
           standby = kBase + 3 * kPageSize, stored = kBase + 4 * kPageSize, untouched = kBase + 5 * kPageSize;
  uint32_t size = 6 * kPageSize;

  Scene() {
    REQUIRE(machine.allocate(kBase, size, kReserve | kCommit, page::kReadWrite));
    for (const uint32_t at : {clean, standby, stored}) REQUIRE(machine.write({at}, at) == kResolved);
    for (const uint32_t at : {clean, standby, stored}) trim_out(machine, {at});
    REQUIRE(write_modified(state_of(machine), PageCount{3}));
    take_standby_frame(stored);
    REQUIRE(machine.read({clean}) == clean);
    for (const uint32_t at : {valid, modified}) REQUIRE(machine.write({at}, at) == kResolved);
    trim_out(machine, {modified});
    check_consistent(machine);
  }

  // Somebody else gets the frame that the standby list still keeps for `at`.
  void take_standby_frame(uint32_t at) {
    MachineState& state = state_of(machine);
    const PageFrameNumber frame = machine.pte({at}).frame();
    const x86::Protection protection = machine.pte({at}).protection();
    state.tables.write(entry_of(machine, {at}), state.pfns[frame].original.with_protection(protection));
    state.pfns.take(frame);
    state.pfns.release(frame);
    check_consistent(machine);
  }
  NtStatus call(uint32_t type, uint32_t base, uint32_t bytes) {
    const auto result = machine.allocate(base, bytes, type, page::kReadWrite);
    return result ? NtStatus::Success : result.error();
  }
  NtStatus reset() { return call(kReset, kBase, size); }
  NtStatus undo(uint32_t at) { return call(kResetUndo, at, kPageSize); }
};

TEST_CASE("What is reset is written nowhere, and leaves its slots", "[services]") {
  Scene scene;
  const Picture before = picture_of(scene.machine);
  REQUIRE(scene.reset() == NtStatus::Success);
  // The modified page becomes a standby one; the slots were those of `clean`, `standby` and `stored`.
  CHECK(picture_of(scene.machine) - before == Picture{.standby = 1, .modified = -1, .slots = -3});
  for (const uint32_t at : {scene.valid, scene.clean}) trim_out(scene.machine, {at});
  CHECK(picture_of(scene.machine) - before ==
        Picture{.standby = 3, .modified = -1, .active = -2, .working_set = -2, .slots = -3});
  check_consistent(scene.machine);
}

TEST_CASE("What is reset is there until somebody needs its frame, then zeros", "[services]") {
  Scene scene;
  REQUIRE(scene.reset() == NtStatus::Success);
  for (const uint32_t at : {scene.valid, scene.clean, scene.modified, scene.standby})
    CHECK(scene.machine.read({at}) == at);
  CHECK(scene.machine.read({scene.stored}) == 0);
  for (const uint32_t at : {scene.valid, scene.clean, scene.modified, scene.standby}) {
    trim_out(scene.machine, {at});
    scene.take_standby_frame(at);
    CHECK(scene.machine.read({at}) == 0);
  }
}

TEST_CASE("What is written after a reset is kept", "[services]") {
  Scene scene;
  REQUIRE(scene.reset() == NtStatus::Success);
  for (const uint32_t at : {scene.valid, scene.clean, scene.modified, scene.standby, scene.stored}) {
    REQUIRE(scene.machine.write({at}, at + 1) == kResolved);
    trim_out(scene.machine, {at});
    CHECK(frame_of(scene.machine, {at}).state == PageState::Modified);
    CHECK(scene.machine.read({at}) == at + 1);
  }
  check_consistent(scene.machine);
}

TEST_CASE("A reset that is undone in time has lost nothing", "[services]") {
  Scene scene;
  REQUIRE(scene.reset() == NtStatus::Success);
  for (const uint32_t at : {scene.valid, scene.clean, scene.modified, scene.standby, scene.untouched})
    CHECK(scene.undo(at) == NtStatus::Success);
  CHECK(scene.undo(scene.stored) == NtStatus::Unsuccessful);
  for (const uint32_t at : {scene.valid, scene.clean, scene.modified, scene.standby}) {
    if (frame_of(scene.machine, {at}).state == PageState::Active) trim_out(scene.machine, {at});
    CHECK(frame_of(scene.machine, {at}).state == PageState::Modified);
    CHECK(scene.machine.read({at}) == at);
  }
  check_consistent(scene.machine);
}

// Reserved first and committed afterwards, so that pages that were never touched have entries.
TEST_CASE("A reset of pages that were never touched is undone, however they came to be committed",
          "[services]") {
  TestMachine machine;
  REQUIRE(machine.allocate(kBase, 4 * kPageSize, kReserve, page::kReadWrite));
  REQUIRE(machine.allocate(kBase, 4 * kPageSize, kCommit, page::kReadWrite));
  REQUIRE(machine.write({kBase}, 5) == kResolved);
  REQUIRE(machine.protect(kBase + kPageSize, kPageSize, page::kReadOnly));
  REQUIRE(machine.allocate(kBase, 4 * kPageSize, kReset, page::kNoAccess));
  CHECK(machine.allocate(kBase, 4 * kPageSize, kResetUndo, page::kNoAccess));
  CHECK(machine.read({kBase}) == 5);
  // What was lost stays lost, whatever happens to its protection.
  page_out(machine, {kBase});
  REQUIRE(machine.allocate(kBase, 4 * kPageSize, kReset, page::kNoAccess));
  REQUIRE(machine.protect(kBase, kPageSize, page::kReadOnly));
  const auto lost = machine.allocate(kBase, 4 * kPageSize, kResetUndo, page::kNoAccess);
  REQUIRE_FALSE(lost);
  CHECK(lost.error() == NtStatus::Unsuccessful);
  CHECK(machine.allocate(kBase + kPageSize, 3 * kPageSize, kResetUndo, page::kNoAccess));
}

TEST_CASE("Undoing where nothing was reset changes nothing", "[services]") {
  Scene scene;
  const Picture before = picture_of(scene.machine);
  CHECK(scene.call(kResetUndo, kBase, scene.size) == NtStatus::Success);
  CHECK(picture_of(scene.machine) - before == Picture{});
  CHECK(scene.machine.read({scene.stored}) == scene.stored);
}

TEST_CASE("Only whole pages are reset", "[services]") {
  Scene scene;
  const Picture before = picture_of(scene.machine);
  CHECK(scene.call(kReset, kBase + 1, 2 * kPageSize - 2) == NtStatus::Success);
  CHECK(picture_of(scene.machine) - before == Picture{});
  CHECK(scene.call(kReset, kBase + 1, 2 * kPageSize) == NtStatus::Success);  // `clean`, and a byte behind it
  CHECK(picture_of(scene.machine) - before == Picture{.slots = -1});
}

TEST_CASE("Only private memory is reset, of one allocation", "[services]") {
  TestMachine machine;
  REQUIRE(machine.manager->allocate_virtual_memory(*machine.space, {.base = {kBase},
                                                                    .size = kPageSize,
                                                                    .type = kReserve | kCommit,
                                                                    .protect = page::kReadOnly,
                                                                    .vad_type = VadType::Image}));
  for (const uint32_t type : {kReset, kResetUndo}) {
    for (const uint32_t at : {kBase, kBase + 0x10000, kSharedUserData.value}) {
      const auto result = machine.allocate(at, kPageSize, type, page::kReadWrite);
      REQUIRE_FALSE(result);
      CHECK(result.error() == NtStatus::ConflictingAddresses);
    }
  }
}

}  // namespace
}  // namespace mm::test
