// Random straight-line programs over page ends, with absent code and data pages, pages trimmed and frames
// reused while they run, and stores into their own code: the faults, their order, the result and the counts
// must be those of an interpreter without any cache, at every pace.
#include <catch2/catch_test_macros.hpp>

#include "tests/emulator/cpu/test_guest.h"
#include "tests/emulator/cpu/tiny_interpreter.h"

namespace emu::test {
namespace {

constexpr uint32_t kCode = 0x400, kCodePages = 4, kData = 0x500, kDataPages = 6;  // page numbers
constexpr uint32_t kCodeStart = kCode << 12, kDataStart = kData << 12;

class ProgramMaker {
 public:
  explicit ProgramMaker(Random& random) : random_(random) {}

  // Straight-line stretches over the page ends, with jumps over what lies between; a loop around it all.
  void make(PagedBytes& memory) {
    at_ = kCodeStart;
    memory_ = &memory;
    blocks_are_short_ = random_() % 4 != 0;
    for (uint32_t page = 0; page < kCodePages; ++page) {
      const uint32_t until = at_ + 20 + random_() % 60;
      while (at_ < until) instruction();
      if (page + 1 == kCodePages) break;
      const uint32_t end = kCodeStart + (page + 1) * 0x1000;
      jump(end - 20 - random_() % 80);
      while (at_ < end) instruction();
    }
    emit({0x4d, 0x0f, 0x85});
    word(kCodeStart - (at_ + 4));
    emit({0xcc});
    patch_targets();
  }

 private:
  void instruction() {
    switch (random_() % 26) {
      case 0: return with_displacement({0x8b, 0x9e});
      case 1: return with_displacement({0x89, 0x86});
      case 2: return with_displacement({0x01, 0x86});
      case 3: with_displacement({0xc7, 0x86}); return word(random_());
      case 4: return emit({0x50, 0x58});
      case 5: return random_() % 2 ? emit({0x90}) : self_modification();
      case 6: return emit({0x82, 0xc0, static_cast<uint8_t>(random_())});  // not known to Capstone
      case 7:
      case 8:
      case 9:
      case 10:
        immediates_.push_back(at_ + 1);
        emit({0x05});
        return word(random_());
      case 11:
        immediates_.push_back(at_ + 1);
        emit({0xb8});
        return word(random_());
      default: return emit({0x40});
    }
  }
  void self_modification() {
    patches_.push_back(at_ + 2);
    emit({0xc6, 0x05});
    word(0);
    emit({static_cast<uint8_t>(random_())});
  }
  // Half of them near: inside the block that runs.
  void patch_targets() {
    for (const uint32_t patch : patches_) {
      size_t pick = random_() % immediates_.size();
      if (random_() % 2) {
        pick = static_cast<size_t>(std::upper_bound(immediates_.begin(), immediates_.end(), patch) -
                                   immediates_.begin());
        pick = std::min(pick + random_() % 3, immediates_.size() - 1);
      }
      memory_->set_word(patch, immediates_[pick] + random_() % 4);
    }
  }
  void with_displacement(std::initializer_list<uint8_t> opcode) {
    emit(opcode);
    const bool near_page_end = random_() % 4 == 0;
    const uint32_t page = random_() % (kDataPages - 2) + 1;
    word(page << 12 | (near_page_end ? 0xFFD + random_() % 3 : random_() % 0xF00));
  }
  void jump(uint32_t target) {
    emit({0xe9});
    word(target - (at_ + 4));
    at_ = target;
  }
  void emit(std::initializer_list<uint8_t> bytes) {
    for (const uint8_t byte : bytes) memory_->byte(at_++) = byte;
  }
  void word(uint32_t value) {
    memory_->set_word(at_, value);
    at_ += 4;
  }

  Random& random_;
  PagedBytes* memory_ = nullptr;
  uint32_t at_ = 0;
  bool blocks_are_short_ = true;
  std::vector<uint32_t> immediates_, patches_;
};

// What happened, and what the page fault handler did: the interpreter writes it, the processor replays it.
struct History {
  std::vector<PageFault> faults;
  std::vector<std::vector<uint32_t>> trimmed;  // with each fault
  uint32_t eax = 0, ebx = 0;
  uint64_t instructions = 0, code_bytes = 0;
  std::map<uint32_t, std::vector<uint8_t>> memory;
};

PagedBytes empty_memory() {
  PagedBytes memory;
  for (uint32_t i = 0; i < kCodePages; ++i) memory.pages[kCode + i].assign(0x1000, 0xcc);
  for (uint32_t i = 0; i < kDataPages; ++i) memory.pages[kData + i].assign(0x1000, 0);
  return memory;
}

History reference(PagedBytes memory, uint32_t times, Random& random) {
  History history;
  const uint32_t rarely = 1 + random() % 3;
  TinyInterpreter cpu(memory, [&](const PageFault& fault, const std::set<uint32_t>& in_use) {
    history.faults.push_back(fault);
    std::vector<uint32_t> trimmed;
    for (const uint32_t page : memory.present) {
      if (!in_use.contains(page) && random() % (2 * rarely) == 0) trimmed.push_back(page);
    }
    for (const uint32_t page : trimmed) memory.present.erase(page);
    history.trimmed.push_back(trimmed);
    memory.present.insert(fault.page);
  });
  cpu.eip = kCodeStart;
  cpu.esi = kDataStart;
  cpu.esp = kDataStart + 0x40;
  cpu.ebp = times;
  cpu.run();
  history.eax = cpu.eax;
  history.ebx = cpu.ebx;
  history.instructions = cpu.instructions;
  history.code_bytes = cpu.code_bytes;
  history.memory = memory.pages;
  return history;
}

// The real processor. Absent pages live in `memory`; present ones in frames that change owners all the time.
class Machine : public TestGuest {
 public:
  Machine(const PagedBytes& memory, const History& expected) : memory_(memory), expected_(expected) {
    for (uint32_t i = 0; i < kCodePages + kDataPages; ++i) free_.push_back(take_frame());
    entry_at(kCodeStart, directory);
    entry_at(kDataStart, directory);
    on_fault = [this](const mm::Fault& fault) { return resolve(fault); };
  }

