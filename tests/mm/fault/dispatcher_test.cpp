#include "mm/fault/dispatcher.h"

#include <string>

#include "mm/process/allocations.h"
#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

// The stages of faults, in words.
struct Stages final : EventSink {
  std::vector<Event> events;

  void on_event(const Event& event) override { events.push_back(event); }
  std::string text() const {
    static const char* const kNames[] = {"taken",   "walk",   "vad",        "checked",  "refused",
                                         "decoded", "chosen", "table made", "short",    "frame",
                                         "lost",    "found",  "read",       "failed",   "wrote",
                                         "pte",     "guard",  "trimmed",    "resolved", "raised"};
    std::string all;
    for (const Event& event : events) {
      if (!all.empty()) all += ", ";
      all += kNames[static_cast<size_t>(event.kind)];
    }
    return all;
  }
};

struct Watched {
  TestMachine machine;
  VirtualAddress address{machine.commit(2 * kPageSize)};
  Stages stages;

  std::string fault(VirtualAddress at, Access access = Access::Read) {
    machine.manager->listen(&stages);
    stages.events.clear();
    (void)machine.manager->fault(*machine.space, {at, access}, {});
    machine.manager->listen(nullptr);
    return stages.text();
  }
  const Event& last() const { return stages.events.back(); }
};

TEST_CASE("The stages of a fault are announced in their order", "[fault]") {
  Watched watched;
  CHECK(watched.fault(watched.address) ==
        "taken, walk, vad, decoded, checked, chosen, frame, table made, frame, pte, resolved");
  CHECK(watched.fault(watched.address + kPageSize, Access::Write) ==
        "taken, walk, vad, decoded, checked, chosen, frame, pte, resolved");
  const std::vector<Event>& events = watched.stages.events;
  CHECK(events[0].value == static_cast<uint32_t>(Access::Write));
  CHECK(events[1].value == static_cast<uint32_t>(x86::Walk::End::NotPresent));
  CHECK(events[1].frame == entry_of(watched.machine, watched.address).frame());
  CHECK(events[2].value == watched.address.page().value());
  CHECK(events[3].value == static_cast<uint32_t>(x86::PteKind::Unknown));
  CHECK(events[4].value == x86::protection::kReadWrite.code);
  CHECK(events[5].value == static_cast<uint32_t>(Resolver::DemandZero));
  CHECK(events[6].value == static_cast<uint32_t>(PageState::Zeroed));
  CHECK(events[7].frame == watched.machine.pte(watched.address + kPageSize).frame());
  CHECK(events[7].value == watched.machine.pte(watched.address + kPageSize).raw);
  CHECK(watched.last().value == static_cast<uint32_t>(FaultKind::DemandZero));
  for (const size_t stage : std::initializer_list<size_t>{0, 1, 2, 3, 4, 5, 7, 8}) {
    CHECK(events[stage].space == watched.machine.space->id());
    CHECK(events[stage].address == watched.address + kPageSize);
  }
}

TEST_CASE("Each kind of fault has its own stages", "[fault]") {
  Watched watched;
  TestMachine& machine = watched.machine;
  REQUIRE(machine.write(watched.address, 3) == kResolved);
  trim_out(machine, watched.address);
  CHECK(watched.fault(watched.address) == "taken, walk, vad, decoded, checked, chosen, found, pte, resolved");
  CHECK(watched.stages.events[6].value == static_cast<uint32_t>(PageState::Modified));
  CHECK(watched.stages.events[6].frame == machine.pte(watched.address).frame());
  CHECK(watched.last().value == static_cast<uint32_t>(FaultKind::Transition));
  page_out(machine, watched.address);
  CHECK(watched.fault(watched.address) ==
        "taken, walk, vad, decoded, checked, chosen, frame, read, pte, resolved");
  CHECK(watched.stages.events[5].value == static_cast<uint32_t>(Resolver::PagingFile));
  CHECK(watched.last().value == static_cast<uint32_t>(FaultKind::PagingFile));
  trim_out(machine, watched.address);
  CHECK(watched.fault(watched.address) == "taken, walk, vad, decoded, checked, chosen, found, pte, resolved");
  CHECK(watched.stages.events[6].value == static_cast<uint32_t>(PageState::Standby));
  CHECK(watched.fault({0x1000}) == "taken, walk, refused, raised");
  CHECK(watched.last().value == static_cast<uint32_t>(NtStatus::AccessViolation));
  REQUIRE(machine.protect(watched.address.value, kPageSize, x86::page::kReadWrite | x86::page::kGuard));
  CHECK(watched.fault(watched.address) == "taken, walk, vad, decoded, checked, chosen, pte, guard, raised");
  CHECK(watched.stages.events[7].address == watched.address);
  CHECK(watched.stages.events[7].value == x86::protection::kReadWrite.code);
  CHECK(watched.last().value == static_cast<uint32_t>(NtStatus::GuardPageViolation));
}

