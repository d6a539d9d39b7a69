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

// The page-table entries of the pages of one working set. Pages that came in one after the other mostly lie
// in one page table, which is looked for once.
class Entries {
 public:
  Entries(const MachineState& machine, const AddressSpace& space) : machine_(machine), space_(space) {}

  PhysicalAddress at(VirtualPageNumber page) {
    const x86::PagingMode mode = machine_.tables.mode();
    if (const uint32_t number = x86::table_number(mode, page); number != number_) {
      table_ = machine_.tables.find(space_.root(), page).at().frame();
      number_ = number;
    }
    return x86::pte_address(mode, table_, page);
  }
  Pte read(VirtualPageNumber page) { return machine_.tables.read(at(page)); }

 private:
  static constexpr uint32_t kNone = ~0u;

  const MachineState& machine_;
  const AddressSpace& space_;
  uint32_t number_ = kNone;  // of the table
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
  Entries entries(machine, space);
  for (WorkingSetEntry& page : space.working_set.entries()) {
    if (page.hole()) continue;
    const bool used = !page.protection().executable() && take_accessed(machine, entries.at(page.page()));
    page.set_age(used ? uint8_t{0} : older(page.age()));
  }
}

// The pages of one working set that may go.
class TrimCandidates {
 public:
  TrimCandidates(const MachineState& machine, const TrimFilter& filter, AddressSpace& space)
      : machine_(machine),
        filter_(filter),
        space_(space),
        entries_(machine, space),
        kept_(filter.kept_of(space)) {}

  size_t rank(WorkingSetEntry page) {
    const bool code = page.protection().executable();
    return size_t{code ? counted_age(page) : page.age()} * 2 + (code ? 0 : 1);
  }
  bool admit(WorkingSetEntry page) {
    if (page.page() == kept_[0] || page.page() == kept_[1]) return false;
    return filter_.content == TrimFilter::Content::Any || clean(page.page());
  }

  // Calls `visit(entry)` for every page but the newest that stay, in the order in which they came in, until
  // it returns false, and returns what it returned last. `visit` may trim the page.
  template <class Visitor>
  bool for_each(Visitor&& visit) const {
    const WorkingSet& set = space_.working_set;
    const PageCount newest = filter_.newest_kept_of(space_);
    PageCount left = set.size();
    for (WorkingSet::Index index = 0; left > newest; ++index) {
      const WorkingSetEntry page = set[index];
      if (page.hole()) continue;
      --left;
      if (!visit(page)) return false;
    }
    return true;
  }

 private:
  uint8_t counted_age(WorkingSetEntry code) {
    return static_cast<uint8_t>(code.age() >> machine_.pfns[entries_.read(code.page()).frame()].recalls);
  }
  bool clean(VirtualPageNumber page) {
    const Pte pte = entries_.read(page);
    return !pte.has(Pte::kDirty) && !machine_.pfns[pte.frame()].modified;
  }

  const MachineState& machine_;
  const TrimFilter& filter_;
  AddressSpace& space_;
  Entries entries_;
  std::array<VirtualPageNumber, 2> kept_;
};

Census take_census(const MachineState& machine, const TrimFilter& filter) {
  Census census{};
  for (const auto& space : machine.spaces) {
    TrimCandidates candidates(machine, filter, *space);
    candidates.for_each([&](WorkingSetEntry page) {
      if (candidates.admit(page)) ++census[candidates.rank(page)];
      return true;
    });
  }
  return census;
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
  Census chosen = choose_ranks(take_census(machine, filter), wanted);
  const PageCount all{std::accumulate(chosen.begin(), chosen.end(), 0u)};
  PageCount trimmed;
  for (const auto& space : machine.spaces) {
    TrimCandidates candidates(machine, filter, *space);
    const auto trim_if_chosen = [&](WorkingSetEntry page) {
      const size_t rank = candidates.rank(page);
      if (chosen[rank] == 0 || !candidates.admit(page)) return true;
      --chosen[rank];
      sink.trim(*space, page.page());
      return ++trimmed < all;
    };
    if (trimmed == all || !candidates.for_each(trim_if_chosen)) break;
  }
  return trimmed;
}

}  // namespace mm
