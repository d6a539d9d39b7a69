#include "mm/process/resident_pages.h"

#include "mm/process/missing_tables.h"

namespace mm {

using x86::Pte;
using x86::PteKind;

namespace {

// Whatever a backing keeps of the page, nobody needs any more.
void give_up_stored(MachineState& machine, Pte pte) {
  if (x86::decode(pte) == PteKind::PagingFile) machine.backing_of(pte).give_up(pte);
}

// The processor noted in the entry that the page was written: what the paging file holds of it is out of
// date.
void note_dirty(MachineState& machine, PageFrameNumber frame, Pte pte) {
  if (!pte.has(Pte::kDirty)) return;
  const Pte original = machine.pfns[frame].original;
  give_up_stored(machine, original);
  machine.pfns.mark_modified(frame);
}

enum class Cleanness : uint8_t { Clean, Dirty };

Cleanness cleanness_of(const PageFrame& frame, Pte pte) {
  return frame.modified || pte.has(Pte::kDirty) ? Cleanness::Dirty : Cleanness::Clean;
}

// While the paging file cannot be written, a clean page is mapped without the right to write: its frame can
// be had again, and the memory manager is asked before it cannot.
Pte mapping(const MachineState& machine, PageFrameNumber frame, x86::Protection protection,
            Cleanness cleanness) {
  const Pte pte = x86::valid_pte(frame, protection, Mode::User);
  const bool held_back = cleanness == Cleanness::Clean && !succeeded(machine.pagefile.writing());
  return held_back ? pte.without(Pte::kWrite) : pte;
}

// The frame knows where its page stands in the working set, which its holes have moved.
void close_holes(MachineState& machine, AddressSpace& space) {
  space.working_set.compact([&](VirtualPageNumber page, WorkingSet::Index index) {
    machine.pfns.set_working_set_index(machine.tables.read_entry(space.root(), page).frame(), index);
  });
}

void enter_working_set(MachineState& machine, AddressSpace& space, VirtualPageNumber page,
                       PageFrameNumber frame, x86::Protection protection,
                       ReplacementPolicy::Arrival arrival) {
  if (space.working_set.holes_prevail()) close_holes(machine, space);
  const WorkingSet::Index index = space.working_set.add(page, protection);
  machine.pfns.set_working_set_index(frame, index);
  machine.policy->note(machine, {space, index, frame}, arrival);
  space.note_working_set();
}

void leave_working_set(MachineState& machine, AddressSpace& space, PageFrameNumber frame) {
  space.working_set.remove(machine.pfns[frame].working_set_index);
}

// Of a valid or a transition entry.
x86::Protection protection_of(const MachineState& machine, const AddressSpace& space, PhysicalAddress at,
                              Pte pte) {
  if (!pte.valid()) return pte.protection();
  const WorkingSet::Index index = machine.pfns[pte.frame()].working_set_index;
  return space.working_set.entry_of(machine.tables.page_of(at), index).protection();
}

bool can_be_valid(x86::Protection protection) { return !protection.no_access() && !protection.guard(); }

}  // namespace

bool ensure_page_table(MachineState& machine, AddressSpace& space, VirtualPageNumber page) {
  switch (const TableState table = machine.tables.find(space.root(), page).table()) {
    case TableState::Resident: return true;
    case TableState::Absent: break;
    case TableState::PagedOut:
    case TableState::LargePage: no_answer_to(table);
  }
  const auto frame = machine.frames.take_zeroed();
  if (!frame) return false;
  const x86::TablePages decommitted = decommitted_without_table_around(space, page);
  machine.tables.install_table(space.root(), page, *frame, decommitted);
  return true;
}

void map_new_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, PageFrameNumber frame,
                  Pte original) {
  const x86::Protection protection = original.protection();
  machine.pfns.activate(frame, at, original.with_protection(x86::protection::kUnset));
  enter_working_set(machine, space, machine.tables.page_of(at), frame, protection,
                    ReplacementPolicy::Arrival::New);
  const bool stored = x86::decode(original) == PteKind::PagingFile;
  const Cleanness cleanness = stored ? Cleanness::Clean : Cleanness::Dirty;  // what is new will be written
  machine.tables.write(at, mapping(machine, frame, protection, cleanness));
}

void map_cached_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, PageFrameNumber frame) {
  const VirtualPageNumber page = machine.tables.page_of(at);
  if (machine.announce.heard()) {
    machine.announce({.kind = Event::Kind::FrameFound,
                      .space = space.id(),
                      .address = page.address(),
                      .frame = frame,
                      .value = static_cast<uint32_t>(machine.pfns[frame].state)});
  }
  const x86::Protection protection = machine.tables.read(at).protection();
  const bool read = machine.pfns[frame].read_in;
  machine.pfns.reactivate(frame);
  enter_working_set(machine, space, page, frame, protection,
                    read ? ReplacementPolicy::Arrival::New : ReplacementPolicy::Arrival::Recalled);
  machine.tables.write(at, mapping(machine, frame, protection, cleanness_of(machine.pfns[frame], Pte{})));
}

