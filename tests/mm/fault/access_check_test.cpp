// Which accesses are violations: kind of page x access x mode. Without NX, what can be read can be executed
// (mm/README.md, "Entry formats").
#include "mm/fault/access_check.h"

#include <rapidcheck.h>

#include <functional>
#include <string>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

using namespace allocation;
namespace page = x86::page;

const FaultOutcome kGuardHit = FaultOutcome::raise(NtStatus::GuardPageViolation);
constexpr uint32_t kBase = 0x10000000;

struct Row {
  std::string name;
  std::function<void(TestMachine&)> prepare;  // makes the page at kBase
  FaultOutcome read, write, execute;
};

auto committed(uint32_t protect) {
  return [protect](TestMachine& machine) {
    REQUIRE(machine.allocate(kBase, kPageSize, kReserve | kCommit, protect));
  };
}
auto resident(uint32_t protect) {
  return [protect](TestMachine& machine) {
    committed(protect)(machine);
    REQUIRE(machine.access({kBase}, Access::Read) == kResolved);
  };
}
auto paged_out(uint32_t protect) {
  return [protect](TestMachine& machine) {
    committed(page::kReadWrite)(machine);
    REQUIRE(machine.write({kBase}, 1) == kResolved);
    page_out(machine, {kBase});
    REQUIRE(machine.protect(kBase, kPageSize, protect));
  };
}

std::vector<Row> rows() {
  const FaultOutcome ok = kResolved, no = kViolation;
  std::vector<Row> rows = {
      {"free", [](TestMachine&) {}, no, no, no},
      {"reserved",
       [](TestMachine& machine) { REQUIRE(machine.allocate(kBase, kPageSize, kReserve, page::kReadWrite)); },
       no, no, no},
      {"decommitted",
       [](TestMachine& machine) {
         resident(page::kReadWrite)(machine);
         REQUIRE(machine.free(kBase, kPageSize, kDecommit) == NtStatus::Success);
       },
       no, no, no},
      {"released",
       [](TestMachine& machine) {
         resident(page::kReadWrite)(machine);
         REQUIRE(machine.free(kBase, 0, kRelease) == NtStatus::Success);
       },
       no, no, no},
      {"no access, resident before",
       [](TestMachine& machine) {
         resident(page::kReadWrite)(machine);
         REQUIRE(machine.protect(kBase, kPageSize, page::kNoAccess));
       },
       no, no, no},
      {"no access", committed(page::kNoAccess), no, no, no},
      {"no access, paged out", paged_out(page::kNoAccess), no, no, no},
      {"guard, read-write", committed(page::kReadWrite | page::kGuard), kGuardHit, kGuardHit, kGuardHit},
      {"guard, read-only", committed(page::kReadOnly | page::kGuard), kGuardHit, no, kGuardHit},
  };
  for (const uint32_t protect : {page::kReadOnly, page::kExecute, page::kExecuteRead}) {
    const std::string name = std::to_string(protect);
    rows.push_back({"read-only kind " + name, committed(protect), ok, no, ok});
    rows.push_back({"read-only kind, resident " + name, resident(protect), ok, no, ok});
    rows.push_back({"read-only kind, paged out " + name, paged_out(protect), ok, no, ok});
  }
  for (const uint32_t protect : {page::kReadWrite, page::kExecuteReadWrite}) {
    const std::string name = std::to_string(protect);
    rows.push_back({"writable kind " + name, committed(protect), ok, ok, ok});
    rows.push_back({"writable kind, resident " + name, resident(protect), ok, ok, ok});
    rows.push_back({"writable kind, paged out " + name, paged_out(protect), ok, ok, ok});
  }
  return rows;
}

TEST_CASE("Kind of page, access and mode decide what an access comes to", "[fault]") {
  for (const Row& row : rows()) {
    for (const Mode mode : {Mode::User, Mode::Supervisor}) {
      for (const auto& [access, expected] :
           {std::pair{Access::Read, row.read}, {Access::Write, row.write}, {Access::Execute, row.execute}}) {
        INFO(row.name << ", access " << static_cast<int>(access) << ", mode " << static_cast<int>(mode));
        TestMachine machine;
        row.prepare(machine);
        const Picture before = picture_of(machine);
        CHECK(machine.access({kBase}, access, mode) == expected);
        const Picture change = picture_of(machine) - before;
        CHECK(change.access_violation == (expected == kViolation ? 1 : 0));
        CHECK(change.guard == (expected == kGuardHit ? 1 : 0));
        if (expected == kViolation) CHECK(change == Picture{.access_violation = 1});
      }
    }
  }
}

TEST_CASE("System addresses, the lowest 64 KB and the last below 2 GB are no user's", "[fault]") {
  TestMachine machine;
  for (const uint32_t address : {0u, 0xFFFFu, 0x7FFE1000u, 0x7FFEFFFFu, 0x7FFF0000u, 0x7FFFFFFFu, 0x80000000u,
                                 0xC0000000u, 0xC0300C00u, 0xFFFFFFFFu}) {
    INFO(address);
    for (const Access access : {Access::Read, Access::Write, Access::Execute}) {
      CHECK(machine.access({address}, access) == kViolation);
    }
  }
  CHECK(machine.access({0xC0300C00}, Access::Read, Mode::Supervisor) == kResolved);
  CHECK(machine.access({0x80000000}, Access::Read, Mode::Supervisor) == kViolation);
}

// The check alone, over every view of a page.
TEST_CASE("Only a committed page that is not valid, and whose protection grants it, can be accessed",
          "[fault]") {
  REQUIRE(rc::check([] {
    const auto code = *rc::gen::inRange<uint8_t>(1, 32);
    const auto access = *rc::gen::element(Access::Read, Access::Write, Access::Execute);
    PageView view{
        .kind = *rc::gen::element(x86::PteKind::Unknown, x86::PteKind::DemandZero, x86::PteKind::Valid,
                                  x86::PteKind::PagingFile, x86::PteKind::Transition),
        .commitment = *rc::gen::element(Commitment::Reserved, Commitment::Committed),
        .protection = {code}};
    const int kind = code & 7;
    const bool grants = access == Access::Write ? kind >= 4 : kind != 0;
    RC_ASSERT((refusal_inside_vad(view, access) == AccessRefusal::None) ==
              (view.commitment == Commitment::Committed && view.kind != x86::PteKind::Valid && grants));
  }));
}

}  // namespace
}  // namespace mm::test
