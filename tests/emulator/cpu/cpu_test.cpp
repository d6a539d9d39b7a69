#include "emulator/cpu/cpu.h"

#include <array>
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400000, kData = 0x500000, kStack = 0x600000;

struct Program : TestGuest {
  explicit Program(const std::vector<uint8_t>& code) {
    map(kCode);
    map(kCode + 0x1000);
    map(kData);
    map(kStack);
    std::fill(at(kCode), at(kCode) + 0x1000, std::byte{0xcc});
    load(kCode, code);
    cpu.set(Register::Esp, kStack + 0x1000);
  }
};

TEST_CASE("The processor starts in ring 3 with flat segments and the state after FNINIT") {
  Program guest({0xcc});
  CHECK(guest.cpu.privilege_level() == 3);
  Registers expected;
  expected.esp = kStack + 0x1000;
  CHECK(guest.cpu.registers() == expected);
  CHECK(guest.cpu.floating_state() == [] {
    FloatingState state;
    state.fxsave[28] = std::byte{0xff};  // MXCSR_MASK
    state.fxsave[29] = std::byte{0xff};
    return state;
  }());
}

TEST_CASE("INT3, INT n and INTO stop after the instruction") {
  Program guest({0xcc, 0xcd, 0x2e, 0xb0, 0x7f, 0x04, 0x01, 0xce});
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 1);
  CHECK(guest.cpu.run() == Stop{StopReason::Interrupt, 0x2e});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 3);
  CHECK(guest.cpu.run() == Stop{StopReason::Interrupt, vector::kOverflow});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 8);
}

TEST_CASE("A handler serves interrupts inside the loop, registers and all") {
  Program guest({0xcd, 0x2e, 0x40, 0xcc});  // int 0x2e; inc eax; int3
  guest.on_int = [&](uint8_t vector) {
    if (vector != 0x2e) return InterruptHandler::Next::Stop;
    CHECK(guest.cpu.get(Register::Eip) == kCode + 2);
    guest.cpu.set(Register::Eax, 41);
    return InterruptHandler::Next::Continue;
  };
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 42);
  CHECK(guest.interrupts == std::vector<uint8_t>{0x2e, 3});
}

TEST_CASE("CPU exceptions are reported right, one after another") {
  // 00: xor ecx, ecx; div ecx   10: hlt   20: ud2   30: mov ds, ax (bad)   40: in al, dx   50: sysenter   60:
  // syscall
  Program guest({});
  guest.load(kCode, {0x31, 0xc9, 0xf7, 0xf1});
  guest.load(kCode + 0x10, {0xf4});
  guest.load(kCode + 0x20, {0x0f, 0x0b});
  guest.load(kCode + 0x30, {0x66, 0xb8, 0xf8, 0x00, 0x8e, 0xd8});
  guest.load(kCode + 0x40, {0xec});
  guest.load(kCode + 0x50, {0x0f, 0x34});
  guest.load(kCode + 0x60, {0x0f, 0x05});
  struct {
    uint32_t start, at;
    uint8_t vector;
  } const cases[] = {{0x00, 0x02, vector::kDivideError},       {0x10, 0x10, vector::kGeneralProtection},
                     {0x00, 0x02, vector::kDivideError},       {0x20, 0x20, vector::kInvalidOpcode},
                     {0x30, 0x34, vector::kGeneralProtection}, {0x40, 0x40, vector::kGeneralProtection},
                     {0x50, 0x50, vector::kGeneralProtection}, {0x60, 0x60, vector::kInvalidOpcode},
                     {0x10, 0x10, vector::kGeneralProtection}, {0x10, 0x10, vector::kGeneralProtection}};
  guest.cpu.set_teb(mm::VirtualAddress{kData});
  for (const auto& c : cases) {
    CAPTURE(c.start);
    guest.cpu.set(Register::Eax, 0x12345678);
    guest.cpu.set(Register::Esi, 0xabcdef01);
    CHECK(guest.run_at(kCode + c.start) == Stop{StopReason::Exception, c.vector});
    CHECK(guest.cpu.get(Register::Eip) == kCode + c.at);
    CHECK(guest.cpu.get(Register::Esi) == 0xabcdef01);
    CHECK(guest.cpu.get(Register::Eax) >> 16 == 0x1234);
    CHECK(guest.cpu.privilege_level() == 3);
  }
  // FS is what it was.
  guest.load(kCode, {0x64, 0xa1, 0x04, 0, 0, 0, 0xcc});
  const uint32_t value = 0xfeedf00d;
  std::memcpy(guest.at(kData + 4), &value, 4);
  guest.mmu.discard_code(guest.pte(kCode).frame());
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == value);
}

