// More memory in use than RAM holds, up to the commit limit: everything keeps its content, and nothing fails
// for want of a frame while one can be had.
#include <random>

#include "tests/mm/page_moves.h"

namespace mm::test {
namespace {

constexpr uint32_t kCommitted = allocation::kReserve | allocation::kCommit;

// As much as the commit limit allows, in allocations of up to 4 MB.
class FullHouse {
 public:
  FullHouse(PageCount ram, PageCount pagefile) : machine_(ram, pagefile) {
    for (uint32_t pages = 1024; pages > 0;) {
      const auto region = machine_.manager->allocate_virtual_memory(
          *machine_.space, {.size = pages * kPageSize, .type = kCommitted, .protect = x86::page::kReadWrite});
      if (!region) {
        REQUIRE(region.error() == NtStatus::CommitmentLimit);
        pages /= 2;
        continue;
      }
      for (uint32_t i = 0; i < pages; ++i) pages_.push_back(region->base + i * kPageSize);
    }
  }
  TestMachine& machine() { return machine_; }
  size_t size() const { return pages_.size(); }
  const CommitStatistics commit() const { return machine_.manager->statistics().commit; }

  void write(size_t i, uint32_t round) { access(pages_[i], Access::Write, content(i, round)); }
  void check(size_t i, uint32_t round) { access(pages_[i], Access::Read, content(i, round)); }
  void verify() { check_consistent(machine_); }

 private:
  static uint32_t content(size_t i, uint32_t round) { return static_cast<uint32_t>(i) * 977 + round; }

  // Without the cross-check after every fault: it is done once in a while.
  void access(VirtualAddress address, Access kind, uint32_t value) {
    const PhysicalMemory ram = machine_.manager->state().ram;
    for (int attempt = 0;; ++attempt) {
      const auto walk = x86::walk(ram, machine_.space->root(), address);
      if (x86::permits(walk, kind, Mode::User, x86::WriteProtect::On)) {
        const uint32_t bits = x86::Pte::kAccessed | (kind == Access::Write ? x86::Pte::kDirty : 0);
        x86::write_entry(ram, walk.mode(), walk.last().at, walk.pte().with(bits));
        if (kind == Access::Write) ram.write32(walk.physical(), value);
        if (kind == Access::Read) REQUIRE(ram.read32(walk.physical()) == value);
        return;
      }
      REQUIRE(attempt < 2);
      const FaultOutcome outcome = machine_.manager->fault(*machine_.space, {address, kind}, {});
      INFO(to_string(outcome.status) << ", " << to_string(outcome.detail));
      REQUIRE(outcome == kResolved);
    }
  }

