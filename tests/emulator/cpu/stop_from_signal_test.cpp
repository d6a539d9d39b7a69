// A guest in a loop that nothing else stops, stopped by a timer: each time exactly between two instructions.
// What memory and registers must hold there is counted in the code that stands beside it.
#include <sys/time.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <set>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000;
constexpr uint32_t kData = 0x401000;  // two pages
constexpr uint32_t kStack = 0x403000;
constexpr int kStops = 150;

Cpu* stopped_cpu = nullptr;

// Asks for a stop, again and again.
class Timer {
 public:
  explicit Timer(Cpu& cpu) {
    stopped_cpu = &cpu;
    struct sigaction action {};
    action.sa_handler = [](int) { stopped_cpu->request_stop_from_signal(); };
    sigaction(SIGALRM, &action, &before_);
    set(300);  // µs
  }
  ~Timer() {
    set(0);
    sigaction(SIGALRM, &before_, nullptr);
  }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

 private:
  static void set(suseconds_t period) {
    const itimerval timer{{0, period}, {0, period}};
    setitimer(ITIMER_REAL, &timer, nullptr);
  }
  struct sigaction before_ {};
};

// The loop's registers at a stop: ECX counts, EIP is an offset. And the word at `data`.
using Holds = std::function<bool(const Registers& at, uint32_t word)>;

void check_stops(const std::vector<uint8_t>& loop, uint32_t data, const Holds& holds) {
  TestGuest guest;
  guest.map(kCode, kUserPage | kTouched);
  for (uint32_t page = kData; page <= kStack; page += mm::kPageSize) guest.map(page, kUserPage | kTouched);
  guest.load(kCode, loop);
  Registers registers = guest.cpu.registers();
  registers.eip = kCode;
  registers.eax = 1;
  registers.ecx = registers.edx = 0;
  registers.ebx = data;
  registers.esp = kStack + 0x800;
  guest.cpu.set_registers(registers);
  std::vector<uint32_t> counts;
  const Timer timer(guest.cpu);
  for (int stop = 0; stop < kStops; ++stop) {
    REQUIRE(guest.cpu.run() == Stop{StopReason::Requested});
    Registers at = guest.cpu.registers();
    at.eip -= kCode;
    uint32_t word = 0;
    for (uint32_t i = 0; i < 4; ++i) word |= static_cast<uint32_t>(*guest.at(data + i)) << 8 * i;
    CAPTURE(stop, at.eip, at.eax, at.ecx, at.edx, word);
    REQUIRE(holds(at, word));
    counts.push_back(at.ecx);
  }
  CHECK(std::is_sorted(counts.begin(), counts.end()));
  CHECK(std::set<uint32_t>(counts.begin(), counts.end()).size() > kStops / 10);  // it ran meanwhile
}

const std::vector<uint32_t> kPlaces = {kData + 4, kData + mm::kPageSize - 2, kCode + 0x800};

TEST_CASE("A signal stops a loop that changes memory, and nothing is made twice") {
  for (const uint32_t place : kPlaces) {
    CAPTURE(place);
    // 0 inc dword [ebx]; 2 inc ecx; 3 jmp 0
    check_stops({0xFF, 0x03, 0x41, 0xEB, 0xFB}, place,
                [](const Registers& at, uint32_t word) { return word - at.ecx == (at.eip == 2 ? 1u : 0u); });
  }
}

TEST_CASE("A signal stops a loop that exchanges memory and a register") {
  for (const uint32_t place : kPlaces) {
    CAPTURE(place);
    // 0 xchg [ebx],eax; 2 inc ecx; 3 jmp 0. EAX is 1 and memory 0 at first
    check_stops({0x87, 0x03, 0x41, 0xEB, 0xFB}, place, [](const Registers& at, uint32_t word) {
      const uint32_t made = at.ecx + (at.eip == 2 ? 1 : 0);
      return word == made % 2 && at.eax == 1 - made % 2;
    });
  }
}

TEST_CASE("A signal stops a loop of several changes") {
  // 0 add [ebx],eax; 2 not dword [ebx-4]; 5 add [ebx],eax; 7 inc ecx; 8 jmp 0
  check_stops({0x01, 0x03, 0xF7, 0x53, 0xFC, 0x01, 0x03, 0x41, 0xEB, 0xF6}, kData + 4,
              [](const Registers& at, uint32_t word) {
                const uint32_t in_turn = at.eip == 0 || at.eip == 8 ? 0 : at.eip < 7 ? 1 : 2;
                return word == at.ecx * 2 + in_turn;
              });
}

TEST_CASE("A signal stops a loop of pushes and pops") {
  // 0 push ecx; 1 pop edx; 2 inc ecx; 3 jmp 0
  check_stops({0x51, 0x5A, 0x41, 0xEB, 0xFB}, kData, [](const Registers& at, uint32_t) {
    if (at.esp != kStack + 0x800 - (at.eip == 1 ? 4u : 0u)) return false;
    return at.ecx == 0 || at.edx == (at.eip == 2 ? at.ecx : at.ecx - 1);
  });
}

TEST_CASE("A signal stops a loop that only stores") {
  for (const uint32_t place : kPlaces) {
    CAPTURE(place);
    // 0 mov [ebx],ecx; 2 inc ecx; 3 jmp 0
    check_stops({0x89, 0x0B, 0x41, 0xEB, 0xFB}, place, [](const Registers& at, uint32_t word) {
      return at.ecx == 0 || word == (at.eip == 2 ? at.ecx : at.ecx - 1);
    });
  }
}

TEST_CASE("A signal stops a loop that never touches memory") {
  // 0 inc ecx; 1 inc edx; 2 jmp 0
  check_stops({0x41, 0x42, 0xEB, 0xFC}, kData,
              [](const Registers& at, uint32_t) { return at.ecx - at.edx == (at.eip == 1 ? 1u : 0u); });
}

}  // namespace
}  // namespace emu::test