TEST_CASE("Nothing behind an I/O instruction happens") {
  // inc dword [kData]; in al, dx; inc ebx; inc dword [kData]; fld1; movd xmm0, eax; int3
  Program guest(
      {0xff, 0x05, 0, 0, 0x50, 0, 0xec, 0x43, 0xff, 0x05, 0, 0, 0x50, 0, 0xd9, 0xe8, 0x66, 0x0f, 0x6e, 0xc0});
  const FloatingState before = guest.cpu.floating_state();
  CHECK(guest.run_at(kCode) == Stop{StopReason::Exception, vector::kGeneralProtection});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 6);
  CHECK(guest.cpu.get(Register::Ebx) == 0);
  CHECK(guest.word(kData) == 1);
  CHECK(guest.cpu.floating_state() == before);
  // rep insb; the byte itself is lost (cpu.h)
  guest.load(kCode + 0x100, {0xf3, 0x6c});
  guest.cpu.set(Register::Edi, kData);
  guest.cpu.set(Register::Ecx, 3);
  CHECK(guest.run_at(kCode + 0x100) == Stop{StopReason::Exception, vector::kGeneralProtection});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x100);
  CHECK(guest.cpu.get(Register::Ecx) == 3);
  CHECK(guest.faults.empty());
}

TEST_CASE("The floating state survives an exception") {
  Program guest({0xd9, 0xeb, 0xd9, 0xe8, 0x66, 0x0f, 0x6e, 0xc0, 0xf4});  // fldpi; fld1; movd xmm0, eax; hlt
  guest.cpu.set(Register::Eax, 77);
  CHECK(guest.run_at(kCode) == Stop{StopReason::Exception, vector::kGeneralProtection});
  guest.load(kCode + 0x100, {0x0f, 0xae, 0x05, 0x00, 0x00, 0x50, 0x00, 0xcc});  // fxsave [kData]
  const FloatingState state = guest.cpu.floating_state();
  CHECK(guest.run_at(kCode + 0x100) == kAtInt3);
  // Control, status, tags; the stack; XMM0-7.
  CHECK(std::memcmp(state.fxsave.data(), guest.at(kData), 6) == 0);
  CHECK(std::memcmp(state.fxsave.data() + 24, guest.at(kData + 24), 4) == 0);
  CHECK(std::memcmp(state.fxsave.data() + 32, guest.at(kData + 32), 256) == 0);
  CHECK(static_cast<uint8_t>(state.fxsave[4]) == 0xc0);  // ST0 and ST1 are in registers 6 and 7
  CHECK(static_cast<uint8_t>(state.fxsave[160]) == 77);
}

TEST_CASE("A floating state that is set is the one that the guest sees") {
  Program guest({0x0f, 0xae, 0x05, 0x00, 0x00, 0x50, 0x00, 0xcc});
  FloatingState state;
  for (size_t i = 0; i < 8; ++i) {
    for (size_t byte = 0; byte < 8; ++byte) state.fxsave[32 + 16 * i + byte] = std::byte(0x80 + i);
    state.fxsave[32 + 16 * i + 8] = std::byte(i);
    state.fxsave[32 + 16 * i + 9] = std::byte{0x3f};
    for (size_t byte = 0; byte < 16; ++byte) state.fxsave[160 + 16 * i + byte] = std::byte(16 * i + byte);
  }
  state.fxsave[0] = std::byte{0x7e};                                       // FCW: invalid operation unmasked
  state.fxsave[3] = std::byte{0x28};                                       // TOP = 5
  state.fxsave[4] = std::byte{0xe0};                                       // registers 5 to 7 hold something
  state.fxsave[24] = std::byte{0x80}, state.fxsave[25] = std::byte{0x3f};  // MXCSR: round up
  guest.cpu.set_floating_state(state);
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(std::memcmp(state.fxsave.data(), guest.at(kData), 5) == 0);
  CHECK(std::memcmp(state.fxsave.data() + 24, guest.at(kData + 24), 2) == 0);
  CHECK(std::memcmp(state.fxsave.data() + 160, guest.at(kData + 160), 128) == 0);
  for (size_t i = 0; i < 8; ++i) {
    CHECK(std::memcmp(state.fxsave.data() + 32 + 16 * i, guest.at(kData + 32 + 16 * static_cast<uint32_t>(i)),
                      10) == 0);
  }
  const FloatingState again = guest.cpu.floating_state();
  CHECK(std::memcmp(again.fxsave.data() + 32, state.fxsave.data() + 32, 256) == 0);
  CHECK(std::memcmp(again.fxsave.data(), state.fxsave.data(), 5) == 0);
}

