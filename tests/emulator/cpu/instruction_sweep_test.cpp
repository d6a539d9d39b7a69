// Every prefix before every opcode of one and two bytes with eight forms of ModRM: nothing of it ends the
// host, hangs or is a mistake of ours. Children run the cases; where one dies, the next begins behind it.
#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <csignal>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

using Catch::Matchers::Equals;

constexpr uint32_t kCode = 0x400000, kData = 0x500000, kStack = 0x600000;
constexpr unsigned kPatience = 10;  // seconds for one instruction
constexpr uint8_t kLock = 0xf0, kTwoBytes = 0x0f, kInt3 = 0xcc;

// Memory and registers, with each reg field once, and each of both that LOCK tells apart.
constexpr std::array<uint8_t, 8> kForms = {0x03, 0x0b, 0x13, 0x1b, 0x23, 0x2b, 0x33, 0x3b};

using Prefixes = std::array<uint8_t, 2>;  // 0: none

struct Instruction {
  Prefixes prefixes;
  bool two_bytes;
  uint8_t opcode, modrm;

  // Zeros follow, enough for any displacement and immediate; and INT3, which ends the block: else each case
  // would translate a page of zeros, five hundred instructions, behind its one.
  std::vector<uint8_t> code() const {
    std::vector<uint8_t> bytes;
    for (const uint8_t prefix : prefixes)
      if (prefix != 0) bytes.push_back(prefix);
    if (two_bytes) bytes.push_back(kTwoBytes);
    bytes.insert(bytes.end(), {opcode, modrm, 0, 0, 0, 0, 0, 0, 0, 0, kInt3});
    return bytes;
  }
  bool in_memory() const { return modrm >> 6 != 3; }
  uint8_t reg() const { return modrm >> 3 & 7; }
};

std::string text(const Instruction& instruction) {
  std::string result;
  for (const uint8_t byte : instruction.code()) result += fmt::format("{:02x} ", byte);
  return result;
}

// Prefixes are not opcodes; 0F begins those of two bytes.
bool is_opcode(bool two_bytes, int byte) {
  if (two_bytes) return true;
  switch (byte) {
    case 0x0f:
    case 0x26:
    case 0x2e:
    case 0x36:
    case 0x3e:
    case 0x64:
    case 0x65:
    case 0x66:
    case 0x67:
    case 0xf0:
    case 0xf2:
    case 0xf3: return false;
    default: return true;
  }
}

std::vector<Instruction> all_with(Prefixes prefixes) {
  std::vector<Instruction> all;
  for (const bool two_bytes : {false, true}) {
    for (int opcode = 0; opcode < 256; ++opcode) {
      if (!is_opcode(two_bytes, opcode)) continue;
      for (const uint8_t form : kForms) {  // [ebx], and ebx
        all.push_back({prefixes, two_bytes, static_cast<uint8_t>(opcode), form});
        all.push_back({prefixes, two_bytes, static_cast<uint8_t>(opcode), static_cast<uint8_t>(form | 0xc0)});
      }
    }
  }
  return all;
}

// Intel SDM volume 2A, "LOCK": the instructions that may have it, with a destination in memory.
bool may_be_locked(const Instruction& one) {
  if (!one.in_memory()) return false;
  if (one.two_bytes) {
    switch (one.opcode) {
      case 0xb0:
      case 0xb1:
      case 0xc0:
      case 0xc1:  // CMPXCHG, XADD
      case 0xab:
      case 0xb3:
      case 0xbb: return true;  // BTS, BTR, BTC
      case 0xba: return one.reg() >= 5;
      case 0xc7: return one.reg() == 1;  // CMPXCHG8B
      default: return false;
    }
  }
  if (one.opcode < 0x38) return (one.opcode & 7) < 2;  // ADD, OR, ADC, SBB, AND, SUB, XOR
  if (one.opcode >= 0x80 && one.opcode <= 0x83) return one.reg() != 7;
  if (one.opcode == 0x86 || one.opcode == 0x87) return true;                              // XCHG
  if (one.opcode == 0xf6 || one.opcode == 0xf7) return one.reg() == 2 || one.reg() == 3;  // NOT, NEG
  if (one.opcode == 0xfe || one.opcode == 0xff) return one.reg() < 2;                     // INC, DEC
  return false;
}

