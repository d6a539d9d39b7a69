// Our walk, rights, Accessed and Dirty bits against Unicorn's built-in walker, over random page tables.
//
// What the comparison leaves open: bits 20-13 of 4 MB entries, which the tables here keep clear. The built-in
// walker takes them for the upper bits of a PSE-36 address; our processor has no PSE-36, so that they are
// reserved, as bit 21 is to both (Intel SDM volume 3, table 4-4).
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"
#include "tests/emulator/mmu/builtin_walker.h"

namespace emu::test {
namespace {

using mm::Access;
using mm::Mode;
using mm::x86::WriteProtect;

// 12 MB: pages and tables in the lower 8, which large pages can map; what runs the test above.
constexpr auto kMode = mm::x86::PagingMode::ThirtyTwoBit;
constexpr uint32_t kFrames = 3072, kLowFrames = 2048, kTables = 8, kDirectoryFrame = 5, kFirstTable = 16;
constexpr uint32_t kStubs = 0xFC000000, kDescriptors = 0xFC001000, kStubTable = 2100, kStubFrame = 2101;
constexpr uint32_t kSnippetAt = 0xF00;  // in every frame: mov eax, its address; int3
constexpr uint32_t kReadStub = kStubs, kWriteStub = kStubs + 0x10;

struct Case {
  Access access;
  Mode mode;
  WriteProtect wp;
  uint32_t address;
  uint32_t value;
};

struct Refusing : FaultHandler {
  FaultAnswer handle(const mm::Fault&) override {
    ++asked;
    return FaultAnswer::Refused;
  }
  int asked = 0;
};

// One of our processors in each ring, over the same RAM.
struct Ours {
  explicit Ours(mm::PhysicalMemory ram)
      : ram_(ram), mmu0(ram, handler), mmu3(ram, handler), ring0(ram, mmu0), ring3(ram, mmu3) {
    // The descriptor table's frame is beyond what the comparison looks at: the two sides write different
    // ones.
    ring3.enter_user_mode({mm::PageFrameNumber(kFrames - 1), mm::VirtualAddress{kDescriptors}});
  }
  BuiltinWalker::Outcome run(const Case& c, uint32_t eip) {
    Cpu& cpu = c.mode == Mode::User ? ring3 : ring0;
    Mmu& mmu = c.mode == Mode::User ? mmu3 : mmu0;
    mmu.set_address_space({kMode, mm::PageFrameNumber(kDirectoryFrame)});
    mmu.set_write_protect(c.wp);
    for (uint32_t frame = 0; frame < kFrames; ++frame) mmu.discard_code(mm::PageFrameNumber(frame));
    cpu.set(Register::Edi, c.address);
    cpu.set(Register::Eax, c.value);
    cpu.set(Register::Eip, eip);
    const Stop stop = cpu.run();
    BuiltinWalker::Outcome outcome{std::nullopt, cpu.get(Register::Eax), cpu.get(Register::Eip)};
    if (stop.reason == StopReason::FaultRefused) {
      outcome.fault = mmu.refused_fault().fault.address.value;
      error_code = mmu.refused_fault().error_code;
    }
    return outcome;
  }
  mm::PhysicalMemory ram_;
  Refusing handler;
  Mmu mmu0, mmu3;
  Cpu ring0, ring3;
  uint32_t error_code = 0;
};

class Differential {
 public:
  Differential()
      : ours_ram_(kFrames), builtin_ram_(kFrames), a_(ours_ram_.bytes()), b_(builtin_ram_.bytes()) {
    for (const auto& ram : {a_, b_}) lay_out_stubs(ram);
    builtin_.emplace(b_, mm::PageFrameNumber(kDirectoryFrame), mm::VirtualAddress{kStubs},
                     mm::VirtualAddress{kDescriptors});
    ours_.emplace(a_);
  }

