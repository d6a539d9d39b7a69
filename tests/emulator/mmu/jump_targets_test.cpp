// A jump that was made often leads where it must when what it leads to is another thing: calls to another
// page, direct and indirect, whose targets generated code looks up by itself (third_party/unicorn,
// jump-by-table).
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kMain = 0x400000, kCallee = 0x410020, kStack = 0x600000;
constexpr uint32_t kTrapFlag = 0x100, kAlignmentCheck = 0x40000;
constexpr mm::VirtualPageNumber kCalleePage = mm::VirtualAddress{kCallee}.page();

struct Guest : TestGuest {
  Guest() {
    map(kMain);
    map(kCallee);
    map(kStack);
    // ebx = 0; ecx = 100; L: call kCallee; ebx += eax; call edi; ebx += eax; dec ecx; jnz L; int3
    load(kMain, {0x31, 0xdb, 0xb9, 100,  0,    0,    0,    0xe8, 0x14, 0,    1,
                 0,    0x01, 0xc3, 0xff, 0xd7, 0x01, 0xc3, 0x49, 0x75, 0xf2, 0xcc});
    load(kCallee, returns(1));
    REQUIRE(sum() == 200);
  }

  static std::vector<uint8_t> returns(uint8_t value) { return {0xb8, value, 0, 0, 0, 0xc3}; }

  void begin() {
    cpu.set(Register::Eip, kMain);
    cpu.set(Register::Esp, kStack + 0x1000);
    cpu.set(Register::Edi, kCallee);
  }
  uint32_t sum() {
    begin();
    REQUIRE(cpu.run() == kAtInt3);
    return cpu.get(Register::Ebx);
  }
  mm::PageFrameNumber frame_that_returns(uint8_t value) {
    const auto frame = take_frame();
    map_frame(kCallee + 0x100000, frame);
    load(kCallee + 0x100000, returns(value));
    return frame;
  }
};

TEST_CASE("A jump's target is in another frame") {
  Guest guest;
  const auto before = guest.pte(kCallee).frame();
  guest.map_frame(kCallee, guest.frame_that_returns(2));
  guest.mmu.invalidate(kCalleePage, before);
  CHECK(guest.sum() == 400);
  guest.map_frame(kCallee, before);
  guest.mmu.invalidate(kCalleePage, before);
  CHECK(guest.sum() == 200);
}

TEST_CASE("A jump's target is another one in another address space") {
  Guest guest;
  const auto first = guest.directory, second = guest.root_at(guest.take_frame());
  guest.map_frame_in(second, kMain, guest.pte(kMain).frame());
  guest.map_frame_in(second, kStack, guest.pte(kStack).frame());
  guest.map_frame_in(second, kCallee, guest.frame_that_returns(3));
  for (int i = 0; i < 3; ++i) {
    guest.mmu.set_address_space(second);
    CHECK(guest.sum() == 600);
    guest.mmu.set_address_space(first);
    CHECK(guest.sum() == 200);
  }
}

TEST_CASE("A jump's target is not there any more") {
  Guest guest;
  const auto frame = guest.pte(kCallee).frame();
  guest.set_pte(kCallee, 0);
  guest.mmu.invalidate(kCalleePage, frame);
  guest.begin();
  CHECK(guest.cpu.run() == Stop{StopReason::FaultRefused});
  CHECK(guest.cpu.get(Register::Eip) == kCallee);
  CHECK(guest.faults.size() == 1);
}

TEST_CASE("A jump's target is rewritten, by the guest and by the host") {
  Guest guest;
  constexpr uint32_t kWriter = kMain + 0x800;
  guest.load(kWriter, {0xc6, 0x47, 1, 5, 0xcc});  // mov byte [edi+1], 5; int3
  CHECK(guest.run_at(kWriter) == kAtInt3);
  CHECK(guest.sum() == 1000);
  guest.mmu.discard_code(guest.pte(kCallee).frame());
  guest.load(kCallee, Guest::returns(6));
  CHECK(guest.sum() == 1200);
}

TEST_CASE("A jump's target has a breakpoint, and has none any more") {
  Guest guest;
  const mm::VirtualAddress places[] = {{kCallee}};
  guest.cpu.set_breakpoints(places);
  guest.begin();
  for (int i = 0; i < 4; ++i) {
    CHECK(guest.cpu.run() == Stop{StopReason::Breakpoint});
    CHECK(guest.cpu.get(Register::Eip) == kCallee);
  }
  guest.cpu.set_breakpoints({});
  CHECK(guest.sum() == 200);
}

TEST_CASE("Jumps are stepped over, trap under EFLAGS.TF, and lead on under EFLAGS.AC") {
  Guest guest;
  guest.begin();
  for (const uint32_t eip : {kMain + 2, kMain + 7, kCallee, kCallee + 5, kMain + 12, kMain + 14, kCallee}) {
    CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
    CHECK(guest.cpu.get(Register::Eip) == eip);
  }
  CHECK(guest.sum() == 200);
  for (const uint32_t flags : {kAlignmentCheck, 0u, kAlignmentCheck}) {
    guest.cpu.set(Register::Eflags, 0x202 | flags);
    CHECK(guest.sum() == 200);
  }
  guest.cpu.set(Register::Eflags, 0x202 | kTrapFlag);
  guest.begin();
  for (const uint32_t eip : {kMain + 2, kMain + 7, kCallee, kCallee + 5, kMain + 12, kMain + 14, kCallee}) {
    CHECK(guest.cpu.run() == Stop{StopReason::Exception, vector::kDebug});
    CHECK(guest.cpu.get(Register::Eip) == eip);
  }
}

}  // namespace
}  // namespace emu::test
