#include "emulator/mmu/page_watch.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000, kData = 0x500000;
constexpr uint32_t kReadStub = kCode, kWriteStub = kCode + 0x10;
constexpr Stop kWatched{StopReason::Requested};
constexpr Stop kAtInt3{StopReason::Interrupt, vector::kBreakpoint};

struct Watch final : PageWatch {
  Watch(uint32_t where, uint8_t which) : page(mm::VirtualAddress{where}.page()), rights(which) {}
  uint8_t watched(mm::VirtualPageNumber where, mm::PageFrameNumber) const override {
    return where == page ? rights : uint8_t{0};
  }
  mm::VirtualPageNumber page;
  uint8_t rights;
};

// At kCode: mov eax, [edi]; int3. At kCode + 0x10: mov [edi], eax; int3.
struct Guest : TestGuest {
  Guest() {
    map(kCode, kUserPage | kTouched);
    map(kData, kUserPage | kTouched);
    load(kReadStub, {0x8b, 0x07, 0xcc});
    load(kWriteStub, {0x89, 0x07, 0xcc});
  }
  Stop at(uint32_t stub, uint32_t address) {
    cpu.set(Register::Edi, address);
    return run_at(stub);
  }
};

TEST_CASE("The processor stops before an access that is watched, and no other") {
  Guest guest;
  const Watch watch(kData, tlb_right::kWrite);
  guest.mmu.watch(watch);
  CHECK(guest.at(kReadStub, kData) == kAtInt3);
  CHECK_FALSE(guest.mmu.stopped_at_watch());
  guest.cpu.set(Register::Eax, 77);
  CHECK(guest.at(kWriteStub, kData) == kWatched);  // though the page is in the TLB
  CHECK(guest.mmu.stopped_at_watch());
  CHECK(guest.cpu.get(Register::Eip) == kWriteStub);
  CHECK(guest.word(kData) == 0);
  guest.mmu.open_watches();
  CHECK_FALSE(guest.mmu.stopped_at_watch());
  CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
  guest.mmu.close_watches();
  CHECK(guest.word(kData) == 77);
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.at(kWriteStub, kData) == kWatched);
  guest.mmu.unwatch(watch);
  CHECK(guest.at(kWriteStub, kData) == kAtInt3);
}

TEST_CASE("Reads of a page that is watched for reads alone") {
  Guest guest;
  const Watch watch(kData, tlb_right::kRead);
  guest.mmu.watch(watch);
  CHECK(guest.at(kWriteStub, kData) == kAtInt3);
  CHECK(guest.at(kReadStub, kData) == kWatched);
  CHECK(guest.cpu.get(Register::Eip) == kReadStub);
}

TEST_CASE("A page is watched by several, each in its way") {
  Guest guest;
  const Watch reads(kData, tlb_right::kRead), writes(kData, tlb_right::kWrite);
  guest.mmu.watch(reads);
  guest.mmu.watch(writes);
  guest.mmu.watch(writes);
  CHECK(guest.at(kReadStub, kData) == kWatched);
  CHECK(guest.at(kWriteStub, kData) == kWatched);
  guest.mmu.unwatch(writes);
  CHECK(guest.at(kWriteStub, kData) == kAtInt3);
  CHECK(guest.at(kReadStub, kData) == kWatched);
  guest.mmu.unwatch(reads);
  CHECK(guest.at(kReadStub, kData) == kAtInt3);
}

TEST_CASE("Data beside running code is watched, and the code runs") {
  Guest guest;
  const Watch watch(kCode, tlb_right::kRead | tlb_right::kWrite);
  CHECK(guest.at(kReadStub, kCode + 0x800) == kAtInt3);
  guest.mmu.watch(watch);
  CHECK(guest.at(kReadStub, kCode + 0x800) == kWatched);
  CHECK(guest.cpu.get(Register::Eip) == kReadStub);
  CHECK(guest.at(kWriteStub, kCode + 0x800) == kWatched);
  CHECK(guest.at(kReadStub, kData) == kAtInt3);
}

// mov byte [edi], 0x41 (inc ecx) at kCode + 0x22, which is a nop.
TEST_CASE("Code that is written through a watch is new at once") {
  Guest guest;
  guest.load(kCode + 0x20, {0xeb, 0x03, 0x90, 0xcc, 0x90, 0xc6, 0x07, 0x41, 0xeb, 0xf8});
  guest.cpu.set(Register::Ecx, 0);
  CHECK(guest.at(kCode + 0x22, kCode + 0x22) == kAtInt3);  // translated
  const Watch watch(kCode, tlb_right::kWrite);
  guest.mmu.watch(watch);
  CHECK(guest.at(kCode + 0x20, kCode + 0x22) == kWatched);
  guest.mmu.open_watches();
  CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
  guest.mmu.close_watches();
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.cpu.get(Register::Ecx) == 1);
}

// A data access to a page that was executed would let it be executed.
TEST_CASE("Execution of a page that was read before is watched") {
  Guest guest;
  guest.map(kCode + 0x1000, kUserPage | kTouched);
  guest.load(kCode + 0x1000, {0xcc});
  CHECK(guest.at(kCode + 0x1000, 0) == kAtInt3);
  const Watch watch(kCode + 0x1000, tlb_right::kExecute);
  guest.mmu.watch(watch);
  CHECK(guest.at(kReadStub, kCode + 0x1000) == kWatched);
  CHECK(guest.cpu.get(Register::Eip) == kReadStub);
  CHECK(guest.at(kCode + 0x1000, 0) == kWatched);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x1000);
}

}  // namespace
}  // namespace emu::test