TEST_CASE("An unmasked x87 exception is vector 16") {
  // fninit; fldcw [kData] (zero divide unmasked); fldz; fld1; fdivrp; fwait
  Program guest(
      {0xdb, 0xe3, 0xd9, 0x2d, 0x00, 0x00, 0x50, 0x00, 0xd9, 0xee, 0xd9, 0xe8, 0xde, 0xf1, 0x9b, 0xcc});
  guest.load(kData, {0x7b, 0x03});
  CHECK(guest.run_at(kCode) == Stop{StopReason::Exception, vector::kFloatingPoint});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 14);
}

TEST_CASE("An INT n and an exception of the same vector are told apart") {
  Program guest({});
  guest.load(kCode, {0xcd, 0x00, 0x90, 0xcc});                     // int 0; nop
  guest.load(kCode + 0x10, {0xcd, 0x0d, 0x90});                    // int 13; nop
  guest.load(kCode + 0x20, {0xb8, 0, 0, 0xcd, 0x00, 0xf7, 0xf1});  // mov eax, 0x00cd0000; div ecx
  CHECK(guest.run_at(kCode) == Stop{StopReason::Interrupt, 0});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 2);
  CHECK(guest.run_at(kCode + 0x10) == Stop{StopReason::Interrupt, 13});
  guest.cpu.set(Register::Ecx, 0);
  CHECK(guest.run_at(kCode + 0x20) == Stop{StopReason::Exception, vector::kDivideError});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x25);
}

TEST_CASE("RDTSC reads virtual time; the host's clock and randomness stay out") {
  Program guest({0x0f, 0x31, 0xcc});
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 0x55667788);
  CHECK(guest.cpu.get(Register::Edx) == 0x11223344);
  guest.load(kCode + 0x10, {0x0f, 0x01, 0xf9});  // rdtscp
  guest.load(kCode + 0x20, {0x0f, 0xc7, 0xf0});  // rdrand eax
  guest.load(kCode + 0x30, {0x0f, 0xc7, 0xf8});  // rdseed eax
  for (const uint32_t offset : {0x10u, 0x20u, 0x30u}) {
    CHECK(guest.run_at(kCode + offset) == Stop{StopReason::Exception, vector::kInvalidOpcode});
  }
}

// Intel SDM volume 2A, "CPUID": a leaf beyond the last basic one is answered with that one.
TEST_CASE("CPUID claims no hypervisor") {
  constexpr uint32_t kHypervisor = 1u << 31;  // of leaf 1's ECX
  Program guest({0x0f, 0xa2, 0xcc});
  const auto leaf = [&](uint32_t number) {
    guest.cpu.set(Register::Eax, number);
    guest.cpu.set(Register::Ecx, 0);
    CHECK(guest.run_at(kCode) == kAtInt3);
    const Registers answer = guest.cpu.registers();
    return std::array{answer.eax, answer.ebx, answer.ecx, answer.edx};
  };
  CHECK((leaf(1)[2] & kHypervisor) == 0);
  const uint32_t last = leaf(0)[0];
  CHECK(leaf(0x40000000) == leaf(last));
}

TEST_CASE("SSE4.2 is there, 128-bit loads and stores work") {
  // movups xmm0, [kData]; movups [kData+0x10], xmm0; ptest xmm0, xmm0
  Program guest({0x0f, 0x10, 0x05, 0, 0,    0x50, 0,    0x0f, 0x11, 0x05,
                 0x10, 0,    0x50, 0, 0x66, 0x0f, 0x38, 0x17, 0xc0, 0xcc});
  guest.load(kData, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16});
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(std::memcmp(guest.at(kData), guest.at(kData + 16), 16) == 0);
}