class SweptGuest {
 public:
  SweptGuest() {
    code_frame_ = guest_.map(kCode);
    guest_.map(kData);
    guest_.map(kStack);
  }

  Stop step(const Instruction& one) {
    guest_.load(kCode, one.code());
    guest_.cpu.drop_code(code_frame_);
    Registers registers;
    registers.eip = kCode;
    registers.ebx = registers.esi = registers.edi = registers.ebp = kData + 0x800;
    registers.ecx = 1;
    registers.eax = 1;
    registers.esp = kStack + 0x800;
    guest_.cpu.set_registers(registers);
    return guest_.cpu.step();
  }

 private:
  TestGuest guest_;
  mm::PageFrameNumber code_frame_{0};
};

// What a child has found, in memory that its parent sees.
struct Progress {
  size_t next;  // the case that runs
  bool refused[1 << 14];
};

// From `progress.next` on. A case that does not end is ended by SIGALRM.
[[noreturn]] void run_cases(const std::vector<Instruction>& cases, Progress& progress) {
  std::signal(SIGALRM, SIG_DFL);
  for (const int fatal : {SIGABRT, SIGSEGV, SIGFPE, SIGILL, SIGBUS}) std::signal(fatal, SIG_DFL);
  SweptGuest guest;
  for (; progress.next < cases.size(); ++progress.next) {
    alarm(kPatience);
    progress.refused[progress.next] =
        guest.step(cases[progress.next]) == Stop{StopReason::Exception, vector::kInvalidOpcode};
  }
  _exit(0);
}

// The cases that ended their process, and how.
std::vector<std::string> sweep(const std::vector<Instruction>& cases, Progress& progress) {
  std::vector<std::string> deaths;
  for (progress.next = 0; progress.next < cases.size(); ++progress.next) {
    const pid_t child = fork();
    if (child == 0) run_cases(cases, progress);
    int status = 0;
    waitpid(child, &status, 0);
    if (progress.next < cases.size())
      deaths.push_back(fmt::format("{}: status {:#x}", text(cases[progress.next]), status));
  }
  return deaths;
}

class SharedProgress {
 public:
  SharedProgress()
      : place_(mmap(nullptr, sizeof(Progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    REQUIRE(place_ != MAP_FAILED);
  }
  ~SharedProgress() { munmap(place_, sizeof(Progress)); }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;
  Progress& operator*() const { return *static_cast<Progress*>(place_); }

 private:
  void* place_;
};

std::string lines(const std::vector<std::string>& all) { return fmt::format("{}", fmt::join(all, "\n")); }

TEST_CASE("LOCK is #UD but on the instructions that the manual lists, with a destination in memory") {
  const std::vector<Instruction> cases = all_with({kLock});
  const SharedProgress progress;
  CHECK_THAT(lines(sweep(cases, *progress)), Equals(""));
  for (size_t i = 0; i < cases.size(); ++i) {
    INFO(text(cases[i]));
    CHECK((*progress).refused[i] == !may_be_locked(cases[i]));
  }
}

TEST_CASE("No instruction without a prefix, or with operand size or REP, ends the host") {
  const SharedProgress progress;
  for (const uint8_t prefix : std::to_array<uint8_t>({0x00, 0x66, 0xf3})) {
    CHECK_THAT(lines(sweep(all_with({prefix}), *progress)), Equals(""));
  }
}

TEST_CASE("No instruction with any other prefix ends the host") {
  const SharedProgress progress;
  for (const uint8_t prefix : std::to_array<uint8_t>({0x26, 0x2e, 0x36, 0x3e, 0x64, 0x65, 0x67, 0xf2})) {
    CHECK_THAT(lines(sweep(all_with({prefix}), *progress)), Equals(""));
  }
}

// Those that change each other's meaning: sizes of operand and address with each other, with REP, REPNE and
// LOCK, and the mandatory prefixes of SSE, of which the last counts.
TEST_CASE("No instruction with two prefixes ends the host", "[.slow]") {
  constexpr std::array<uint8_t, 5> kMeaning = {0x66, 0x67, 0xf0, 0xf2, 0xf3};
  const SharedProgress progress;
  for (const uint8_t first : kMeaning) {
    for (const uint8_t second : kMeaning) {
      CHECK_THAT(lines(sweep(all_with({first, second}), *progress)), Equals(""));
    }
  }
}

}  // namespace
}  // namespace emu::test
