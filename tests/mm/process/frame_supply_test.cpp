#include "mm/process/frame_supply.h"

#include <algorithm>

#include "tests/mm/page_moves.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

bool all_zero(TestMachine& machine, PageFrameNumber frame) {
  const auto bytes = state_of(machine).ram.frame(frame);
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// A machine with a zeroed, a free and two standby frames and nothing else to give.
struct Supply {
  TestMachine machine;
  VirtualAddress old_page, new_page;
  std::vector<PageFrameNumber> held;

  Supply() {
    const uint32_t base = machine.commit(2 * kPageSize);
    old_page = {base}, new_page = {base + kPageSize};
    for (const VirtualAddress address : {old_page, new_page}) {
      REQUIRE(machine.write(address, 0x55AA0000 + address.value) == kResolved);
      trim_out(machine, address);
    }
    REQUIRE(write_modified(state_of(machine), {2}));
    MachineState& state = state_of(machine);
    state.frames.keep_reserve({0});
    while (state.pfns.count(PageState::Zeroed).value > 1) held.push_back(*state.frames.take_zeroed());
    state.ram.write32(held.back().address() + 400, 1);
    state.pfns.release(held.back());
    held.pop_back();
    machine.tlb.discarded.clear();
  }
  ~Supply() {
    for (const PageFrameNumber frame : held) state_of(machine).pfns.release(frame);
  }

  PageState next(bool zeroed) {
    MachineState& state = state_of(machine);
    const auto before = picture_of(machine);
    const auto frame = zeroed ? state.frames.take_zeroed() : state.frames.take_any();
    REQUIRE(frame);
    held.push_back(*frame);
    if (zeroed) CHECK(all_zero(machine, *frame));
    const Picture change = picture_of(machine) - before;
    CHECK(change.transition == 1);
    CHECK(change.zeroed + change.free + change.standby == -1);
    check_consistent(machine);
    return change.zeroed != 0 ? PageState::Zeroed : change.free != 0 ? PageState::Free : PageState::Standby;
  }
};

TEST_CASE("A zeroed frame comes from the zeroed list, then the free list, then standby", "[process]") {
  Supply supply;
  CHECK(supply.next(true) == PageState::Zeroed);
  CHECK(supply.machine.tlb.discarded.empty());  // nothing was ever executed there since it was zeroed
  CHECK(supply.next(true) == PageState::Free);
  CHECK(supply.machine.tlb.discarded == std::vector{supply.held.back()});
  CHECK(supply.next(true) == PageState::Standby);
  CHECK(supply.machine.tlb.discarded.size() == 2);
  CHECK(supply.next(true) == PageState::Standby);
  CHECK_FALSE(state_of(supply.machine).frames.take_zeroed());
  CHECK_FALSE(state_of(supply.machine).frames.take_any());
}

TEST_CASE("A frame to be overwritten comes from the free list, then the zeroed list, then standby",
          "[process]") {
  Supply supply;
  CHECK(supply.next(false) == PageState::Free);
  CHECK(supply.next(false) == PageState::Zeroed);
  CHECK(supply.next(false) == PageState::Standby);
  CHECK(supply.next(false) == PageState::Standby);
  CHECK_FALSE(state_of(supply.machine).frames.take_any());
}

TEST_CASE("The last frames are for content that the paging file holds already", "[process]") {
  Supply supply;
  FrameSupply& frames = state_of(supply.machine).frames;
  frames.keep_reserve({2});
  CHECK(frames.spare());
  supply.next(true), supply.next(true);
  CHECK_FALSE(frames.spare());
  CHECK_FALSE(frames.take_zeroed());
  supply.next(false), supply.next(false);
  CHECK_FALSE(frames.take_any());
}

TEST_CASE("A standby frame is taken from its page, whose entry names the paging file again", "[process]") {
  Supply supply;
  TestMachine& machine = supply.machine;
  const x86::Pte original = frame_of(machine, supply.old_page).original;
  REQUIRE(x86::decode(original) == x86::PteKind::PagingFile);
  const PageFrameNumber frame = machine.pte(supply.old_page).frame();
  supply.next(true), supply.next(true), supply.next(true);
  CHECK(supply.held.back() == frame);  // the one that has been on standby for longest
  CHECK(machine.pte(supply.old_page) == original.with_protection(x86::protection::kReadWrite));
  CHECK(x86::decode(machine.pte(supply.new_page)) == x86::PteKind::Transition);
  for (const PageFrameNumber taken : supply.held) state_of(machine).pfns.release(taken);
  supply.held.clear();
  CHECK(machine.read(supply.old_page) == 0x55AA0000 + supply.old_page.value);
  CHECK(machine.read(supply.new_page) == 0x55AA0000 + supply.new_page.value);
}

TEST_CASE("Frames to spare are told without a look at the frames that are in use", "[process]") {
  TestMachine machine;
  MachineState& state = state_of(machine);
  const uint32_t base = machine.commit(2 * kPageSize);
  REQUIRE(machine.write({base}, 1) == kResolved);
  REQUIRE(machine.read({base + kPageSize}) == 0);
  const PhysicalAddress read_only = entry_of(machine, {base + kPageSize});
  const HeldFrames held(machine, state.frames.reserve().value);
  CHECK_FALSE(state.frames.spare());
  state.tables.write(read_only, state.tables.read(read_only).without(x86::Pte::kWrite));
  CHECK(state.frames.spare());  // it counts as the reserve's
  auto& frame = const_cast<PageFrame&>(frame_of(machine, {base}));
  const PhysicalAddress entry = frame.pte;
  frame.pte = entry + state.ram.frames().bytes();  // reading it would stop the program
  CHECK(outcome_in_child([&] { return state.frames.spare() ? 1 : 0; }) == 1);
  frame.pte = entry;
  state.tables.write(read_only, state.tables.read(read_only).with(x86::Pte::kWrite));
  CHECK_FALSE(state.frames.spare());
}

TEST_CASE("Standby frames go by priority before age", "[process]") {
  TestMachine machine;
  const uint32_t base = machine.commit(3 * kPageSize);
  const uint8_t priorities[] = {5, 7, 1};
  for (uint32_t i = 0; i < 3; ++i) {
    const VirtualAddress address{base + i * kPageSize};
    REQUIRE(machine.access(address, Access::Read) == kResolved);
    state_of(machine).pfns.set_priority(machine.pte(address).frame(), priorities[i]);
    trim_out(machine, address);
  }
  const HeldFrames rest(machine, 3);
  std::vector<PageFrameNumber> held;
  for (const uint32_t expected : {2u, 0u, 1u}) {
    const PageFrameNumber of_page = machine.pte({base + expected * kPageSize}).frame();
    held.push_back(*state_of(machine).frames.take_any());
    CHECK(held.back() == of_page);
    CHECK(x86::decode(machine.pte({base + expected * kPageSize})) == x86::PteKind::DemandZero);
  }
  for (const PageFrameNumber frame : held) state_of(machine).pfns.release(frame);
}

TEST_CASE("The zero-page worker zeroes the oldest free frame", "[process]") {
  Supply supply;
  TestMachine& machine = supply.machine;
  const PageFrameNumber free = *state_of(machine).pfns.next_free();
  CHECK_FALSE(all_zero(machine, free));
  const Picture before = picture_of(machine);
  CHECK(state_of(machine).frames.zero_one());
  CHECK(picture_of(machine) - before == Picture{.zeroed = 1, .free = -1});
  CHECK(all_zero(machine, free));
  CHECK(machine.tlb.discarded == std::vector{free});
  CHECK_FALSE(state_of(machine).frames.zero_one());
}

}  // namespace
}  // namespace mm::test
