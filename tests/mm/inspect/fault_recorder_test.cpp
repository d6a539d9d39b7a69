#include "mm/inspect/fault_recorder.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

// A scene whose faults are recorded.
struct Recorded {
  Scene scene;
  FaultRecorder recorder;
  uint64_t time = 0;

  Recorded() { scene.machine.manager->listen(&recorder); }
  ~Recorded() { scene.machine.manager->listen(nullptr); }

  const FaultStory& fault(VirtualAddress address, Access access = Access::Read) {
    const FaultIdentity who{4, 8, {0x401000}, {address, access, Mode::User}, time};
    recorder.begin(scene.state(), scene.space(), who);
    const FaultOutcome outcome = scene.machine.manager->fault(*scene.machine.space, who.fault, {});
    recorder.end(outcome, time += 1000);
    return *recorder.latest();
  }
  const FaultStory& fault(Scene::Page page, Access access = Access::Read) {
    return fault(Scene::at(page), access);
  }
};

TEST_CASE("A story holds who, what was there before, what happened, and the counts around it", "[inspect]") {
  Recorded recorded;
  const uint32_t old = recorded.scene.raw_pte(Scene::kPagedOut);
  const Picture before = picture_of(recorded.scene.machine);
  const FaultStory& story = recorded.fault(Scene::at(Scene::kPagedOut) + 4, Access::Write);
  const Picture after = picture_of(recorded.scene.machine);
  CHECK(story.sequence == 1);
  CHECK(story.state == FaultStory::State::Ended);
  CHECK(story.who.process == 4);
  CHECK(story.who.thread == 8);
  CHECK(story.who.fault.address == Scene::at(Scene::kPagedOut) + 4);
  CHECK(story.space == recorded.scene.space().id());
  CHECK(story.walk.pde().raw == recorded.scene.raw_pde(Scene::kBase));
  CHECK(story.walk.pte().raw == old);
  REQUIRE(story.vad);
  CHECK(story.vad->range.begin == VirtualPageNumber(0x10000));
  CHECK(story.outcome == kResolved);
  CHECK(kind_of(story) == FaultKind::PagingFile);
  CHECK(cost_of(story) == FaultCost::Hard);
  CHECK(story.end_time - story.who.time == 1000);
  CHECK(story.before.free.value == before.free);
  CHECK(story.after.free.value == after.free);
  CHECK(story.after.active.value == before.active + 1);
  CHECK(story.before.working_set.value == before.working_set);
  CHECK(story.after.working_set.value == before.working_set + 1);
  CHECK(story.after.slots_used.value == after.slots);
  CHECK(story.before.commit_charge.value == before.commit);
  const Event* read = story.find(Event::Kind::SlotRead);
  REQUIRE(read != nullptr);
  CHECK(read->value == old >> 12);
  CHECK(read->frame.value() == recorded.scene.raw_frame(Scene::kPagedOut));
  CHECK(story.events_lost == 0);
}

TEST_CASE("Every kind of fault is told from its story", "[inspect]") {
  struct Row {
    VirtualAddress address;
    FaultKind kind;
    FaultCost cost;
  };
  const Row rows[] = {{Scene::at(Scene::kUntouched), FaultKind::DemandZero, FaultCost::Soft},
                      {Scene::at(Scene::kModified), FaultKind::Transition, FaultCost::Soft},
                      {Scene::at(Scene::kStandby), FaultKind::Transition, FaultCost::Soft},
                      {Scene::at(Scene::kPagedOut), FaultKind::PagingFile, FaultCost::Hard},
                      {Scene::at(Scene::kGuard), FaultKind::Guard, FaultCost::Raised},
                      {Scene::at(Scene::kDecommitted), FaultKind::AccessViolation, FaultCost::Raised},
                      {{0x1000}, FaultKind::AccessViolation, FaultCost::Raised}};
  Recorded recorded;
  for (const Row& row : rows) {
    const FaultStory& story = recorded.fault(row.address);
    CHECK(kind_of(story) == row.kind);
    CHECK(cost_of(story) == row.cost);
  }
  CHECK_FALSE(recorded.recorder.latest()->vad);
  recorded.scene.machine.storage->reads_until_failure = 0;
  page_out(recorded.scene.machine, Scene::at(Scene::kResident));
  CHECK(kind_of(recorded.fault(Scene::kResident)) == FaultKind::InPageError);
}