TEST_CASE("FS follows the TEB; the guest may load it, but not read the descriptor table") {
  Program guest({0x64, 0xa1, 0x18, 0, 0, 0, 0xcc});  // mov eax, fs:[0x18]
  guest.load(kData + 0x118, {0x44, 0x33, 0x22, 0x11});
  guest.load(kData + 0x218, {0x88, 0x77, 0x66, 0x55});
  guest.cpu.set_teb(mm::VirtualAddress{kData + 0x100});
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 0x11223344);
  guest.cpu.set_teb(mm::VirtualAddress{kData + 0x200});
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 0x55667788);
  // push fs; pop fs; mov gs, ax (0x23); mov eax, [descriptor table]
  guest.load(kCode + 0x100,
             {0x0f, 0xa0, 0x0f, 0xa1, 0xb8, 0x23, 0, 0, 0, 0x8e, 0xe8, 0xa1, 0x08, 0, 0xc0, 0xff});
  CHECK(guest.run_at(kCode + 0x100) == Stop{StopReason::FaultRefused});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 0x10b);
  CHECK(guest.mmu.refused_fault().fault.address.value == 0xFFC00008);
  CHECK(guest.mmu.refused_fault().error_code == 5);
  CHECK(guest.faults.size() == 1);
}

TEST_CASE("TF traps after the next instruction") {
  Program guest(
      {0x9c, 0x80, 0x4c, 0x24, 0x01, 0x01, 0x9d, 0x40, 0x40, 0xcc});  // pushf; or byte [esp+1], 1; popf
  CHECK(guest.run_at(kCode) == Stop{StopReason::Exception, vector::kDebug});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 8);
  CHECK(guest.cpu.get(Register::Eax) == 1);
}

TEST_CASE("Breakpoints stop before the instruction and let the next run pass it") {
  Program guest({0x40, 0x40, 0x40, 0xeb, 0xfb});  // 0: inc eax; inc eax; inc eax; jmp 0
  const mm::VirtualAddress places[] = {{kCode + 1}, {kCode + 3}};
  CHECK((guest.cpu.set_instruction_limit(UINT64_MAX), true));
  guest.cpu.set(Register::Eip, kCode);
  guest.cpu.set_breakpoints(places);
  for (const auto& [eip, eax] : {std::pair{1u, 1u}, {3u, 3u}, {1u, 4u}, {3u, 6u}, {1u, 7u}}) {
    CHECK(guest.cpu.run() == Stop{StopReason::Breakpoint});
    CHECK(guest.cpu.get(Register::Eip) == kCode + eip);
    CHECK(guest.cpu.get(Register::Eax) == eax);
  }
  CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 2);
  CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 3);
  guest.cpu.set_breakpoints({});
  guest.on_int = [](uint8_t) { return InterruptHandler::Next::Stop; };
  guest.load(kCode + 3, {0xcc});
  guest.mmu.discard_code(guest.pte(kCode).frame());
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.cpu.get(Register::Eip) == kCode + 4);
}

// A loop of three INC EAX from `from`, entered there, whose breakpoint lies at `place`: it halts at every
// round, and when the breakpoint has gone and INT3 stands behind it, there.
void check_breakpoint_in_loop(Program& guest, uint32_t from, uint32_t place, uint32_t eax) {
  const mm::VirtualAddress places[] = {{place}};
  guest.load(from, {0x40, 0x40, 0x40, 0xeb, 0xfb});  // inc eax; inc eax; inc eax; jmp to the first
  guest.cpu.set_breakpoints(places);
  guest.cpu.set(Register::Eip, place == from ? from + 1 : from);
  for (int round = 0; round < 3; ++round, eax += 3) {
    CHECK(guest.cpu.run() == Stop{StopReason::Breakpoint});
    CHECK(guest.cpu.get(Register::Eip) == place);
    CHECK(guest.cpu.get(Register::Eax) == eax);
  }
  guest.cpu.set_breakpoints({});
  guest.on_int = [](uint8_t) { return InterruptHandler::Next::Stop; };
  guest.load(place + 1, {0xcc});
  guest.mmu.discard_code(guest.pte(place).frame());
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.faults.empty());
}

// What Unicorn translates for the breakpoint has no bytes: it must not be looked for in the page before.
TEST_CASE("A breakpoint at the first byte of a page is one, whatever lies before the page") {
  Program guest({});
  REQUIRE(!guest.pte(kCode - 1).valid());
  check_breakpoint_in_loop(guest, kCode, kCode, 2);
}

TEST_CASE("A breakpoint at the first byte of a page is one for code that runs on from the page before") {
  constexpr uint32_t kNext = kCode + mm::kPageSize;
  Program guest({});
  guest.map(kNext);
  check_breakpoint_in_loop(guest, kNext - 2, kNext, 2);
}

