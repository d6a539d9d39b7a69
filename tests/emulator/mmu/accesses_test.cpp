// The page faults of each class of instruction that touches memory, against accesses.txt, which was measured
// on a real processor by measure_accesses.c: which address faults first, and with which error code.
#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "tests/emulator/cpu/test_guest.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x10000000;
constexpr uint32_t kPages = 8, kBoundary = 4 * mm::kPageSize;
constexpr std::string_view kRegionNames =
    "DESF";  // by the registers that point there, as in measure_accesses.c
constexpr uint32_t region_base(size_t region) {
  return 0x20000000 + 0x1000000 * static_cast<uint32_t>(region);
}

// The pages from 3 below the boundary to the one above it (good, absent, read-only), and where a pointer
// points.
struct Placement {
  std::string_view pages;
  int at;
};
constexpr std::array<Placement, 10> kPlacements = {{{"gg--", 64},
                                                    {"ggrr", 64},
                                                    {"ggg-", -1},
                                                    {"gg-g", -1},
                                                    {"gg--", -1},
                                                    {"gg-g", 2},
                                                    {"ggg-", 2},
                                                    {"gg--", 2},
                                                    {"--gg", 64},
                                                    {"gg--", -256}}};

// A line of the table.
struct Row {
  std::vector<uint8_t> code;
  char region = 0;
  std::vector<std::string> outcomes;
  std::string text;
};

std::vector<Row> read_table() {
  std::ifstream file("tests/emulator/mmu/accesses.txt");
  std::vector<Row> rows;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with('#')) continue;
    Row row;
    std::istringstream columns(line.substr(0, line.find('\t')));
    std::string hex;
    columns >> hex >> row.region;
    for (size_t i = 0; i < hex.size(); i += 2)
      row.code.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
    for (std::string outcome; columns >> outcome;) row.outcomes.push_back(outcome);
    row.text = line.substr(line.find('\t') + 1);
    rows.push_back(row);
  }
  return rows;
}

class Bench {
 public:
  Bench() : code_frame_(guest_.map(kCode)) {
    for (size_t region = 0; region < kRegionNames.size(); ++region)
      for (uint32_t page = 0; page < kPages; ++page)
        frames_[region][page] = guest_.map(region_base(region) + page * mm::kPageSize);
  }

  std::string run(const Row& row, const Placement& placement) {
    std::array<uint32_t, 4> pointer{};
    for (size_t region = 0; region < kRegionNames.size(); ++region) {
      const bool bad = row.region == 'A' || row.region == kRegionNames[region];
      lay_out(region, bad ? placement.pages : "gggg");
      pointer[region] = region_base(region) + kBoundary + static_cast<uint32_t>(bad ? placement.at : 64);
    }
    load(row.code);
    guest_.cpu.set_floating_state(FloatingState{});
    Registers registers = guest_.cpu.registers();
    registers.eax = registers.ecx = registers.edx = 0;
    if (row.code[0] == 0xf2 || row.code[0] == 0xf3) registers.ecx = 4;
    registers.ebx = registers.esi = pointer[0];
    registers.edi = pointer[1];
    registers.esp = pointer[2];
    registers.ebp = pointer[3];
    registers.eip = kCode;
    registers.ds = registers.es = selector::kUserData;
    guest_.cpu.set_registers(registers);
    const Stop stop = guest_.cpu.run();
    if (stop.reason != StopReason::FaultRefused || guest_.cpu.registers().eip != kCode) return "-";
    return outcome(row.region == 'A');
  }

 private:
  void lay_out(size_t region, std::string_view pages) {
    for (uint32_t page = 0; page < kPages; ++page) {
      const uint32_t address = region_base(region) + page * mm::kPageSize;
      const auto frame = frames_[region][page];
      std::ranges::fill(guest_.memory.frame(frame), std::byte{0});
      const char kind = page >= 1 && page < 5 ? pages[page - 1] : 'g';
      const uint32_t bits = kind == 'g' ? kUserPage : kind == 'r' ? kReadOnlyUser : 0;
      guest_.set_pte(address, bits == 0 ? 0 : frame.value() << 12 | bits);
    }
    guest_.mmu.invalidate_all();
  }
  void load(const std::vector<uint8_t>& code) {
    for (uint32_t i = 0; i < 64; ++i) *guest_.at(kCode + i) = std::byte{0xcc};
    guest_.load(kCode, code);
    guest_.mmu.discard_code(code_frame_);
  }
  std::string outcome(bool with_letter) {
    const auto& refused = guest_.mmu.refused_fault();
    const uint32_t address = refused.fault.address.value;
    const size_t region = (address - region_base(0)) >> 24;
    const auto offset = static_cast<int32_t>(address - region_base(region) - kBoundary);
    const std::string letter = with_letter ? std::string(1, kRegionNames.at(region)) : "";
    return std::to_string(refused.error_code & 7) + "@" + letter + std::to_string(offset);
  }

  TestGuest guest_;
  mm::PageFrameNumber code_frame_;
  std::array<std::array<mm::PageFrameNumber, kPages>, 4> frames_{};
};

TEST_CASE("Instructions take the page faults that they take on a real processor") {
  const std::vector<Row> rows = read_table();
  REQUIRE(rows.size() > 180);
  Bench bench;
  for (const Row& row : rows) {
    REQUIRE(row.outcomes.size() == kPlacements.size());
    std::vector<std::string> ours;
    for (const Placement& placement : kPlacements) ours.push_back(bench.run(row, placement));
    CAPTURE(row.text, row.region);
    CHECK(ours == row.outcomes);
  }
}

}  // namespace
}  // namespace emu::test