  std::vector<PageFault> taken;

  std::map<uint32_t, std::vector<uint8_t>> contents() {
    while (!present_.empty()) trim(present_.begin()->first);
    return memory_.pages;
  }

 private:
  FaultAnswer resolve(const mm::Fault& fault) {
    const uint32_t page = fault.address.page().value();
    taken.push_back({cpu.get(Register::Eip), page, fault.access});
    const size_t number = taken.size() - 1;
    if (number >= expected_.faults.size() || taken[number] != expected_.faults[number]) {
      return FaultAnswer::Refused;
    }
    for (const uint32_t victim : expected_.trimmed[number]) trim(victim);
    bring_in(page);
    return FaultAnswer::Retry;
  }
  void trim(uint32_t page) {
    const auto frame = present_.at(page);
    present_.erase(page);
    set_pte(page << 12, 0);
    mmu.invalidate(mm::VirtualPageNumber(page), frame);
    std::memcpy(memory_.pages[page].data(), memory.frame(frame).data(), 0x1000);
    std::fill(memory.frame(frame).begin(), memory.frame(frame).end(), std::byte{0xf4});
    free_.push_back(frame);
  }
  void bring_in(uint32_t page) {
    const auto frame = free_.front();
    free_.erase(free_.begin());
    mmu.discard_code(frame);
    std::memcpy(memory.frame(frame).data(), memory_.pages[page].data(), 0x1000);
    map_frame(page << 12, frame);
    present_[page] = frame;
  }

  PagedBytes memory_;
  const History& expected_;
  std::vector<mm::PageFrameNumber> free_;
  std::map<uint32_t, mm::PageFrameNumber> present_;
};

enum class Pace { Run, Step, Mixed };

Stop drive(Machine& machine, Pace pace, Random& random) {
  Stop stop{StopReason::Stepped};
  while (stop.reason == StopReason::Stepped || stop.reason == StopReason::InstructionLimit) {
    const bool step = pace == Pace::Step || (pace == Pace::Mixed && random() % 4 != 0);
    if (pace == Pace::Mixed)
      machine.cpu.set_instruction_limit(machine.cpu.instructions_retired() + random() % 200);
    stop = step ? machine.cpu.step() : machine.cpu.run();
  }
  return stop;
}

void compare(const PagedBytes& program, const History& expected, uint32_t times, Pace pace,
             CountInstructions instructions, CountCodeBytes bytes, Random& random) {
  CAPTURE(pace, instructions, bytes);
  Machine machine(program, expected);
  machine.cpu.count_instructions(instructions);
  machine.cpu.count_code_bytes(bytes);
  Registers registers;
  registers.eip = kCodeStart;
  registers.esi = kDataStart;
  registers.esp = kDataStart + 0x40;
  registers.ebp = times;
  machine.cpu.set_registers(registers);
  REQUIRE(drive(machine, pace, random) == kAtInt3);
  REQUIRE(machine.taken == expected.faults);
  REQUIRE(machine.cpu.get(Register::Eax) == expected.eax);
  REQUIRE(machine.cpu.get(Register::Ebx) == expected.ebx);
  if (instructions == CountInstructions::On)
    REQUIRE(machine.cpu.instructions_retired() == expected.instructions);
  if (bytes == CountCodeBytes::On) REQUIRE(machine.cpu.code_bytes_retired() == expected.code_bytes);
  REQUIRE(machine.contents() == expected.memory);
}

TEST_CASE("Faults, results and counts are those of an interpreter, at every pace") {
  size_t faults = 0, fetch_faults = 0;
  for (uint32_t seed = 1; seed <= 80; ++seed) {
    CAPTURE(seed);
    Random random(seed);
    PagedBytes program = empty_memory();
    ProgramMaker(random).make(program);
    const uint32_t times = 1 + random() % 30;
    const History expected = reference(program, times, random);
    faults += expected.faults.size();
    for (const PageFault& fault : expected.faults) fetch_faults += fault.access == mm::Access::Execute;
    compare(program, expected, times, Pace::Run, CountInstructions::Off, CountCodeBytes::Off, random);
    compare(program, expected, times, Pace::Run, CountInstructions::Off, CountCodeBytes::On, random);
    compare(program, expected, times, Pace::Run, CountInstructions::On, CountCodeBytes::On, random);
    compare(program, expected, times, Pace::Step, CountInstructions::On, CountCodeBytes::On, random);
    compare(program, expected, times, Pace::Mixed, CountInstructions::On, CountCodeBytes::On, random);
  }
  CHECK(faults > 10000);
  CHECK(fetch_faults > 2000);
}

}  // namespace
}  // namespace emu::test