TEST_CASE("An illegal instruction is one wherever breakpoints are") {
  for (const uint32_t place : {kCode, kCode + 1, 0x1234u, 0xfffffff0u}) {
    CAPTURE(place);
    Program guest({0x40, 0x0f, 0x0b});  // inc eax; ud2
    const mm::VirtualAddress places[] = {{place}};
    guest.cpu.set_breakpoints(places);
    Stop stop = guest.run_at(kCode);
    if (stop.reason == StopReason::Breakpoint) stop = guest.cpu.run();
    CHECK(stop == Stop{StopReason::Exception, vector::kInvalidOpcode});
    CHECK(guest.cpu.get(Register::Eip) == kCode + 1);
    CHECK(guest.faults.empty());
  }
}

// A debugger's and the guest's.
TEST_CASE("Two parties have breakpoints of their own") {
  Program guest({0x40, 0x40, 0x40, 0x40, 0xcc});
  guest.on_int = [](uint8_t) { return InterruptHandler::Next::Stop; };
  const mm::VirtualAddress ours[] = {{kCode + 1}, {kCode + 2}}, theirs[] = {{kCode + 2}, {kCode + 3}};
  guest.cpu.set_breakpoints(ours);
  guest.cpu.set_breakpoints(theirs, BreakpointsOf::Guest);
  CHECK(guest.run_at(kCode) == Stop{StopReason::Breakpoint});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 1);
  guest.cpu.set_breakpoints({});
  for (const uint32_t offset : {2u, 3u}) {
    CHECK(guest.cpu.run() == Stop{StopReason::Breakpoint});
    CHECK(guest.cpu.get(Register::Eip) == kCode + offset);
  }
  guest.cpu.set_breakpoints({}, BreakpointsOf::Guest);
  CHECK(guest.cpu.run() == kAtInt3);
}

TEST_CASE("A step over LOOP that leads to itself is one of its rounds") {
  for (const uint8_t opcode : std::initializer_list<uint8_t>{0xe0, 0xe1, 0xe2}) {  // LOOPNE, LOOPE, LOOP
    CAPTURE(opcode);
    Program guest({opcode, 0xfe, 0xcc});
    guest.cpu.set(Register::Eip, kCode);
    guest.cpu.set(Register::Ecx, 3);
    guest.cpu.set(Register::Eflags, opcode == 0xe1 ? 0x242 : 0x202);  // ZF
    for (const uint32_t left : {2u, 1u, 0u}) {
      CHECK(guest.cpu.step() == Stop{StopReason::Stepped});
      CHECK(guest.cpu.get(Register::Ecx) == left);
      CHECK(guest.cpu.get(Register::Eip) == kCode + (left == 0 ? 2 : 0));
    }
  }
}

// Intel SDM volume 2B, "PAUSE"; volume 3, 17.3.1.4.
TEST_CASE("PAUSE is told to the handler once, and under EFLAGS.TF ends in a trap") {
  Program guest({0x43, 0xf3, 0x90, 0x43, 0xcc});  // inc ebx; pause; inc ebx; int3
  CHECK(guest.run_at(kCode) == kAtInt3);
  CHECK(guest.pauses == std::vector{kCode + 3});
  CHECK(guest.cpu.get(Register::Ebx) == 2);
  guest.cpu.set(Register::Eip, kCode + 1);
  guest.cpu.set(Register::Eflags, 0x302);
  CHECK(guest.cpu.run() == Stop{StopReason::Exception, vector::kDebug});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 3);
  CHECK(guest.pauses == std::vector{kCode + 3, kCode + 3});
}

TEST_CASE("A stop that is asked for in a service comes before the next instruction") {
  Program guest({0xcd, 0x2e, 0x40, 0xcc});
  guest.on_int = [&](uint8_t vector) {
    if (vector == 3) return InterruptHandler::Next::Stop;
    guest.cpu.request_stop();
    return InterruptHandler::Next::Continue;
  };
  CHECK(guest.run_at(kCode) == Stop{StopReason::Requested});
  CHECK(guest.cpu.get(Register::Eip) == kCode + 2);
  CHECK(guest.cpu.get(Register::Eax) == 0);
  CHECK(guest.cpu.run() == kAtInt3);
  CHECK(guest.cpu.get(Register::Eax) == 1);
}

}  // namespace
}  // namespace emu::test
