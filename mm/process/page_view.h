// What one page of a VAD is: its entry, read together with the VAD.
#pragma once

#include <optional>

#include "mm/process/missing_tables.h"

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
// `page`, whose PTE lies at `at`.
PageView view_entry(const MachineState& machine, const AddressSpace& space, const Vad& vad,
                    VirtualPageNumber page, PhysicalAddress at);

// Calls `visit(pages, view)` for all pages of `range`, which lies in `vad`, in their order: one by one where
// there is a page table; where there is none, as many at a time as are alike.
template <class Visitor>
void for_each_view(const MachineState& machine, const AddressSpace& space, const Vad& vad, PageRange range,
                   Visitor&& visit) {
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done();) {
    const VirtualPageNumber page = cursor.page();
    switch (cursor.table()) {
      case TableState::Absent:
        for_each_alike_without_table(space, cursor.pde(), cursor.part(), [&](PageRange pages) {
          visit(pages, view_page(machine, space, vad, pages.begin));
        });
        cursor.next_table();
        break;
      case TableState::Resident:
        visit(PageRange{page, page + PageCount{1}}, view_entry(machine, space, vad, page, cursor.at()));
        cursor.next();
        break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
}

}  // namespace mm