  TestMachine machine_;
  std::vector<VirtualAddress> pages_;
};

TEST_CASE("Everything up to the commit limit can be used and keeps its content", "[balance][pressure]") {
  struct Row {
    uint32_t ram, pagefile;
  };
  for (const Row& row :
       {Row{256, 0}, {256, 1}, {256, 17}, {256, 300}, {256, 3000}, {400, 100}, {1024, 1024}, {4096, 512}}) {
    INFO("RAM " << row.ram << ", paging file " << row.pagefile);
    FullHouse house({row.ram}, {row.pagefile});
    CHECK(house.commit().charge == house.commit().limit);
    for (uint32_t round = 0; round < 3; ++round) {
      for (size_t i = 0; i < house.size(); ++i) {
        if (round > 0) house.check(i, round - 1);
        house.write(i, round);
        if (i % 256 == 0) house.verify();
      }
    }
    for (size_t i = house.size(); i-- > 0;) house.check(i, 2);
    house.verify();
    const FaultStatistics faults = house.machine().manager->statistics().faults;
    CHECK(faults.demand_zero == house.size());
    CHECK(faults.in_page_error == 0);
    CHECK(faults.access_violation == 0);
  }
}

TEST_CASE("Random use of a full house keeps everything", "[balance][pressure]") {
  for (const uint32_t pagefile : {200u, 1000u}) {
    FullHouse house({256}, {pagefile});
    std::mt19937 random(pagefile);
    std::vector<uint32_t> rounds(house.size(), 0);
    for (size_t i = 0; i < house.size(); ++i) house.write(i, 0);
    for (int step = 0; step < 6000; ++step) {
      const size_t i = random() % house.size();
      house.check(i, rounds[i]);
      if (random() % 2 == 0) house.write(i, ++rounds[i]);
      if (step % 100 == 0) house.verify();
    }
    for (size_t i = 0; i < house.size(); ++i) house.check(i, rounds[i]);
  }
}

TEST_CASE("When every slot is taken and clean pages exist, faults go on", "[balance][pressure]") {
  FullHouse house({256}, {100});
  for (size_t i = 0; i < house.size(); ++i) house.write(i, 0);
  // All slots belong to pages, many of them resident and clean, which hold their slots.
  for (int round = 0; round < 5; ++round) {
    for (size_t i = 0; i < house.size(); ++i) house.check(i, 0);
  }
  const MemoryStatistics statistics = house.machine().manager->statistics();
  CHECK(statistics.pagefile.peak <= statistics.pagefile.size);
  CHECK(statistics.faults.hard > 0);
  house.verify();
}

TEST_CASE("Writes that fail now and then lose nothing and are not seen", "[balance][pressure]") {
  FullHouse house({256}, {1000});
  std::mt19937 random(5);
  for (size_t i = 0; i < house.size(); ++i) {
    if (i % 7 == 0) house.machine().storage->writes_until_failure = static_cast<int>(random() % 3);
    house.write(i, 0);
  }
  for (size_t i = 0; i < house.size(); ++i) house.check(i, 0);
  CHECK(house.machine().manager->statistics().faults.in_page_error == 0);
  house.verify();
}

TEST_CASE("A device that takes no more writes is an in-page error once no frame can be had",
          "[balance][pressure]") {
  TestMachine machine({256}, {1000});
  const uint32_t base = machine.commit(600 * kPageSize);
  machine.storage->writes_until_failure = 0;
  machine.storage->fail_for_good = true;
  const FaultOutcome error = FaultOutcome::raise(NtStatus::InPageError, NtStatus::DeviceDataError);
  uint32_t written = 0;
  FaultOutcome outcome;
  for (; written < 600; ++written) {
    outcome = machine.write({base + written * kPageSize}, written + 1);
    if (outcome != kResolved) break;
  }
  CHECK(outcome == error);
  CHECK(written > 220);  // every frame but the reserve, and the directory, the tables and KUSER_SHARED_DATA
  CHECK(machine.manager->statistics().physical.available == kFullReserve);
  for (uint32_t i = 0; i < written; ++i) REQUIRE(machine.read({base + i * kPageSize}) == i + 1);
  for (uint32_t last = written + (kFullReserve - kReadersReserve).value; written < last; ++written)
    REQUIRE(machine.write({base + written * kPageSize}, written + 1) == kResolved);  // for a handler
  CHECK(machine.write({base + written * kPageSize}, 1) == error);
  CHECK(machine.manager->statistics().faults.in_page_error == 2);
  machine.storage->writes_until_failure = -1;
  for (uint32_t i = written; i < 600; ++i) REQUIRE(machine.write({base + i * kPageSize}, i + 1) == kResolved);
  for (uint32_t i = 0; i < 600; ++i) REQUIRE(machine.read({base + i * kPageSize}) == i + 1);
}

// RAM full of pages that cannot be written any more, and others that were paged out before.
struct LostDevice {
  static constexpr uint32_t kPages = 800;
  TestMachine machine{{256}, {1000}};
  uint32_t base = machine.commit(kPages * kPageSize);
  uint32_t filled = 0;

