// Code that changes while it is in use, by the guest and by the host: never a stale instruction.
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kMain = 0x400000, kCallee = 0x410000, kStack = 0x600000;

struct Guest : TestGuest {
  Guest() {
    map(kMain);
    map(kCallee);
    map(kCallee + 0x1000);
    map(kStack);
    cpu.set(Register::Esp, kStack + 0x1000);
  }
};

TEST_CASE("Code rewritten through the same page or an alias runs as rewritten") {
  for (const uint32_t window : {kCallee, 0x420000u}) {
    CAPTURE(window);
    Guest guest;
    guest.map_frame(window, guest.pte(kCallee).frame());
    // ebp = 1000; L: [esi+1] = ebp; call edi (mov eax, imm32; ret); ebx += eax; dec ebp; jnz L; int3
    guest.load(kMain, {0x31, 0xdb, 0xbd, 0xe8, 3, 0, 0, 0x89, 0x6e, 1, 0xff, 0xd7, 0x01, 0xc3, 0x4d, 0x75,
                       0xf6, 0xcc});
    guest.load(kCallee, {0xb8, 0, 0, 0, 0, 0xc3});
    guest.cpu.set(Register::Edi, kCallee);
    guest.cpu.set(Register::Esi, window);
    CHECK(guest.run_at(kMain) == kAtInt3);
    CHECK(guest.cpu.get(Register::Ebx) == 500500);
  }
}

TEST_CASE("A block that rewrites its own next instruction runs the new one") {
  Guest guest;
  // mov byte [next+1], 7; next: mov al, 1; int3
  guest.load(kMain, {0xb8, 0, 0, 0, 0, 0xc6, 0x05, 0x0d, 0x00, 0x40, 0x00, 7, 0xb0, 1, 0xcc});
  CHECK(guest.run_at(kMain) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 7);
}

TEST_CASE("An instruction across a page end runs as rewritten on either side") {
  Guest guest;
  const uint32_t at = kCallee + 0x1000 - 3;  // mov eax, imm32 with two bytes of it on the next page; int3
  guest.load(at, {0xb8, 1, 2, 3, 4, 0xcc});
  CHECK(guest.run_at(at) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 0x04030201);
  // mov byte [edi], 9; jmp esi
  guest.load(kMain, {0xc6, 0x07, 9, 0xff, 0xe6});
  guest.cpu.set(Register::Esi, at);
  for (const auto& [byte, expected] : {std::pair{3u, 0x04090201u}, {4u, 0x09090201u}, {1u, 0x09090209u}}) {
    guest.cpu.set(Register::Edi, at + byte);
    CHECK(guest.run_at(kMain) == kAtInt3);
    CHECK(guest.cpu.get(Register::Eax) == expected);
  }
}

TEST_CASE("A frame that the host gives to other code runs that code") {
  Guest guest;
  guest.load(kCallee, {0xb8, 1, 0, 0, 0, 0xcc});
  CHECK(guest.run_at(kCallee) == kAtInt3);
  guest.mmu.discard_code(guest.pte(kCallee).frame());
  guest.load(kCallee, {0xb8, 2, 0, 0, 0, 0xcc});
  CHECK(guest.run_at(kCallee) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 2);
}

TEST_CASE("Several frames that change at once all run their new code") {
  Guest guest;
  // Each: mov eax, imm32; ret. kMain: call esi; mov ebx, eax; call edi; int3
  const auto load_both = [&](uint8_t first, uint8_t second) {
    guest.load(kCallee, {0xb8, first, 0, 0, 0, 0xc3});
    guest.load(kCallee + 0x1000, {0xb8, second, 0, 0, 0, 0xc3});
  };
  guest.load(kMain, {0xff, 0xd6, 0x89, 0xc3, 0xff, 0xd7, 0xcc});
  guest.cpu.set(Register::Esi, kCallee);
  guest.cpu.set(Register::Edi, kCallee + 0x1000);
  for (uint8_t round = 0; round < 3; ++round) {
    guest.mmu.discard_code(guest.pte(kCallee).frame());
    guest.mmu.discard_code(guest.pte(kCallee + 0x1000).frame());
    load_both(uint8_t(10 + round), uint8_t(20 + round));
    CHECK(guest.run_at(kMain) == kAtInt3);
    CHECK(guest.cpu.get(Register::Ebx) == 10u + round);
    CHECK(guest.cpu.get(Register::Eax) == 20u + round);
  }
}