  void new_tables(Random& random) {
    for (uint32_t frame = 0; frame < kLowFrames; ++frame) fill_frame(frame);
    for (uint32_t i = 0; i < kTables; ++i) fill_table(kFirstTable + i, random);
    fill_directory(random);
    std::memcpy(b_.bytes().data(), a_.bytes().data(), size_t{kLowFrames} * mm::kPageSize);
  }

  void run(const Case& c) {
    restore_stub_entries();
    const auto walk =
        mm::x86::walk(a_, {kMode, mm::PageFrameNumber(kDirectoryFrame)}, mm::VirtualAddress{c.address});
    if (c.access == Access::Execute && walk.present() && !has_snippet(walk.physical())) return;
    const uint32_t eip = c.access == Access::Execute ? c.address
                         : c.access == Access::Write ? kWriteStub
                                                     : kReadStub;
    const auto ours = ours_->run(c, eip);
    const auto theirs = builtin_->run(c.mode, c.wp, eip, c.address, c.value);
    CAPTURE(c.address, c.access, c.mode, c.wp, walk.end(), walk.pde().raw, walk.pte().raw);
    if (ours.fault != theirs.fault || ours.eax != theirs.eax || ours.eip != theirs.eip) ++differences;
    if (differences <= 3) {
      CHECK(ours.fault == theirs.fault);
      CHECK(ours.eax == theirs.eax);
      CHECK(ours.eip == theirs.eip);
    }
    if (ours.fault) check_fault(c, *ours.fault);
    compare_tables();
    ++cases;
    faults += ours.fault.has_value();
    reads_of[static_cast<size_t>(c.access)] += !ours.fault;
  }

  void compare_memory() {
    const size_t size = size_t{kLowFrames} * mm::kPageSize;
    if (std::memcmp(a_.bytes().data(), b_.bytes().data(), size) != 0) ++differences;
  }

  int cases = 0, faults = 0, differences = 0;
  int reads_of[3] = {};  // by Access: that succeeded

