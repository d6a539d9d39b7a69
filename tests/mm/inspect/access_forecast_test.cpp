// A forecast is right when the access, made, does what was said.
#include "mm/inspect/access_forecast.h"

#include "tests/mm/inspect/scene.h"

namespace mm::test {
namespace {

using Outcome = AccessForecast::Outcome;

uint64_t counted(const FaultStatistics& faults, FaultKind kind) {
  switch (kind) {
    case FaultKind::DemandZero: return faults.demand_zero;
    case FaultKind::Transition: return faults.transition;
    case FaultKind::PagingFile: return faults.pagefile;
    case FaultKind::Guard: return faults.guard;
    case FaultKind::AccessViolation: return faults.access_violation;
    case FaultKind::InPageError: return faults.in_page_error;
    case FaultKind::OutOfFrames: break;
  }
  return 0;
}

uint64_t all_counted(const FaultStatistics& faults) {
  return faults.total + faults.guard + faults.access_violation + faults.in_page_error;
}

// Makes the access and compares.
void check_comes_true(Scene& scene, VirtualAddress address, Access access, Mode mode) {
  INFO("address " << std::hex << address.value << " access " << int(access) << " mode " << int(mode));
  const Picture before = picture_of(scene.machine);
  const AccessForecast forecast = forecast_access(scene.state(), scene.space(), {address, access, mode});
  CHECK(picture_of(scene.machine) == before);
  const FaultStatistics old = scene.space().faults;
  const FaultOutcome outcome = scene.machine.access(address, access, mode);
  const FaultStatistics now = scene.space().faults;
  switch (forecast.outcome) {
    case Outcome::NoFault:
      CHECK(outcome == kResolved);
      CHECK(all_counted(now) == all_counted(old));
      break;
    case Outcome::Resolved:
      CHECK(outcome == kResolved);
      CHECK(all_counted(now) == all_counted(old) + 1);
      CHECK(counted(now, forecast.fault) == counted(old, forecast.fault) + 1);
      if (forecast.frame) CHECK(scene.machine.pte(address).frame() == *forecast.frame);
      break;
    case Outcome::Raised:
      CHECK(outcome == FaultOutcome::raise(forecast.status));
      CHECK(counted(now, forecast.fault) == counted(old, forecast.fault) + 1);
      break;
    case Outcome::Waits: FAIL("a page that is on its way, on a device that takes no time"); break;
  }
}

TEST_CASE("What is forecast comes true, for every kind of page, access and mode", "[inspect]") {
  std::vector<uint32_t> addresses{0,          0x1000,     Scene::kReserved, 0x30000000, 0x7FFE0000,
                                  0x7FFF0000, 0x80000000, 0xC0040000,       0xC0300000, 0xFFFFFFFF};
  for (uint32_t page = 0; page < Scene::kPages; ++page)
    addresses.push_back(Scene::at(Scene::Page{page}).value);
  for (const uint32_t address : addresses) {
    for (const Access access : {Access::Read, Access::Write, Access::Execute}) {
      for (const Mode mode : {Mode::User, Mode::Supervisor}) {
        if (mode == Mode::Supervisor && address >= kSystemBase.value)
          continue;  // page tables are not written
        Scene scene;
        check_comes_true(scene, {address}, access, mode);
        check_comes_true(scene, {address}, access, mode);  // and once more
      }
    }
  }
}

TEST_CASE("A page that needs a page table first is forecast with it", "[inspect]") {
  Scene scene;
  const VirtualAddress address{0x40000000};
  REQUIRE(scene.machine.allocate(address.value, kPageSize, allocation::kReserve | allocation::kCommit, 4));
  const auto forecast = forecast_access(scene.state(), scene.space(), {address});
  CHECK(forecast.page_table == PageTableNeed::WouldBeMade);
  const PageCount tables = scene.machine.manager->statistics(scene.space()).page_tables;
  check_comes_true(scene, address, Access::Read, Mode::User);
  CHECK(scene.machine.manager->statistics(scene.space()).page_tables == tables + PageCount{1});
}

TEST_CASE("Without an available frame none is forecast", "[inspect]") {
  Scene scene;
  const HeldFrames all(scene.machine);
  const auto forecast = forecast_access(scene.state(), scene.space(), {Scene::at(Scene::kUntouched)});
  CHECK(forecast.outcome == Outcome::Resolved);
  CHECK_FALSE(forecast.frame);
}

TEST_CASE("A page that is being written is waited for, and one that is being read", "[inspect]") {
  Scene scene(DeviceKind::Hdd);
  REQUIRE(write_modified(state_of(scene.machine), PageCount{1}));
  REQUIRE(scene.machine.manager->fault(*scene.machine.space, {Scene::at(Scene::kPagedOut)}, {}) ==
          FaultOutcome::wait());
  for (const Scene::Page page : {Scene::kModified, Scene::kPagedOut}) {
    const auto forecast = forecast_access(scene.state(), scene.space(), {Scene::at(page)});
    CHECK(forecast.outcome == Outcome::Waits);
    CHECK(scene.machine.manager->fault(*scene.machine.space, {Scene::at(page)}, {}) == FaultOutcome::wait());
  }
  while (state_of(scene.machine).transfers.wait_for_next()) continue;
  check_comes_true(scene, Scene::at(Scene::kModified), Access::Read, Mode::User);
  check_comes_true(scene, Scene::at(Scene::kPagedOut), Access::Read, Mode::User);
}

TEST_CASE("Violations are forecast with their reasons", "[inspect]") {
  Scene scene;
  const auto refusal = [&](uint32_t address, Access access) {
    return forecast_access(scene.state(), scene.space(), {{address}, access}).refusal;
  };
  CHECK(refusal(0x1000, Access::Read) == AccessRefusal::Free);
  CHECK(refusal(0xC0300000, Access::Read) == AccessRefusal::System);
  CHECK(refusal(Scene::kReserved, Access::Read) == AccessRefusal::Reserved);
  CHECK(refusal(Scene::at(Scene::kDecommitted).value, Access::Read) == AccessRefusal::Decommitted);
  CHECK(refusal(kSharedUserData.value, Access::Write) == AccessRefusal::ReadOnly);
  CHECK(refusal(kSharedUserData.value, Access::Read) == AccessRefusal::None);
  REQUIRE(scene.machine.protect(Scene::at(Scene::kClean).value, kPageSize, x86::page::kNoAccess));
  CHECK(refusal(Scene::at(Scene::kClean).value, Access::Read) == AccessRefusal::NoAccess);
}

}  // namespace
}  // namespace mm::test
