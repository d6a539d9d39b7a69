#include "mm/balance/trimmer.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "mm/process/resident_pages.h"

namespace mm {
namespace {

using x86::Pte;

constexpr uint8_t kOldest = 127;
constexpr size_t kRanks = (size_t{kOldest} + 1) * 2;

// Pages by how willingly they are given up: by age, at one age data before code.
using Census = std::array<uint32_t, kRanks>;

uint8_t counted_age(const PageFrame& frame) {
  return frame.protection().executable() ? static_cast<uint8_t>(frame.age >> frame.recalls) : frame.age;
}

size_t rank(const PageFrame& frame) {
  return size_t{counted_age(frame)} * 2 + (frame.protection().executable() ? 0 : 1);
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

bool clean(const MachineState& machine, const PageFrame& frame) {
  return !frame.modified && !machine.tables.read(frame.pte).has(Pte::kDirty);
}

// Which pages may go.
class Choice {
 public:
  Choice(const MachineState& machine, const Protected& keep, Candidates candidates)
      : machine_(machine), candidates_(candidates) {
    constexpr uint32_t kLongestInstruction = 15;
    if (machine.current == nullptr) return;
    const PageFrameNumber directory = machine.current->directory();
    const VirtualAddress last_byte = keep.instruction + (kLongestInstruction - 1);
    kept_ = {machine.tables.find(directory, keep.instruction.page()).if_resident(),
             machine.tables.find(directory, last_byte.page()).if_resident()};
  }

  // Of `space`, the newest that stay.
  PageCount newest_kept(const AddressSpace& space) const {
    if (&space != machine_.current) return {};
    return candidates_ == Candidates::All ? kNewestKept : kNewestCleanKept;
  }
  bool admits(const PageFrame& frame) const {
    if (frame.pte == kept_[0] || frame.pte == kept_[1]) return false;
    return candidates_ == Candidates::All || clean(machine_, frame);
  }

 private:
  const MachineState& machine_;
  Candidates candidates_;
  std::array<std::optional<PhysicalAddress>, 2> kept_;  // the entries of the instruction's pages
};

enum class Age : uint8_t { MayGo, Newest };

// Calls `visit(space, number, age)` for every page of every working set, in the order in which they came in,
// until it returns false. It may trim the page.
template <class Visitor>
void for_each_page(const MachineState& machine, const Choice& choice, Visitor&& visit) {
  for (const auto& space : machine.spaces) {
    const PageCount newest = choice.newest_kept(*space);
    PageCount left = space->working_set.size();
    for (uint32_t at = space->working_set.head(); left.value > 0; --left) {
      const PageFrameNumber number(at);
      at = machine.pfns.next(number);
      if (!visit(*space, number, left > newest ? Age::MayGo : Age::Newest)) return;
    }
  }
}

// Ages all pages, and counts those that may go.
Census age_working_sets(MachineState& machine, const Choice& choice) {
  Census census{};
  for_each_page(machine, choice, [&](AddressSpace&, PageFrameNumber number, Age age) {
    age_page(machine, number);
    const PageFrame& frame = machine.pfns[number];
    if (age == Age::MayGo && choice.admits(frame)) ++census[rank(frame)];
    return true;
  });
  machine.tlb.invalidate_all();
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
  const Choice choice(machine, keep, candidates);
  Census chosen = choose(age_working_sets(machine, choice), wanted);
  const PageCount all{std::accumulate(chosen.begin(), chosen.end(), 0u)};
  PageCount trimmed;
  for_each_page(machine, choice, [&](AddressSpace& space, PageFrameNumber number, Age age) {
    const PageFrame& frame = machine.pfns[number];
    if (trimmed == all) return false;
    if (age == Age::Newest || chosen[rank(frame)] == 0 || !choice.admits(frame)) return true;
    --chosen[rank(frame)];
    trim_page(machine, space, frame.pte);
    ++trimmed;
    return true;
  });
  return trimmed;
}

}  // namespace mm
