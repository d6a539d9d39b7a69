#include "mm/inspect/list_view.h"

#include <set>

#include "emulator/kernel/kernel.h"
#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

constexpr PageState kAllStates[] = {
    PageState::Zeroed,          PageState::Free, PageState::Standby, PageState::Modified,
    PageState::ModifiedNoWrite, PageState::Bad,  PageState::Active,  PageState::Transition};

TEST_CASE("The lists hold every frame once, as many as the counters say", "[inspect]") {
  const Scene scene;
  std::set<uint32_t> met;
  for (const PageState state : kAllStates) {
    const auto frames = frames_of(scene.state(), state);
    CHECK(PageCount{static_cast<uint32_t>(frames.size())} == scene.state().pfns.count(state));
    for (const PageFrameNumber frame : frames) CHECK(met.insert(frame.value()).second);
  }
  CHECK(met.size() == 512);
}

TEST_CASE("A list comes in the order in which its frames leave", "[inspect]") {
  Scene scene;
  TestMachine& machine = scene.machine;
  trim_out(machine, Scene::at(Scene::kClean));
  const auto standby = frames_of(scene.state(), PageState::Standby);
  CHECK(standby == std::vector{PageFrameNumber(scene.raw_frame(Scene::kStandby)),
                               PageFrameNumber(scene.raw_frame(Scene::kClean))});
  CHECK(frames_of(scene.state(), PageState::Standby, kNormalPriority) == standby);
  CHECK(frames_of(scene.state(), PageState::Standby, uint8_t{0}).empty());
  const auto free = frames_of(scene.state(), PageState::Free);
  REQUIRE(free.size() > 3);
  for (size_t i = 0; i < 3; ++i) CHECK(state_of(machine).frames.take_any() == free[i]);
}

TEST_CASE("Every frame belongs to a process, the system or nobody", "[inspect]") {
  Scene scene;
  AddressSpace* other = *scene.machine.manager->create_address_space();
  const FrameOwners owners = frame_owners(scene.state());
  REQUIRE(owners.processes.size() == 2);
  const ProcessFrames& first = owners.processes[0];
  const ProcessStatistics process = scene.machine.manager->statistics(scene.space());
  CHECK(first.space == scene.space().id());
  CHECK(first.active == process.working_set);
  CHECK(first.standby == PageCount{1});
  CHECK(first.modified == PageCount{1});
  CHECK(first.transition == PageCount{0});
  CHECK(first.page_tables == process.page_tables);
  CHECK(owners.processes[1].space == other->id());
  CHECK(owners.processes[1].total() == scene.machine.manager->statistics(*other).page_tables);
  const MemoryStatistics all = scene.machine.manager->statistics();
  CHECK(owners.system == all.kernel.pool);
  CHECK(owners.nobody == all.physical.zeroed + all.physical.free);
  CHECK(owners.nobody + owners.system + first.total() + owners.processes[1].total() == PageCount{512});
}

}  // namespace
}  // namespace mm::test
