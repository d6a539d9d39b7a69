// The exceptions of the processor, and what each leaves in the registers, against exceptions.txt, which was
// measured on a real processor by measure_exceptions.c.
#include <fmt/format.h>

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

using Catch::Matchers::Equals;

// As in measure_exceptions.c.
constexpr uint32_t kCode = 0x10000000, kData = 0x20000000, kAbsent = 0x20002000, kReadOnly = 0x20003000,
                   kStack = 0x21000000;
constexpr uint32_t kOperands = 0x800, kTopOfStack = 0x800, kShown = 16;
constexpr uint32_t kPageFault = 14;

using Bytes = std::vector<uint8_t>;

// A line of the table: an instruction's code, perhaps behind others that prepare it, the bytes that EBX
// points to, and the outcome: the exception (3 is the INT3 behind), EIP from the code, the error code of a
// page fault, then what of MXCSR, x87 and SSE registers is not as it was, and the first bytes of memory.
struct Row {
  Bytes code, data;
  std::string outcome, text;
};

Bytes parse(const std::string& hex) {
  Bytes bytes;
  for (size_t i = 0; i < hex.size(); i += 2)
    bytes.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  return bytes;
}

std::vector<Row> read_table() {
  std::ifstream file("tests/emulator/cpu/exceptions.txt");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    std::istringstream columns(line.substr(0, line.find('\t')));
    std::string code, data, outcome;
    columns >> code >> data >> std::ws;
    std::getline(columns, outcome);
    rows.push_back({parse(code), parse(data), outcome, line.substr(line.find('\t') + 1)});
  }
  return rows;
}

std::string hex(std::span<const std::byte> bytes) {
  std::string result;
  for (const std::byte byte : bytes) result += fmt::format("{:02x}", static_cast<unsigned>(byte));
  return result;
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}

class Bench {
 public:
  Bench() : code_frame_(guest_.map(kCode)) {
    guest_.map(kData);
    guest_.map(kData + mm::kPageSize);
    guest_.map(kReadOnly, kReadOnlyUser);
    guest_.map(kStack);
    guest_.cpu.set_teb(mm::VirtualAddress{kData});
  }

  std::string run(const Row& row) {
    prepare(row);
    const Stop stop = guest_.cpu.run();
    const auto fxsave = guest_.cpu.floating_state().fxsave;
    return cause(stop) + floating(std::span(fxsave), stop) +
           " mem=" + hex(std::span(guest_.at(kData + kOperands), kShown));
  }

 private:
  void prepare(const Row& row) {
    for (uint32_t i = 0; i < 64; ++i) *guest_.at(kCode + i) = std::byte{0xcc};
    guest_.load(kCode, row.code);
    guest_.mmu.discard_code(code_frame_);
    for (const uint32_t page : {kData, kData + uint32_t{mm::kPageSize}, kStack})
      std::memset(guest_.at(page), 0, mm::kPageSize);
    guest_.load(kData + kOperands, row.data);
    FloatingState state;
    state.fxsave[0] = std::byte{0x7f};  // as FNINIT leaves it
    state.fxsave[1] = std::byte{0x03};
    guest_.cpu.set_floating_state(state);
    Registers registers;
    registers.ebx = registers.esi = kData + kOperands;
    registers.ecx = kAbsent;
    registers.edx = kReadOnly;
    registers.edi = kAbsent - 8;
    registers.esp = kStack + kTopOfStack;
    registers.eip = kCode;
    guest_.cpu.set_registers(registers);
  }

  std::string cause(const Stop& stop) {
    const auto at = static_cast<int32_t>(guest_.cpu.get(Register::Eip) - kCode);
    if (stop.reason != StopReason::FaultRefused) return fmt::format("{}@{}", stop.vector, at);
    return fmt::format("{}@{}/{}", kPageFault, at, guest_.mmu.refused_fault().error_code & 7);
  }

  static std::string floating(std::span<const std::byte> fxsave, const Stop& stop) {
    const auto word = [&](size_t offset) {
      uint32_t value;
      std::memcpy(&value, &fxsave[offset], sizeof value);
      return value;
    };
    std::string result;
    const uint32_t mxcsr = word(24) & 0xffff, status = word(2) & 0xffff, tags = word(4) & 0xff;
    if (mxcsr != 0x1f80) result += fmt::format(" mxcsr={:x}", mxcsr);
    if (status != 0) result += fmt::format(" fsw={:x}", status);
    if (tags != 0) result += fmt::format(" ftw={:x}", tags);
    if (stop.vector == vector::kFloatingPoint)
      result += fmt::format(" fip={}", static_cast<int32_t>(word(8) - kCode));
    for (size_t i = 0; i < 8; ++i)
      if (tags >> ((i + (status >> 11)) & 7) & 1)
        result += fmt::format(" st{}={}", i, hex(fxsave.subspan(32 + 16 * i, 10)));
    for (size_t i = 0; i < 2; ++i)
      if (const auto bytes = fxsave.subspan(160 + 16 * i, 16); !is_zero(bytes))
        result += fmt::format(" xmm{}={}", i, hex(bytes));
    return result;
  }

  TestGuest guest_;
  mm::PageFrameNumber code_frame_;
};

TEST_CASE("Instructions end as they do on a real processor, with the exceptions that they raise there") {
  const std::vector<Row> rows = read_table();
  REQUIRE(rows.size() > 1200);
  Bench bench;
  for (const Row& row : rows) {
    CAPTURE(row.text);
    CHECK_THAT(bench.run(row), Equals(row.outcome));
  }
}

// Intel SDM volume 2A, "INT n": INT1 is a trap. Not in the table: on a virtual processor it may be told
// otherwise.
TEST_CASE("INT1 is a debug exception, with EIP behind it") {
  Bench bench;
  const std::string nothing = " mem=00000000000000000000000000000000";
  CHECK_THAT(bench.run({{0xf1}, {}, {}, {}}), Equals("1@1" + nothing));
  CHECK_THAT(bench.run({{0x90, 0xf1}, {}, {}, {}}), Equals("1@2" + nothing));
  CHECK_THAT(bench.run({{0xf3, 0xf1}, {}, {}, {}}), Equals("1@2" + nothing));
  CHECK_THAT(bench.run({{0xf0, 0xf1}, {}, {}, {}}), Equals("6@0" + nothing));
}

}  // namespace
}  // namespace emu::test