TEST_CASE("Balancing is counted, not listed", "[inspect]") {
  Recorded recorded;
  TestMachine& machine = recorded.scene.machine;
  const uint32_t base = machine.commit(100 * kPageSize);
  for (uint32_t i = 0; i < 100; ++i) REQUIRE(machine.write({base + i * kPageSize}, i) == kResolved);
  const HeldFrames all(machine);
  const Picture before = picture_of(machine);
  const FaultStory& story = recorded.fault(Scene::kUntouched);
  const Picture change = picture_of(machine) - before;
  CHECK(story.outcome == kResolved);
  REQUIRE(story.find(Event::Kind::FramesShort) != nullptr);
  CHECK(story.find(Event::Kind::FramesShort)->value == 0);
  CHECK(story.trimmed.value == 1 - change.working_set);  // one came in
  CHECK(story.slots_written.value == change.writes);
  CHECK(story.slots_written.value > 0);
  CHECK(story.events_lost == 0);
  CHECK(story.find(Event::Kind::PageTrimmed) == nullptr);
  CHECK(story.stages().back().kind == Event::Kind::FaultResolved);
}

TEST_CASE("The last stories are kept, and found by number and by page", "[inspect]") {
  Recorded recorded;
  for (size_t i = 0; i < FaultRecorder::kKept + 10; ++i)
    (void)recorded.fault({0x1000 + (i % 2 == 0 ? 0u : kPageSize)});
  const uint64_t count = FaultRecorder::kKept + 10;
  CHECK(recorded.recorder.count() == count);
  CHECK(recorded.recorder.find(0) == nullptr);
  CHECK(recorded.recorder.find(10) == nullptr);
  CHECK(recorded.recorder.find(count + 1) == nullptr);
  REQUIRE(recorded.recorder.find(11) != nullptr);
  CHECK(recorded.recorder.find(11)->sequence == 11);
  const PageRange page{VirtualPageNumber(1), VirtualPageNumber(2)};
  const auto found = recorded.recorder.in_range(recorded.scene.space().id(), page, 3);
  REQUIRE(found.size() == 3);
  CHECK(found[0]->sequence == count - 1);
  CHECK(found[1]->sequence == count - 3);
  CHECK(recorded.recorder.in_range(AddressSpaceId(99), page, 3).empty());
  CHECK(recorded.recorder.in_range(recorded.scene.space().id(), page, 9999).size() == 512);
}

TEST_CASE("The last story learns its byte later, if the byte is in its page", "[inspect]") {
  Recorded recorded;
  recorded.recorder.locate({0x1234});  // no story yet
  recorded.fault(Scene::kPagedOut);
  recorded.recorder.locate(Scene::at(Scene::kPagedOut) + kPageSize);
  CHECK(recorded.recorder.latest()->who.fault.address == Scene::at(Scene::kPagedOut));
  recorded.recorder.locate(Scene::at(Scene::kPagedOut) + 0x123);
  CHECK(recorded.recorder.latest()->who.fault.address == Scene::at(Scene::kPagedOut) + 0x123);
  CHECK(recorded.recorder.latest()->who.located == FaultIdentity::Located::Byte);
}

TEST_CASE("Recording changes nothing, and outside of a fault nothing is recorded", "[inspect]") {
  Recorded heard;
  Scene quiet;
  for (uint32_t page = 0; page < Scene::kPages; ++page) {
    (void)heard.fault(Scene::Page{page}, Access::Write);
    (void)quiet.machine.manager->fault(*quiet.machine.space, {Scene::at(Scene::Page{page}), Access::Write},
                                       {});
  }
  CHECK(picture_of(heard.scene.machine) == picture_of(quiet.machine));
  const uint32_t events = heard.recorder.latest()->event_count;
  trim_out(heard.scene.machine, Scene::at(Scene::kUntouched));
  CHECK(heard.recorder.latest()->event_count == events);
  CHECK(heard.recorder.latest()->trimmed == PageCount{0});
}

}  // namespace
}  // namespace mm::test
