// What one page of a VAD is: its entry, read together with the VAD.
#pragma once

#include <algorithm>
#include <optional>

#include "mm/process/machine_state.h"

namespace mm {

enum class Commitment : uint8_t { Reserved, Committed };

struct PageView {
  std::optional<PhysicalAddress> at{};  // of the PTE; none without a page table
  x86::Pte pte{};
  x86::PteKind kind = x86::PteKind::Unknown;  // Decommitted also where the PDE says it, and there is no PTE
  Commitment commitment = Commitment::Reserved;
  x86::Protection protection{};  // when committed
};

// Whether a guest can tell two pages of one VAD apart by asking (Microsoft's page on
// MEMORY_BASIC_INFORMATION: a reserved page has no protection).
inline bool alike(const PageView& a, const PageView& b) {
  return a.commitment == b.commitment &&
         (a.commitment == Commitment::Reserved || a.protection == b.protection);
}

PageView view_page(const MachineState& machine, const AddressSpace& space, const Vad& vad,
                   VirtualPageNumber page);

// The first page after `page` that has another page table.
constexpr VirtualPageNumber next_table(VirtualPageNumber page) {
  return x86::first_page_of_table(x86::pde_index(page) + 1);
}

constexpr PageRange pages_of_table(VirtualPageNumber page) {
  return {x86::first_page_of_table(x86::pde_index(page)), next_table(page)};
}

// The first page after `page` whose view may be another, inside one VAD: without a page table, the pages that
// it would map are alike unless the PDE says otherwise.
VirtualPageNumber next_to_view(const MachineState& machine, const AddressSpace& space,
                               VirtualPageNumber page);

// Calls `visit(part)` for each part of `range` that one page table maps.
template <class Visitor>
void for_each_table_part(PageRange range, Visitor&& visit) {
  for (VirtualPageNumber page = range.begin; page < range.end; page = next_table(page))
    visit(PageRange{page, std::min(next_table(page), range.end)});
}

}  // namespace mm