TEST_CASE("A frame of a process that is not current runs its new code when that process runs") {
  Guest guest;
  const mm::x86::PagingRoot other = guest.root_at(guest.take_frame());
  const auto code = guest.take_frame();
  mm::x86::write_entry(guest.memory, other.mode(),
                       mm::x86::pde_address(other, TestGuest::kDescriptorTable.page()),
                       guest.pde(TestGuest::kDescriptorTable.value));
  guest.map_frame_in(other, kCallee, code);
  const auto load_other = [&](uint8_t value) {
    const uint8_t bytes[] = {0xb8, value, 0, 0, 0, 0xcc};
    std::memcpy(guest.memory.frame(code).data(), bytes, sizeof bytes);
  };
  guest.mmu.set_address_space(other);
  load_other(1);
  CHECK(guest.run_at(kCallee) == kAtInt3);
  guest.mmu.set_address_space(guest.directory);
  guest.load(kCallee, {0xb8, 5, 0, 0, 0, 0xcc});
  CHECK(guest.run_at(kCallee) == kAtInt3);
  guest.mmu.discard_code(code);
  load_other(2);
  CHECK(guest.run_at(kCallee) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 5);
  guest.mmu.set_address_space(other);
  CHECK(guest.run_at(kCallee) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 2);
}

TEST_CASE("A page of code that is trimmed inside a loop faults at its next instruction") {
  Guest guest;
  // kMain: L: mov [edi], eax; add edi, 4096; jmp kCallee   kCallee: dec ecx; jnz L; int3
  guest.load(kMain, {0x89, 0x07, 0x81, 0xc7, 0, 0x10, 0, 0, 0xe9, 0xf3, 0xff, 0x00, 0x00});
  guest.load(kCallee, {0x49, 0x0f, 0x85, 0xf9, 0xff, 0xfe, 0xff, 0xcc});
  for (uint32_t i = 0; i < 10; ++i) guest.entry_at(0x1000000 + i * 0x1000, guest.directory);
  guest.on_fault = [&](const mm::Fault& fault) {
    if (fault.address.value == kCallee) {
      guest.set_pte(kCallee, guest.pte(kCallee).with(kPresent).raw);
      return FaultAnswer::Retry;
    }
    guest.map_frame(fault.address.value, guest.take_frame());
    if (guest.faults.size() % 3 == 0) {
      guest.set_pte(kCallee, guest.pte(kCallee).without(kPresent).raw);
      guest.mmu.invalidate(mm::VirtualAddress{kCallee}.page(), guest.pte(kCallee).frame());
    }
    return FaultAnswer::Retry;
  };
  guest.cpu.set(Register::Edi, 0x1000000);
  guest.cpu.set(Register::Ecx, 10);
  CHECK(guest.run_at(kMain) == kAtInt3);
  std::vector<uint32_t> pages;
  for (const mm::Fault& fault : guest.faults) pages.push_back(fault.address.value >> 12);
  CHECK(pages == std::vector<uint32_t>{0x1000, 0x1001, 0x1002, 0x410, 0x1003, 0x1004, 0x410, 0x1005, 0x1006,
                                       0x410, 0x1007, 0x1008, 0x410, 0x1009});
}

TEST_CASE("A service that replaces the code behind it returns into the new code") {
  Guest guest;
  // L: int 0x2e; mov eax, imm32; add ebx, eax; dec ecx; jnz L; int3
  guest.load(kMain, {0xcd, 0x2e, 0xb8, 0, 0, 0, 0, 0x01, 0xc3, 0x49, 0x75, 0xf4, 0xcc});
  uint8_t value = 0;
  guest.on_int = [&](uint8_t vector) {
    if (vector == 3) return InterruptHandler::Next::Stop;
    guest.mmu.discard_code(guest.pte(kMain).frame());
    guest.load(kMain + 3, {++value});
    return InterruptHandler::Next::Continue;
  };
  guest.cpu.set(Register::Ecx, 100);
  CHECK(guest.run_at(kMain) == kAtInt3);
  CHECK(guest.cpu.get(Register::Ebx) == 5050);
}

}  // namespace
}  // namespace emu::test