  explicit LostDevice(int writes_before) {
    machine.storage->writes_until_failure = writes_before;
    machine.storage->fail_for_good = true;
    while (filled < kPages && write(filled) == kResolved) ++filled;
    REQUIRE(filled < kPages);
  }
  VirtualAddress address(uint32_t i) const { return {base + i * kPageSize}; }
  FaultOutcome write(uint32_t i) { return machine.write(address(i), i + 1); }
  void check_content() {
    for (uint32_t i = 0; i < filled; ++i) REQUIRE(machine.read(address(i)) == i + 1);
  }
};

TEST_CASE("Whichever write is the last, everything that is paged out stays readable", "[balance][pressure]") {
  for (int writes = 0; writes < 30; writes += 3) {
    LostDevice lost(writes);
    for (int round = 0; round < 3; ++round) lost.check_content();
    CHECK(lost.machine.manager->statistics().faults.in_page_error == 1);
  }
}

TEST_CASE("However many pages are written while nothing can be paged out, all stay readable",
          "[balance][pressure]") {
  LostDevice lost(20);
  int refused = 0;
  for (uint32_t i = 0; i < lost.filled; ++i) {  // those in the paging file become dirty, while some may
    const FaultOutcome outcome = lost.write(i);
    if (outcome == kResolved) continue;
    ++refused;
    REQUIRE(outcome == FaultOutcome::raise(NtStatus::InPageError, NtStatus::DeviceDataError));
  }
  CHECK(refused > 100);
  lost.check_content();
  lost.machine.storage->writes_until_failure = -1;
  for (uint32_t i = 0; i < LostDevice::kPages; ++i) REQUIRE(lost.write(i) == kResolved);
  lost.filled = LostDevice::kPages;
  lost.check_content();
}

TEST_CASE("A page that is held back from being written may change its protection", "[balance][pressure]") {
  LostDevice lost(20);
  TestMachine& machine = lost.machine;
  REQUIRE(machine.read(lost.address(0)) == 1);
  CHECK(machine.pte(lost.address(0)).held_back());
  REQUIRE(machine.protect(lost.base, kPageSize, x86::page::kReadOnly));
  CHECK(machine.write(lost.address(0), 7) == kViolation);
  REQUIRE(machine.protect(lost.base, kPageSize, x86::page::kReadWrite));
  CHECK(machine.pte(lost.address(0)).held_back());
  CHECK(machine.write(lost.address(0), 7) == kResolved);
  CHECK_FALSE(machine.pte(lost.address(0)).held_back());
  CHECK(machine.read(lost.address(0)) == 7);
}

TEST_CASE("A service leaves what reading needs", "[balance][pressure]") {
  LostDevice lost(20);
  TestMachine& machine = lost.machine;
  const auto reserved = machine.allocate(0, 60 * kLargePageSize, allocation::kReserve, x86::page::kReadWrite);
  REQUIRE(reserved);
  NtStatus status = NtStatus::Success;
  for (uint32_t i = 0; i < 60 && succeeded(status); ++i) {
    const auto made = machine.allocate(reserved->base.value + i * kLargePageSize, kPageSize,
                                       allocation::kCommit, x86::page::kReadWrite);
    if (!made) status = made.error();
  }
  CHECK(status == NtStatus::NoMemory);
  lost.check_content();
}

TEST_CASE("Many processes share a small RAM", "[balance][pressure]") {
  constexpr uint32_t kProcesses = 24, kPages = 18;
  TestMachine machine({256}, {1500});
  std::vector<AddressSpace*> spaces;
  const auto address = [](uint32_t i) { return VirtualAddress{0x10000000 + i * kPageSize}; };
  for (uint32_t n = 0; n < kProcesses; ++n) {
    const auto made = machine.manager->create_address_space();
    REQUIRE(made);
    machine.space = *made;
    machine.manager->make_current(**made);
    REQUIRE(machine.allocate(0x10000000, kPages * kPageSize, kCommitted, x86::page::kReadWrite));
    for (uint32_t i = 0; i < kPages; ++i) REQUIRE(machine.write(address(i), n * 100 + i) == kResolved);
    spaces.push_back(*made);
  }
  for (int round = 0; round < 2; ++round) {
    for (uint32_t n = 0; n < kProcesses; ++n) {
      machine.space = spaces[n];
      machine.manager->make_current(*machine.space);
      for (uint32_t i = 0; i < kPages; ++i) REQUIRE(machine.read(address(i)) == n * 100 + i);
    }
  }
  for (AddressSpace* space : spaces) machine.manager->delete_address_space(*space);
  CHECK(machine.manager->statistics().pagefile.used == PageCount{0});
  check_consistent(machine);
}

TEST_CASE("The pages of the instruction that faults are there when it is made again", "[balance][pressure]") {
  TestMachine machine({256}, {1000});
  const VirtualAddress code{machine.commit(2 * kPageSize, x86::page::kExecuteRead)};
  const uint32_t data = machine.commit(700 * kPageSize);
  const VirtualAddress instruction = code + (kPageSize - 3);  // across the page end
  for (uint32_t i = 0; i + 1 < 700; ++i) {
    // One instruction: two fetches, a read and a write. Made again from its start after each fault.
    for (int attempt = 0;; ++attempt) {
      REQUIRE(attempt < 10);
      bool faulted = false;
      const std::pair<VirtualAddress, Access> accesses[] = {
          {instruction, Access::Execute},
          {code + kPageSize, Access::Execute},
          {{data + i * kPageSize}, Access::Read},
          {{data + (i * 311 + 7) % 700 * kPageSize}, Access::Write}};
      for (const auto& [address, access] : accesses) {
        const auto walk = x86::walk(state_of(machine).ram, machine.space->root(), address);
        if (x86::permits(walk, access, Mode::User, x86::WriteProtect::On)) {
          x86::write_entry(state_of(machine).ram, walk.mode(), walk.last().at,
                           walk.pte().with(x86::Pte::kAccessed));
          continue;
        }
        REQUIRE(machine.manager->fault(*machine.space, {address, access}, instruction) == kResolved);
        faulted = true;
        break;
      }
      if (!faulted) break;
    }
    REQUIRE(machine.pte(instruction).valid());
    REQUIRE(machine.pte(code + kPageSize).valid());
  }
  CHECK(machine.manager->statistics().physical.available.value > 0);
}

}  // namespace
}  // namespace mm::test
