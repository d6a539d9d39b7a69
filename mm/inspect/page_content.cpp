#include "mm/inspect/page_content.h"

#include <algorithm>

#include "mm/process/page_view.h"
#include "mm/x86/walk.h"

namespace mm {
namespace {

using x86::PteKind;
using To = std::span<std::byte, kPageSize>;

bool copy_frame(const MachineState& machine, PageFrameNumber frame, To to) {
  const auto from = machine.ram.frame(frame);
  std::copy(from.begin(), from.end(), to.begin());
  return true;
}

bool copy_private_page(const MachineState& machine, const PageView& page, To to) {
  if (page.commitment != Commitment::Committed) return false;
  switch (page.kind) {
    case PteKind::Unknown:
    case PteKind::DemandZero: std::fill(to.begin(), to.end(), std::byte{0}); return true;
    case PteKind::Valid:
    case PteKind::Transition: return copy_frame(machine, page.pte.frame(), to);
    case PteKind::PagingFile: return succeeded(machine.pagefile.peek(page.pte.slot(), to));
    case PteKind::Decommitted:
    case PteKind::Prototype: break;
  }
  return false;
}

}  // namespace

bool page_content(const MachineState& machine, const AddressSpace& space, VirtualPageNumber page, To to) {
  const x86::Walk walk = x86::walk(machine.ram, space.root(), page.address());
  if (walk.present()) return copy_frame(machine, walk.physical().frame(), to);
  const Vad* vad = space.vads.find(page);
  return vad != nullptr && copy_private_page(machine, view_page(machine, space, *vad, page), to);
}

}  // namespace mm
