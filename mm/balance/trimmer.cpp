#include "mm/balance/trimmer.h"

#include <algorithm>
#include <array>

#include "mm/process/resident_pages.h"

namespace mm {
namespace {

using x86::Pte;

constexpr uint8_t kOldest = 127;
constexpr size_t kRanks = (size_t{kOldest} + 1) * 2;

// Pages by how willingly they are given up: by age, at one age code before data.
using Census = std::array<uint32_t, kRanks>;

size_t rank(const PageFrame& frame) {
  return size_t{frame.age} * 2 + (frame.protection().executable() ? 0 : 1);
}

bool used_since(const PageFrame& frame, Pte pte) {
  return !frame.protection().executable() && pte.has(Pte::kAccessed);
}

void age_page(MachineState& machine, PageFrameNumber number) {
  const PageFrame& frame = machine.pfns[number];
  const Pte pte = machine.tables.read(frame.pte);
  const bool used = used_since(frame, pte);
  if (used) machine.tables.clear_accessed(frame.pte, pte);
  machine.pfns.set_age(number, used ? 0 : static_cast<uint8_t>(std::min(frame.age + 1, int{kOldest})));
}

void age_working_sets(MachineState& machine) {
  for (const auto& space : machine.spaces) {
    for (uint32_t at = space->working_set.head(); at != PageFrame::kNone;) {
      const PageFrameNumber frame(at);
      age_page(machine, frame);
      at = machine.pfns[frame].next;
    }
  }
  machine.tlb.invalidate_all();
}

bool kept(const MachineState& machine, PhysicalAddress pte, const Protected& keep) {
  constexpr uint32_t kLongestInstruction = 15;
  const VirtualPageNumber page = machine.tables.page_of(pte);
  return page == keep.instruction.page() || page == (keep.instruction + (kLongestInstruction - 1)).page();
}

bool clean(const MachineState& machine, const PageFrame& frame) {
  return !frame.modified && !machine.tables.read(frame.pte).has(Pte::kDirty);
}

// Which pages may go.
struct Choice {
  const Protected& keep;
  Candidates candidates;

  PageCount newest_kept() const { return candidates == Candidates::All ? kNewestKept : kNewestCleanKept; }
  bool admits(const MachineState& machine, const PageFrame& frame) const {
    return candidates == Candidates::All || clean(machine, frame);
  }
};

// Calls `visit(space, number)` for every page that may go, in the order in which they came in. It may trim
// the page.
template <class Visitor>
void for_each_candidate(const MachineState& machine, const Choice& choice, Visitor&& visit) {
  for (const auto& space : machine.spaces) {
    const bool runs = space.get() == machine.current;
    const PageCount newest = runs ? choice.newest_kept() : PageCount{0};
    PageCount left = space->working_set.size();
    for (uint32_t at = space->working_set.head(); left > newest; --left) {
      const PageFrameNumber number(at);
      const PageFrame& frame = machine.pfns[number];
      at = frame.next;
      if (runs && kept(machine, frame.pte, choice.keep)) continue;
      if (choice.admits(machine, frame)) visit(*space, number);
    }
  }
}

Census count_candidates(const MachineState& machine, const Choice& choice) {
  Census census{};
  for_each_candidate(machine, choice,
                     [&](AddressSpace&, PageFrameNumber number) { ++census[rank(machine.pfns[number])]; });
  return census;
}

// How many pages of each rank go, so that `wanted` go in all and the oldest do.
Census choose(const Census& census, PageCount wanted) {
  Census chosen{};
  for (size_t i = kRanks; i-- > 0 && wanted.value > 0;) {
    chosen[i] = std::min(census[i], wanted.value);
    wanted.value -= chosen[i];
  }
  return chosen;
}

}  // namespace

PageCount trim(MachineState& machine, PageCount wanted, const Protected& keep, Candidates candidates) {
  age_working_sets(machine);
  const Choice choice{keep, candidates};
  Census chosen = choose(count_candidates(machine, choice), wanted);
  PageCount trimmed;
  for_each_candidate(machine, choice, [&](AddressSpace& space, PageFrameNumber number) {
    const PageFrame& frame = machine.pfns[number];
    if (chosen[rank(frame)] == 0) return;
    --chosen[rank(frame)];
    trim_page(machine, space, frame.pte);
    ++trimmed;
  });
  return trimmed;
}

}  // namespace mm
