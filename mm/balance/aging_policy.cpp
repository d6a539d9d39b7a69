#include "mm/balance/aging_policy.h"

#include <algorithm>
#include <array>
#include <numeric>

#include "mm/process/machine_state.h"

namespace mm {
namespace {

using x86::Pte;

// Pages by how willingly they are given up: by age, at one age data before code.
constexpr size_t kRanks = (size_t{WorkingSetEntry::kOldest} + 1) * 2;
using Census = std::array<uint32_t, kRanks>;

// The pages of one working set, and their entries. Pages that came in one after the other mostly lie in one
// page table, which is looked for once.
class Pages {
 public:
  Pages(const MachineState& machine, const AddressSpace& space) : machine_(machine), space_(space) {}

  PhysicalAddress at(VirtualPageNumber page) {
    if (!known_.contains(page)) {
      const PhysicalAddress at = machine_.tables.find(space_.root(), page).at();
      known_ = x86::pages_of_table(machine_.tables.mode(), page);
      table_ = at.frame();
      return at;
    }
    return x86::pte_address(machine_.tables.mode(), table_, page);
  }
  Pte pte(VirtualPageNumber page) { return machine_.tables.read(at(page)); }

  size_t rank(const WorkingSetEntry& entry) {
    const bool code = entry.protection().executable();
    return size_t{code ? counted_age(entry) : entry.age()} * 2 + (code ? 0 : 1);
  }
  bool clean(VirtualPageNumber page) {
    const Pte entry = pte(page);
    return !entry.has(Pte::kDirty) && !machine_.pfns[entry.frame()].modified;
  }

 private:
  uint8_t counted_age(const WorkingSetEntry& code) {
    return static_cast<uint8_t>(code.age() >> machine_.pfns[pte(code.page()).frame()].recalls);
  }

  const MachineState& machine_;
  const AddressSpace& space_;
  PageRange known_{};
  PageFrameNumber table_;
};

uint8_t older(uint8_t age) { return static_cast<uint8_t>(std::min(age + 1, int{WorkingSetEntry::kOldest})); }

// Whether the processor has noted an access to a page of data since the last look.
bool take_accessed(MachineState& machine, PhysicalAddress at) {
  const Pte pte = machine.tables.read(at);
  if (!pte.has(Pte::kAccessed)) return false;
  machine.tables.clear_accessed(at, pte);
  return true;
}

void age(MachineState& machine, AddressSpace& space) {
  WorkingSet& set = space.working_set;
  Pages pages(machine, space);
  for (WorkingSet::Index index = 0; index < set.end(); ++index) {
    const WorkingSetEntry entry = set[index];
    if (entry.hole()) continue;
    const bool used = !entry.protection().executable() && take_accessed(machine, pages.at(entry.page()));
    set.set_age(index, used ? uint8_t{0} : older(entry.age()));
  }
}

// Calls `visit(space, entry, rank)` for every page of every working set that may go, in the order in which
// they came in, until it returns false. It may trim the page.
template <class Visitor>
void for_each_candidate(const MachineState& machine, const TrimFilter& filter, Visitor&& visit) {
  for (const auto& space : machine.spaces) {
    const PageCount newest = filter.newest_kept_of(*space);
    const WorkingSet& set = space->working_set;
    Pages pages(machine, *space);
    PageCount left = set.size();
    for (WorkingSet::Index index = 0; left > newest; ++index) {
      const WorkingSetEntry entry = set[index];
      if (entry.hole()) continue;
      --left;
      if (filter.keeps(*space, entry.page())) continue;
      if (filter.content == TrimFilter::Content::Clean && !pages.clean(entry.page())) continue;
      if (!visit(*space, entry, pages.rank(entry))) return;
    }
  }
}

// How many pages of each rank go, so that `wanted` go in all and the oldest do.
Census choose_ranks(const Census& census, PageCount wanted) {
  Census chosen{};
  for (size_t i = kRanks; i-- > 0 && wanted.value > 0;) {
    chosen[i] = std::min(census[i], wanted.value);
    wanted.value -= chosen[i];
  }
  return chosen;
}

}  // namespace

void AgingPolicy::note(MachineState& machine, const ResidentPage& page, Arrival arrival) {
  const bool code = page.space.working_set[page.index].protection().executable();
  if (arrival == Arrival::Recalled && code) machine.pfns.note_recall(page.frame);
}

void AgingPolicy::sample(MachineState& machine) {
  for (const auto& space : machine.spaces) age(machine, *space);
}

PageCount AgingPolicy::choose(MachineState& machine, PageCount wanted, const TrimFilter& filter,
                              TrimSink& sink) {
  Census census{};
  for_each_candidate(machine, filter, [&](const AddressSpace&, const WorkingSetEntry&, size_t rank) {
    ++census[rank];
    return true;
  });
  Census chosen = choose_ranks(census, wanted);
  const PageCount all{std::accumulate(chosen.begin(), chosen.end(), 0u)};
  PageCount trimmed;
  for_each_candidate(machine, filter, [&](AddressSpace& space, const WorkingSetEntry& entry, size_t rank) {
    if (trimmed == all) return false;
    if (chosen[rank] == 0) return true;
    --chosen[rank];
    sink.trim(space, entry.page());
    ++trimmed;
    return true;
  });
  return trimmed;
}

}  // namespace mm
