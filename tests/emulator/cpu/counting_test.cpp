// Steps, and the two counters, where the interpreter test does not reach: REP, services, faults, the limit.
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000, kData = 0x500000, kAbsent = 0x501000;

struct Guest : TestGuest {
  Guest() {
    map(kCode);
    map(kData);
    on_int = [](uint8_t vector) { return vector == 3 ? Next::Stop : Next::Continue; };
    on_fault = [this](const mm::Fault& fault) {
      map_frame(fault.address.value, take_frame());
      return FaultAnswer::Retry;
    };
  }
  Stop step_at(uint32_t eip) {
    cpu.set(Register::Eip, eip);
    return cpu.step();
  }
};

constexpr Stop kStepped{StopReason::Stepped};

TEST_CASE("A step of REP is one iteration; the last one moves on") {
  Guest guest;
  guest.load(kCode, {0xf3, 0xaa, 0x40, 0xcc});  // rep stosb; inc eax
  for (const uint32_t edi : {kData, kAbsent - 2}) {
    guest.cpu.set(Register::Eip, kCode);
    guest.cpu.set(Register::Edi, edi);
    guest.cpu.set(Register::Ecx, 4);
    for (uint32_t i = 1; i <= 4; ++i) {
      CHECK(guest.cpu.step() == kStepped);
      CHECK(guest.cpu.get(Register::Ecx) == 4 - i);
      CHECK(guest.cpu.get(Register::Edi) == edi + i);
      CHECK(guest.cpu.get(Register::Eip) == (i < 4 ? kCode : kCode + 2));
    }
  }
  guest.cpu.set(Register::Ecx, 0);
  CHECK(guest.step_at(kCode) == kStepped);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 2);
  guest.load(kCode + 0x10, {0xf3, 0x67, 0xaa, 0xcc});  // with CX
  guest.cpu.set(Register::Ecx, 0x10001);
  guest.cpu.set(Register::Edi, 0);
  CHECK(guest.step_at(kCode + 0x10) == kStepped);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x13);
  CHECK(guest.cpu.get(Register::Ecx) == 0x10000);
}

TEST_CASE("Steps of branches to themselves, of services and of exceptions") {
  Guest guest;
  guest.load(kCode, {0xeb, 0xfe});
  for (int i = 0; i < 3; ++i) {
    CHECK(guest.step_at(kCode) == kStepped);
    CHECK(guest.cpu.get(Register::Eip) == kCode);
  }
  guest.load(kCode + 0x10, {0xcd, 0x2e, 0x40, 0xf4});
  CHECK(guest.step_at(kCode + 0x10) == kStepped);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x12);
  CHECK(guest.cpu.step() == kStepped);
  CHECK(guest.cpu.step() == Stop{StopReason::Exception, vector::kGeneralProtection});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x13);
}

TEST_CASE("A step does not fault for the instruction after it") {
  Guest guest;
  guest.on_fault = nullptr;
  guest.load(kCode + 0xfff, {0x40});  // inc eax, last byte of the page
  CHECK(guest.step_at(kCode + 0xfff) == kStepped);
  CHECK(guest.faults.empty());
  CHECK(guest.cpu.step() == Stop{StopReason::FaultRefused});
  CHECK(guest.mmu.refused_fault().fault.address.value == kCode + 0x1000);
  guest.load(kCode, {0xe9, 0xfb, 0x0f, 0, 0});  // jmp to the absent page
  CHECK(guest.step_at(kCode) == kStepped);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x1000);
  CHECK(guest.faults.size() == 1);
}

TEST_CASE("Instructions count once, however often they are made again, and the limit is exact") {
  Guest guest;
  // mov ecx, 5; mov edi, kAbsent - 3; rep stosb; int 0x2e; L: inc eax; jmp L
  guest.load(kCode, {0xb9, 5, 0, 0, 0, 0xbf, 0xfd, 0x0f, 0x50, 0, 0xf3, 0xaa, 0xcd, 0x2e, 0x40, 0xeb, 0xfd});
  guest.cpu.count_instructions(CountInstructions::On);
  guest.cpu.set_instruction_limit(1004);
  CHECK(guest.run_at(kCode) == Stop{StopReason::InstructionLimit});
  CHECK(guest.cpu.instructions_retired() == 1004);
  CHECK(guest.cpu.get(Register::Eax) == 500);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0xe);
  CHECK(guest.faults.size() == 1);
  CHECK(guest.cpu.run() == Stop{StopReason::InstructionLimit});
  CHECK(guest.cpu.instructions_retired() == 1004);
  guest.cpu.set_instruction_limit(1005);
  CHECK(guest.cpu.run() == Stop{StopReason::InstructionLimit});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0xf);
  // Off: nothing counts, steps neither.
  guest.cpu.count_instructions(CountInstructions::Off);
  CHECK(guest.cpu.step() == kStepped);
  CHECK(guest.cpu.instructions_retired() == 1005);
}

TEST_CASE("Code bytes are the same for every way to run") {
  std::vector<uint64_t> counts;
  for (int way = 0; way < 4; ++way) {
    Guest guest;
    // mov ecx, 300; L: mov [edi], ecx; add edi, 61; push/pop; int 0x2e; dec ecx; jnz L; mov ecx, 9; rep
    // movsb; int3
    guest.load(kCode, {0xb9, 0x2c, 1,    0,    0,    0x89, 0x0f, 0x83, 0xc7, 61,   0x51, 0x59, 0xcd,
                       0x2e, 0x49, 0x75, 0xf4, 0xb9, 9,    0,    0,    0,    0xf3, 0xa4, 0xcc});
    guest.map(0x600000);
    if (way != 1) {
      for (uint32_t i = 1; i < 8; ++i) guest.map(kData + i * 0x1000);  // way 1 faults for them
    }
    Registers registers;
    registers.eip = kCode;
    registers.edi = kData;
    registers.esi = kData;
    registers.esp = 0x601000;
    guest.cpu.set_registers(registers);
    guest.cpu.count_code_bytes(CountCodeBytes::On);
    if (way == 2) guest.cpu.count_instructions(CountInstructions::On);
    Stop stop = kStepped;
    while (stop == kStepped) stop = way == 3 ? guest.cpu.step() : guest.cpu.run();
    CHECK(stop == kAtInt3);
    counts.push_back(guest.cpu.code_bytes_retired());
  }
  // Nine iterations, and the visit that finds ECX at zero.
  CHECK(counts == std::vector<uint64_t>(4, 5 + 300 * 12 + 5 + 10 * 2 + 1));
}

TEST_CASE("A stop at an exact place in the middle of a loop counts what ran") {
  Guest guest;
  guest.load(kCode, {0x40, 0x40, 0x40, 0xeb, 0xfb});
  guest.cpu.count_code_bytes(CountCodeBytes::On);
  const mm::VirtualAddress place[] = {{kCode + 2}};
  guest.cpu.set_breakpoints(place);
  guest.cpu.set(Register::Eip, kCode);
  for (uint64_t i = 0; i < 5; ++i) {
    CHECK(guest.cpu.run() == Stop{StopReason::Breakpoint});
    CHECK(guest.cpu.code_bytes_retired() == 2 + 5 * i);
  }
}

}  // namespace
}  // namespace emu::test