void trim_page(MachineState& machine, AddressSpace& space, PhysicalAddress at) {
  const Pte pte = machine.tables.read(at);
  const PageFrameNumber frame = pte.frame();
  note_dirty(machine, frame, pte);
  machine.tables.write(at, x86::transition_pte(frame, protection_of(machine, space, at, pte)));
  leave_working_set(machine, space, frame);
  machine.pfns.trim(frame);
  if (machine.announce.heard()) {
    machine.announce({.kind = Event::Kind::PageTrimmed,
                      .space = space.id(),
                      .address = machine.tables.page_of(at).address(),
                      .frame = frame,
                      .value = static_cast<uint32_t>(machine.pfns[frame].state)});
  }
}

void discard_page(MachineState& machine, AddressSpace& space, PhysicalAddress at, Pte replacement) {
  const Pte pte = machine.tables.read(at);
  machine.tables.write(at, replacement);
  switch (x86::decode(pte)) {
    case PteKind::Valid: {
      const PageFrame& frame = machine.pfns[pte.frame()];
      if (frame.use == FrameUse::System) return;  // shared, resident for good
      give_up_stored(machine, frame.original);
      leave_working_set(machine, space, pte.frame());
      machine.pfns.release(pte.frame());
      return;
    }
    case PteKind::Transition:
      give_up_stored(machine, machine.pfns[pte.frame()].original);
      if (machine.pfns[pte.frame()].state == PageState::Transition) {
        machine.transfers.abandon(pte.frame());
      } else {
        machine.pfns.release(pte.frame());
      }
      return;
    case PteKind::PagingFile: machine.backing_of(pte).give_up(pte); return;
    case PteKind::Unknown:
    case PteKind::DemandZero:
    case PteKind::Decommitted:
    case PteKind::Prototype: return;
  }
}

namespace {

// Of the table that `cursor` stands at; goes on to the next.
void discard_entries(MachineState& machine, AddressSpace& space, PteCursor& cursor, Pte replacement) {
  const PageFrame& table = machine.pfns[cursor.at().frame()];
  const VirtualPageNumber end = cursor.part().end;
  for (; cursor.page() < end; cursor.next()) {
    if (replacement == Pte{} && table.used_entries == 0) return cursor.next_table();
    if (cursor.read() != replacement) discard_page(machine, space, cursor.at(), replacement);
  }
}

}  // namespace

void discard_range(MachineState& machine, AddressSpace& space, PageRange range, Pte replacement) {
  for (PteCursor cursor = entries_of(machine, space, range); !cursor.done();) {
    switch (cursor.table()) {
      case TableState::Absent: cursor.next_table(); break;
      case TableState::Resident: discard_entries(machine, space, cursor, replacement); break;
      case TableState::PagedOut:
      case TableState::LargePage: no_answer_to(cursor.table());
    }
  }
}

void give_up_content(MachineState& machine, const AddressSpace& space, PhysicalAddress at) {
  const Pte pte = machine.tables.read(at);
  const PteKind kind = x86::decode(pte);
  if (kind == PteKind::PagingFile) {
    machine.backing_of(pte).give_up(pte);
    machine.tables.write(at, x86::reset_pte(pte.protection()));
  }
  if (kind != PteKind::Valid && kind != PteKind::Transition) return;
  give_up_stored(machine, machine.pfns[pte.frame()].original);
  machine.pfns.give_up_content(pte.frame());
  if (kind == PteKind::Valid) {
    const Pte clean = mapping(machine, pte.frame(), protection_of(machine, space, at, pte), Cleanness::Clean);
    machine.tables.write(at, clean.with(pte.raw & Pte::kAccessed));
  }
}

bool keep_content(MachineState& machine, PhysicalAddress at) {
  const Pte pte = machine.tables.read(at);
  switch (x86::decode(pte)) {
    case PteKind::Valid:
    case PteKind::Transition: break;
    case PteKind::DemandZero: return !x86::was_reset(pte);
    case PteKind::Unknown:
    case PteKind::Decommitted:
    case PteKind::PagingFile:
    case PteKind::Prototype: return true;
  }
  if (x86::decode(machine.pfns[pte.frame()].original) == PteKind::PagingFile) return true;
  machine.pfns.mark_modified(pte.frame());
  if (pte.valid() && pte.has(Pte::kWritable)) machine.tables.write(at, pte.with(Pte::kWrite));
  return true;
}

void protect_page(MachineState& machine, AddressSpace& space, PhysicalAddress at,
                  x86::Protection protection) {
  Pte pte = machine.tables.read(at);
  if (pte == Pte{}) return machine.tables.write(at, x86::demand_zero_pte(protection));
  if (pte.valid() && !can_be_valid(protection)) {
    trim_page(machine, space, at);
    pte = machine.tables.read(at);
  }
  if (pte.valid()) {
    constexpr uint32_t kProcessorBits = Pte::kAccessed | Pte::kDirty;
    space.working_set.set_protection(machine.pfns[pte.frame()].working_set_index, protection);
    const Cleanness cleanness = cleanness_of(machine.pfns[pte.frame()], pte);
    machine.tables.write(at,
                         mapping(machine, pte.frame(), protection, cleanness).with(pte.raw & kProcessorBits));
    return;
  }
  machine.tables.write(at, pte.with_protection(protection));
}

}  // namespace mm
