// The limit of code bytes is exact: a run in pieces stops where single steps would have been.
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000, kData = 0x500000, kStack = 0x600000;
constexpr Stop kLimit{StopReason::CodeByteLimit};
constexpr Stop kStepped{StopReason::Stepped};

// Loops, REP, services, faults, a block over a page end, and stores into the running block.
struct Guest : TestGuest {
  Guest() {
    map(kCode);
    map(kCode + 0x1000);
    map(kStack);
    on_int = [](uint8_t vector) { return vector == 3 ? Next::Stop : Next::Continue; };
    on_fault = [this](const mm::Fault& fault) {
      map_frame(fault.address.value, take_frame());
      return FaultAnswer::Retry;
    };
    load(kCode + 0xFE0,
         {0xbd, 40,   0,    0,    0,                 // mov ebp, 40
          0x89, 0x2f, 0x83, 0xc7, 61,   0x51, 0x59,  // L: mov [edi], ebp; add edi, 61; push/pop ecx
          0xb9, 7,    0,    0,    0,    0xf3, 0xa4,  // mov ecx, 7; rep movsb
          0xb9, 0,    0,    0,    0,    0xf3, 0xaa,  // mov ecx, 0; rep stosb
          0xc6, 0x05, 0x02, 0x10, 0x40, 0x00, 0x90,  // mov byte [0x401002], 0x90: an instruction ahead
          0x90, 0x90, 0x90, 0x90, 0x90, 0xcd, 0x2e,  // nops; int 0x2e
          0x4d, 0x75, 0xda, 0xcc});                  // dec ebp; jnz L; int3
    Registers registers;
    registers.eip = kCode + 0xFE0;
    registers.edi = kData;
    registers.esi = kData + 0x4000;
    registers.esp = kStack + 0x1000;
    cpu.set_registers(registers);
    cpu.count_code_bytes(CountCodeBytes::On);
  }
};

struct Place {
  uint64_t bytes;
  Registers registers;
};

std::vector<Place> places_of_steps() {
  Guest guest;
  std::vector<Place> places;
  do places.push_back({guest.cpu.code_bytes_retired(), guest.cpu.registers()});
  while (guest.cpu.step() == kStepped);
  return places;
}

const Place& first_at_or_after(const std::vector<Place>& places, uint64_t bytes) {
  for (const Place& place : places)
    if (place.bytes >= bytes) return place;
  return places.back();
}

void compare_pieces(const std::vector<Place>& places, uint32_t longest, uint32_t seed) {
  CAPTURE(longest, seed);
  Random random(seed);
  Guest guest;
  uint64_t limit = 0;
  Stop stop = kLimit;
  while (stop == kLimit) {
    const Place& expected = first_at_or_after(places, limit);
    CAPTURE(limit, expected.registers.eip, guest.cpu.get(Register::Eip));
    REQUIRE(guest.cpu.code_bytes_retired() == expected.bytes);
    REQUIRE(guest.cpu.registers() == expected.registers);
    limit = guest.cpu.code_bytes_retired() + 1 + random() % longest;
    if (limit > places.back().bytes) limit = Cpu::kNoCodeByteLimit;
    guest.cpu.set_code_byte_limit(limit);
    stop = guest.cpu.run();
  }
  CHECK(stop == kAtInt3);
  CHECK(guest.cpu.code_bytes_retired() == places.back().bytes + 1);
}

TEST_CASE("Runs in pieces stop where steps are") {
  const auto places = places_of_steps();
  REQUIRE(places.size() > 900);
  for (const uint32_t longest : {1u, 7u, 60u, 1000u})
    for (uint32_t seed = 0; seed < 3; ++seed) compare_pieces(places, longest, seed);
}

TEST_CASE("A limit that is reached already stops before anything runs") {
  Guest guest;
  guest.cpu.set_code_byte_limit(0);
  CHECK(guest.cpu.run() == kLimit);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0xFE0);
}

TEST_CASE("A service may move the limit") {
  Guest guest;
  guest.on_int = [&](uint8_t) {
    guest.cpu.set_code_byte_limit(guest.cpu.code_bytes_retired() + 1);
    return InterruptHandler::Next::Continue;
  };
  CHECK(guest.cpu.run() == kLimit);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x1009);  // behind `dec ebp`
}

TEST_CASE("PAUSE may move the limit, however the guest is driven") {
  for (const bool steps : {false, true}) {
    CAPTURE(steps);
    Guest guest;
    guest.load(kCode,
               {0x41, 0xf3, 0x90, 0x40, 0x40, 0xeb, 0xf9});  // L: inc ecx; pause; inc eax; inc eax; jmp L
    guest.on_paused = [&] {
      if (guest.pauses.size() == 3) guest.cpu.set_code_byte_limit(guest.cpu.code_bytes_retired());
    };
    guest.cpu.set(Register::Eip, kCode);
    guest.cpu.set(Register::Eax, 0);
    if (!steps) CHECK(guest.cpu.run() == kLimit);
    while (steps && !guest.cpu.code_byte_limit_reached()) REQUIRE(guest.cpu.step() == kStepped);
    CHECK(guest.cpu.get(Register::Eip) == kCode + 3);
    CHECK(guest.cpu.get(Register::Eax) == 4);
    CHECK(guest.cpu.code_bytes_retired() == 2 * 7 + 3);
    CHECK(guest.pauses == std::vector<uint32_t>(3, kCode + 3));
  }
}

}  // namespace
}  // namespace emu::test