TEST_CASE("A refused access is announced with its reason", "[fault]") {
  using namespace allocation;
  Watched watched;
  TestMachine& machine = watched.machine;
  const auto reason = [&](VirtualAddress at, Access access) {
    (void)watched.fault(at, access);
    for (const Event& event : watched.stages.events) {
      if (event.kind == Event::Kind::AccessRefused) return static_cast<AccessRefusal>(event.value);
    }
    return AccessRefusal::None;
  };
  constexpr uint32_t kBase = 0x20000000;
  REQUIRE(machine.allocate(kBase, 3 * kPageSize, kReserve, x86::page::kReadWrite));
  REQUIRE(machine.allocate(kBase + kPageSize, 2 * kPageSize, kCommit, x86::page::kReadOnly));
  CHECK(reason({0x1000}, Access::Read) == AccessRefusal::Free);
  CHECK(reason({0x80000000}, Access::Read) == AccessRefusal::System);
  CHECK(reason({kBase}, Access::Read) == AccessRefusal::Reserved);
  CHECK(reason({kBase + kPageSize}, Access::Write) == AccessRefusal::ReadOnly);
  CHECK(reason({kBase + kPageSize}, Access::Read) == AccessRefusal::None);
  CHECK(reason({kBase + kPageSize}, Access::Write) == AccessRefusal::ReadOnly);  // valid by now
  CHECK(reason(kSharedUserData, Access::Write) == AccessRefusal::ReadOnly);
  REQUIRE(machine.protect(kBase + kPageSize, kPageSize, x86::page::kNoAccess));
  CHECK(reason({kBase + kPageSize}, Access::Read) == AccessRefusal::NoAccess);
  REQUIRE(machine.free(kBase + 2 * kPageSize, kPageSize, kDecommit) == NtStatus::Success);
  CHECK(reason({kBase + 2 * kPageSize}, Access::Read) == AccessRefusal::Reserved);
  REQUIRE(machine.free(watched.address.value, kPageSize, kDecommit) == NtStatus::Success);
  CHECK(reason(watched.address, Access::Read) == AccessRefusal::Decommitted);
}

TEST_CASE("A read that fails, and balancing for want of frames, are announced", "[fault]") {
  Watched watched;
  TestMachine& machine = watched.machine;
  REQUIRE(machine.write(watched.address, 3) == kResolved);
  page_out(machine, watched.address);
  machine.storage->reads_until_failure = 0;
  CHECK(watched.fault(watched.address) ==
        "taken, walk, vad, decoded, checked, chosen, frame, failed, raised");
  CHECK(watched.stages.events[7].value == machine.pte(watched.address).slot().slot);
  const HeldFrames all(machine);
  CHECK(watched.fault(watched.address).starts_with("short"));
  CHECK(watched.stages.events[0].value == 0);
}

TEST_CASE("A page that loses its frame from standby is announced before the frame is taken", "[fault]") {
  Watched watched;
  TestMachine& machine = watched.machine;
  constexpr uint32_t kCached = 64;
  const uint32_t base = machine.commit(kCached * kPageSize);
  for (uint32_t i = 0; i < kCached; ++i) {
    REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
    trim_out(machine, {base + i * kPageSize});
  }
  REQUIRE(machine.write(watched.address, 3) == kResolved);  // the page table's frame is there
  REQUIRE(write_modified(state_of(machine), PageCount{kCached}));
  const PageFrameNumber frame = machine.pte({base}).frame();
  const HeldFrames rest(machine, kCached);
  CHECK(watched.fault(watched.address + kPageSize) ==
        "taken, walk, vad, decoded, checked, chosen, lost, pte, frame, pte, resolved");
  CHECK(watched.stages.events[6].address == VirtualAddress{base});
  CHECK(watched.stages.events[6].frame == frame);
}

TEST_CASE("Nobody has to listen, and who does changes nothing", "[fault]") {
  TestMachine quiet, heard;
  Stages stages;
  heard.manager->listen(&stages);
  for (TestMachine* machine : {&quiet, &heard}) {
    const uint32_t base = machine->commit(100 * kPageSize);
    for (uint32_t i = 0; i < 100; ++i) REQUIRE(machine->write({base + i * kPageSize}, i) == kResolved);
    trim_out(*machine, {base});
    REQUIRE(machine->read({base}) == 0);
  }
  CHECK(picture_of(quiet) == picture_of(heard));
  CHECK_FALSE(stages.events.empty());
  heard.manager->listen(nullptr);
}

TEST_CASE("A resolver that finds no frame has changed nothing but page tables made", "[fault]") {
  TestMachine machine;
  const VirtualAddress address{machine.commit(kPageSize)};
  const HeldFrames rest(machine, beyond_reserve(machine, 1));
  const Picture before = picture_of(machine);
  CHECK_FALSE(serve_fault(state_of(machine), *machine.space, {address}));
  Picture change = picture_of(machine) - before;
  CHECK(change.zeroed + change.free == -1);
  change.zeroed = change.free = 0;
  CHECK(change == Picture{.active = 1, .page_tables = 1});
  // The memory manager takes the table away when it finds no frame either.
  CHECK(find_disagreement(machine.manager->state()));
  drop_empty_tables(state_of(machine), *machine.space, PageRange::touching(address, 1));
  CHECK(picture_of(machine).page_tables == before.page_tables);
  check_consistent(machine);
}

}  // namespace
}  // namespace mm::test
