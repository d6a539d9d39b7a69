// NtAllocateVirtualMemory.
#include <bit>

#include "mm/process/allocations.h"
#include "mm/process/page_changes.h"
#include "mm/process/pte_cursor.h"
#include "mm/process/resident_pages.h"
#include "mm/services/region.h"
#include "mm/services/reset.h"

namespace mm {
namespace {

constexpr uint32_t kKnownTypes = allocation::kCommit | allocation::kReserve | allocation::kTopDown;
constexpr uint32_t kMostZeroBits = 21;

// A request after validation.
struct Allocation {
  x86::Protection protection;
  bool reserve;
  bool commit;
};

// "You must set MEM_LARGE_PAGES together with MEM_RESERVE and MEM_COMMIT", and hold SeLockMemoryPrivilege,
// which nobody does here (Microsoft's pages on VirtualAlloc and "Large-Page Support").
NtStatus large_pages_refusal(uint32_t type) {
  const uint32_t needed = allocation::kCommit | allocation::kReserve;
  const uint32_t others = type & ~(needed | allocation::kLargePages | allocation::kTopDown);
  if ((type & needed) != needed || others != 0) return NtStatus::InvalidParameter5;
  return NtStatus::PrivilegeNotHeld;
}

// Microsoft's page on NtAllocateVirtualMemory: the number of bits, and "when ZeroBits is larger than 32, it
// becomes a bitmask".
uint32_t zero_bits_of(const AllocateRequest& request) {
  constexpr uint32_t kMostForANumber = 32;
  if (request.zero_bits <= kMostForANumber) return request.zero_bits;
  return static_cast<uint32_t>(std::countl_zero(request.zero_bits));
}

bool is_reset(const AllocateRequest& request) {  // neither goes together with any other type
  return request.type == allocation::kReset || request.type == allocation::kResetUndo;
}

Result<Allocation> validate(const AllocateRequest& request) {
  if (zero_bits_of(request) > kMostZeroBits) return fail(NtStatus::InvalidParameter3);
  const bool commit = (request.type & allocation::kCommit) != 0;
  const bool reserve = (request.type & allocation::kReserve) != 0;
  if ((request.type & allocation::kLargePages) != 0) return fail(large_pages_refusal(request.type));
  const bool known = is_reset(request) || ((request.type & ~kKnownTypes) == 0 && (commit || reserve));
  if (!known) return fail(NtStatus::InvalidParameter5);
  const auto protection = protection_for(request.vad_type, request.protect);
  if (!protection) return fail(protection.error());
  const bool anywhere = request.base == VirtualAddress{0};
  const VirtualAddress lowest = anywhere ? kLowestUserAddress : request.base;
  if (lowest < kLowestUserAddress || lowest > kHighestUserAddress) return fail(NtStatus::InvalidParameter2);
  if (request.size == 0 || !in_user_space({lowest, request.size})) return fail(NtStatus::InvalidParameter4);
  // MEM_COMMIT without an address reserves as well (Microsoft's page on VirtualAlloc).
  const bool reserves = reserve || (commit && anywhere);
  return Allocation{.protection = *protection, .reserve = reserves, .commit = commit};
}

std::optional<VirtualPageNumber> find_room(const AddressSpace& space, const AllocateRequest& request) {
  const PageCount size = pages_for(request.size);
  const uint32_t highest = std::min(kHighestUserAddress.value, 0xFFFFFFFFu >> zero_bits_of(request));
  const VirtualPageNumber end((highest >> kPageShift) + 1);
  const PageRange all{kLowestUserAddress.page(), end};
  const bool top_down = (request.type & allocation::kTopDown) != 0;
  const Search search = top_down ? Search::HighestFirst : Search::LowestFirst;
  PageRange preferred = all;
  if (top_down) {
    preferred.end = std::min(end, space.placement().highest.page() + PageCount{1});
  } else {
    preferred.begin = space.placement().lowest.page();
  }
  if (const auto found = space.vads.find_room(size, preferred, search)) return found;
  return space.vads.find_room(size, all, search);
}

Result<PageRange> choose_range(const AddressSpace& space, const AllocateRequest& request) {
  if (request.base == VirtualAddress{0}) {
    const auto begin = find_room(space, request);
    if (!begin) return fail(NtStatus::NoMemory);
    return PageRange{*begin, *begin + pages_for(request.size)};
  }
  const uint32_t base = request.base.value & ~(kAllocationGranularity - 1);
  const PageRange range = PageRange::touching({base}, uint64_t{request.size} + (request.base.value - base));
  if (space.vads.overlaps(range)) return fail(NtStatus::ConflictingAddresses);
  return range;
}

Attempt<MemoryRegion> reserve(MachineState& machine, AddressSpace& space, const AllocateRequest& request,
                              const Allocation& wanted) {
  const auto range = choose_range(space, request);
  if (!range) return fail(range.error());
  PoolCharge pool_charge(space.pool_quota);
  if (const NtStatus status = pool_charge.grow(Vad::kPoolSize); !succeeded(status)) return fail(status);
  const PageCount pages = wanted.commit ? range->size() : PageCount{0};
  const PageCount tables = wanted.commit ? uncharged_tables(machine, space, *range) : PageCount{0};
  auto charge = machine.commit.charge(pages + tables);
  if (!charge) return fail(charge.error());

  auto vad = std::make_unique<Vad>(*range, wanted.protection,
                                   wanted.commit ? VadBacking::Committed : VadBacking::Reserved);
  vad->set_type(request.vad_type);
  if (request.security == VadSecurity::Secured) vad->secure();
  vad->charge().absorb(charge->split(pages));
  vad->pool_charge() = std::move(pool_charge);
  space.add_private_commit(vad->committed());
  add_vad(space, std::move(vad), std::move(*charge));
  return region_of(*range);
}

// Whether committing has to write the page's entry: a page that the VAD says is committed needs none as long
// as it is protected as the VAD says.
bool needs_entry(const PageView& view, x86::Protection protection) {
  return view.commitment == Commitment::Reserved || view.protection != protection;
}

// Whether a page of the VAD that has no entry is committed, with this protection.
bool says_so_itself(const Vad& vad, x86::Protection protection) {
  return vad.backing() == VadBacking::Committed && vad.protection() == protection;
}

// A page without a page table is as its VAD says, or decommitted: where the VAD does not say what is wanted,
// each of them needs an entry.
Attempt<void> make_tables(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                          x86::Protection protection) {
  if (says_so_itself(vad, protection)) return {};
  return ensure_charged_tables(machine, space, range);
}

void commit_page(MachineState& machine, AddressSpace& space, const PageView& view,
                 x86::Protection protection) {
  if (!needs_entry(view, protection)) return;
  if (view.commitment == Commitment::Reserved) {
    machine.tables.write(*view.at, x86::demand_zero_pte(protection));
  } else {
    protect_page(machine, space, *view.at, protection);
  }
}

// Without a page table, to have been noted as committed is all that a page needs.
void commit_pages(MachineState& machine, AddressSpace& space, const Vad& vad, PageRange range,
                  x86::Protection protection) {
  for_each_entry(entries_of(machine, space, range), [&](const PteCursor& cursor) {
    commit_page(machine, space, view_entry(machine, space, vad, cursor.page(), cursor.at()), protection);
  });
}

Attempt<MemoryRegion> commit(MachineState& machine, AddressSpace& space, const AllocateRequest& request,
                             const Allocation& wanted) {
  const PageRange range = PageRange::touching(request.base, request.size);
  Vad* vad = space.vads.find(range.begin);
  if (vad == nullptr || !vad->range().contains(range)) return fail(NtStatus::ConflictingAddresses);
  if (!admits(request.security, *vad)) return fail(NtStatus::InvalidPageProtection);
  const PageCount added = range.size() - space.runs.committed(*vad, range);
  if (!machine.commit.admits(added + uncharged_tables(machine, space, range)))
    return fail(NtStatus::CommitmentLimit);
  const auto tables = make_tables(machine, space, *vad, range, wanted.protection);
  if (!tables) return impeded(tables.error());
  auto charge = machine.commit.charge(added);
  if (!charge) return fail(charge.error());

  commit_pages(machine, space, *vad, range, wanted.protection);
  note_commitment(machine, space, *vad, range, Commitment::Committed);
  vad->charge().absorb(std::move(*charge));
  space.add_private_commit(added);
  return region_of(range);
}

}  // namespace

Attempt<MemoryRegion> allocate_virtual_memory(MachineState& machine, AddressSpace& space,
                                              const AllocateRequest& request) {
  const auto wanted = validate(request);
  if (!wanted) return fail(wanted.error());
  if (is_reset(request)) return reset_virtual_memory(machine, space, request);
  return wanted->reserve ? reserve(machine, space, request, *wanted)
                         : commit(machine, space, request, *wanted);
}

}  // namespace mm