 private:
  static void lay_out_stubs(mm::PhysicalMemory ram) {
    const uint8_t read[] = {0x8b, 0x07, 0xcc}, write[] = {0x89, 0x07, 0xcc};
    std::memcpy(ram.frame(mm::PageFrameNumber(kStubFrame)).data(), read, sizeof read);
    std::memcpy(ram.frame(mm::PageFrameNumber(kStubFrame)).data() + 0x10, write, sizeof write);
    put(ram, kStubTable, 0, kStubFrame << 12 | kReadOnlyUser | kTouched);
    put(ram, kStubTable, 1, (kFrames - 1) << 12 | kPresent | Pte::kWrite | kTouched);
    put(ram, kDirectoryFrame, kStubs >> 22, kStubTable << 12 | kUserPage | Pte::kAccessed);
  }
  static void put(mm::PhysicalMemory ram, uint32_t table, uint32_t index, uint32_t raw) {
    ram.write32({uint64_t{table} << 12 | index << 2}, raw);
  }
  // A write of an earlier case may have hit the directory.
  void restore_stub_entries() {
    for (const auto& ram : {a_, b_}) {
      put(ram, kDirectoryFrame, kStubs >> 22, kStubTable << 12 | kUserPage | Pte::kAccessed);
    }
  }
  void fill_frame(uint32_t frame) {
    for (uint32_t at = frame << 12; at < (frame + 1) << 12; at += 4) a_.write32({at}, at);
    std::byte* snippet = a_.bytes().data() + (frame << 12) + kSnippetAt;
    const uint32_t self = frame << 12 | kSnippetAt;
    snippet[0] = std::byte{0xb8};
    std::memcpy(snippet + 1, &self, 4);
    snippet[5] = std::byte{0xcc};
  }
  static uint32_t random_bits(Random& random) {
    uint32_t bits = random() & (Pte::kAccessed | Pte::kDirty | Pte::kGlobal | 0xE00);
    if (random() % 8) bits |= Pte::kValid;
    if (random() % 4) bits |= Pte::kUser;
    if (random() % 4) bits |= Pte::kWrite;
    return bits;
  }
  void fill_table(uint32_t table, Random& random) {
    for (uint32_t i = 0; i < mm::x86::entries_per_table(kMode); ++i) {
      put(a_, table, i, (random() % kLowFrames) << 12 | random_bits(random));
    }
  }
  void fill_directory(Random& random) {
    for (uint32_t i = 0; i < mm::x86::entries_per_table(kMode); ++i) {
      const uint32_t table = (kFirstTable + random() % kTables) << 12 | random_bits(random);
      const uint32_t reserved = random() % 4 ? 0 : 1u << 21;
      const uint32_t large = (random() % 2) << 22 | reserved | random_bits(random) | Pte::kLargePage;
      put(a_, kDirectoryFrame, i, random() % 4 ? table : large);
    }
  }
  static bool is_table(uint32_t frame) {
    return frame == kDirectoryFrame || (frame >= kFirstTable && frame < kFirstTable + kTables);
  }
  bool has_snippet(mm::PhysicalAddress at) const {
    return !is_table(at.frame().value()) && a_.bytes()[at.value] == std::byte{0xb8};
  }
  // Independent of the walk: what Intel SDM volume 3, 4.7 says about the three bits.
  void check_fault(const Case& c, uint32_t address) {
    const auto walk =
        mm::x86::walk(a_, {kMode, mm::PageFrameNumber(kDirectoryFrame)}, mm::VirtualAddress{address});
    uint32_t expected = c.mode == Mode::User ? 4u : 0u;
    if (c.access == Access::Write) expected |= 2;
    const bool leaf = walk.pde().valid() && (walk.pde().has(Pte::kLargePage) || walk.pte().valid());
    if (leaf) expected |= 1;
    if (walk.pde().has(Pte::kLargePage | Pte::kValid | 1u << 21)) expected |= 8;
    if (ours_->error_code != expected) ++differences;
  }
  void compare_tables() {
    for (uint32_t frame = 0; frame < kFirstTable + kTables; ++frame) {
      if (!is_table(frame)) continue;
      const size_t at = size_t{frame} << 12;
      if (std::memcmp(a_.bytes().data() + at, b_.bytes().data() + at, mm::kPageSize) != 0) ++differences;
    }
  }

  Ram ours_ram_, builtin_ram_;
  mm::PhysicalMemory a_, b_;
  std::optional<BuiltinWalker> builtin_;
  std::optional<Ours> ours_;
};

uint32_t random_offset(Access access, Random& random) {
  if (access == Access::Execute) return kSnippetAt;
  return random() % 8 ? (random() % 0xE00) & ~3u : 0xFFD + random() % 3;  // across the page end
}

Case random_case(Random& random) {
  Case c;
  c.access = static_cast<Access>(random() % 3);
  c.mode = random() % 2 ? Mode::User : Mode::Supervisor;
  c.wp = random() % 2 ? WriteProtect::On : WriteProtect::Off;
  c.address = (random() << 12) + random_offset(c.access, random);
  if (c.address >> 22 == kStubs >> 22) c.address -= 1u << 22;
  // What is written may hit a table: an entry without the large-page bit, within RAM.
  c.value = (random() % kLowFrames) << 12 | (random() & 0xF7F);
  return c;
}

TEST_CASE("Our MMU agrees with Unicorn's own walker over random page tables") {
  Differential differential;
  Random random(20260722);
  for (int round = 0; round < 250; ++round) {
    differential.new_tables(random);
    for (int i = 0; i < 450; ++i) differential.run(random_case(random));
    differential.compare_memory();
  }
  CHECK(differential.differences == 0);
  CHECK(differential.cases >= 100000);
  // Both outcomes, and every access, were met often.
  CHECK(differential.faults > 20000);
  for (const int met : differential.reads_of) CHECK(met > 5000);
}

}  // namespace
}  // namespace emu::test
