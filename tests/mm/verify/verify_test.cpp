// The cross-checker notices whatever two of its books disagree about: each kind of corruption, one at a time.
#include "mm/verify/verify.h"

#include <functional>
#include <string>

#include "mm/verify/step_audit.h"
#include "tests/mm/page_moves.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

using x86::Pte;

// A machine with pages in every condition, in two address spaces.
struct Busy {
  TestMachine machine;
  AddressSpace* other = nullptr;
  uint32_t base = machine.commit(16 * kPageSize);
  VirtualAddress clean{base}, dirty{base + 0x1000}, stored{base + 0x2000}, stored_too{base + 0x3000},
      standby{base + 0x4000}, modified{base + 0x5000}, decommitted{base + 0x6000}, read_only{base + 0x7000},
      untouched{base + 0x8000};
  std::vector<CommitCharge> leaked;

  Busy() {
    for (const VirtualAddress address : {stored, stored_too, standby}) {
      REQUIRE(machine.write(address, 1) == kResolved);
    }
    trim_out(machine, stored);
    page_out(machine, stored_too);
    trim_out(machine, standby);
    REQUIRE(write_modified(state_of(machine), {1}));
    REQUIRE(machine.read(clean) == 0);
    REQUIRE(machine.write(dirty, 1) == kResolved);
    REQUIRE(machine.write(modified, 1) == kResolved);
    trim_out(machine, modified);
    REQUIRE(machine.free(decommitted.value, kPageSize, allocation::kDecommit) == NtStatus::Success);
    REQUIRE(machine.read(read_only) == 0);
    REQUIRE(machine.protect(read_only.value, kPageSize, x86::page::kReadOnly));
    for (int i = 0; i < 4; ++i) machine.manager->run_idle_work();
    add_other();
  }

  MachineState& state() { return state_of(machine); }
  Pte pte(VirtualAddress address) { return machine.pte(address); }
  PageFrame& frame(PageFrameNumber number) { return const_cast<PageFrame&>(state().pfns[number]); }
  PageFrame& frame(VirtualAddress address) { return frame(pte(address).frame()); }
  PageFrameNumber behind(PageFrameNumber number) { return PageFrameNumber(state().pfns.next(number)); }
  void link(PageFrameNumber number, uint32_t next) { frame(number).next_step = next - number.value() - 1; }
  PageFrameNumber table() { return entry_of(machine, clean).frame(); }
  // Past PageTables, which would keep the books.
  void poke(VirtualAddress address, Pte value) {
    x86::write_entry(state().ram, state().tables.mode(), entry_of(machine, address), value);
  }
  void poke_pde(uint32_t index, Pte value) {
    state().ram.write32(directory().address() + index * 4, static_cast<uint32_t>(value.raw));
  }
  Pte pde(uint32_t index) { return {state().ram.read32(directory().address() + index * 4)}; }
  PageFrameNumber directory() const { return machine.space->root().frame(); }
  uint32_t pde_index() const { return base >> 22; }
  PageFrameNumber zeroed() { return *state().pfns.next_zeroed(); }
  Vad& vad() { return *machine.space->vads.find(clean.page()); }
  WorkingSet& working_set() { return machine.space->working_set; }
  WorkingSet::Index entry(VirtualAddress address) { return frame(address).working_set_index; }
  // A page list's head, tail and size; a working set's entries (two words), end and size.
  template <class List>
  static uint32_t* words(const List& list) {
    return const_cast<uint32_t*>(reinterpret_cast<const uint32_t*>(&list));
  }

 private:
  void add_other() {
    other = *machine.manager->create_address_space();
    const auto region =
        machine.manager->allocate_virtual_memory(*other, {.size = 3 * kPageSize,
                                                          .type = allocation::kReserve | allocation::kCommit,
                                                          .protect = x86::page::kReadWrite});
    for (uint32_t i = 0; i < 3; ++i) {
      REQUIRE(machine.access(region->base + i * kPageSize, Access::Write, Mode::User, other) == kResolved);
    }
  }
};

struct Corruption {
  std::string name;
  std::function<void(Busy&)> make;
};

constexpr uint32_t kSelfMapIndex = 0x300;
const PageFrameNumber kOutside(0xFFFFF);

std::vector<Corruption> of_entries() {
  return {
      {"a valid entry names another page's frame", [](Busy& b) { b.poke(b.clean, b.pte(b.dirty)); }},
      {"a valid entry names a frame that is free for all",
       [](Busy& b) { b.poke(b.clean, x86::valid_pte(b.zeroed(), x86::protection::kReadWrite, Mode::User)); }},
      {"a valid entry names a page table",
       [](Busy& b) { b.poke(b.clean, x86::valid_pte(b.table(), x86::protection::kReadWrite, Mode::User)); }},
      {"a valid entry names a frame outside RAM",
       [](Busy& b) { b.poke(b.clean, x86::valid_pte(kOutside, x86::protection::kReadWrite, Mode::User)); }},
      {"an entry in transition names a frame outside RAM",
       [](Busy& b) { b.poke(b.modified, x86::transition_pte(kOutside, x86::protection::kReadWrite)); }},
      {"a valid entry was lost", [](Busy& b) { b.poke(b.clean, Pte{}); }},
      {"a paging-file entry was lost", [](Busy& b) { b.poke(b.stored, Pte{}); }},
      {"an entry appeared",
       [](Busy& b) { b.poke(b.untouched, x86::demand_zero_pte(x86::protection::kReadWrite)); }},
      {"a read-only page is writable",
       [](Busy& b) { b.poke(b.read_only, b.pte(b.read_only).with(Pte::kWrite)); }},
      {"a writable page is read-only",
       [](Busy& b) { b.poke(b.clean, b.pte(b.clean).without(Pte::kWrite | Pte::kWritable)); }},
      {"a page that was written is held back from it",
       [](Busy& b) { b.poke(b.dirty, b.pte(b.dirty).without(Pte::kWrite)); }},
      {"a user's page is the supervisor's",
       [](Busy& b) { b.poke(b.clean, b.pte(b.clean).without(Pte::kUser)); }},
      {"a page in the working set is in transition",
       [](Busy& b) {
         b.poke(b.clean, x86::transition_pte(b.pte(b.clean).frame(), x86::protection::kReadWrite));
       }},
      {"a page on the modified list is valid",
       [](Busy& b) {
         b.poke(b.modified,
                x86::valid_pte(b.pte(b.modified).frame(), x86::protection::kReadWrite, Mode::User));
       }},
      {"an entry in transition has another protection",
       [](Busy& b) { b.poke(b.modified, b.pte(b.modified).with_protection(x86::protection::kReadOnly)); }},
      {"a prototype in private memory",
       [](Busy& b) { b.poke(b.stored, b.pte(b.stored).with(Pte::kPrototype)); }},
      {"two entries name one slot", [](Busy& b) { b.poke(b.stored, b.pte(b.stored_too)); }},
      {"an entry names a slot that is not in use",
       [](Busy& b) {
         b.poke(b.stored, x86::paging_file_pte({0, 900}, x86::protection::kReadWrite));
       }},
      {"an entry names a slot outside the file",
       [](Busy& b) {
         b.poke(b.stored, x86::paging_file_pte({0, 0xFFFFF}, x86::protection::kReadWrite));
       }},
      {"an entry names another paging file",
       [](Busy& b) {
         b.poke(b.stored,
                x86::paging_file_pte({3, b.pte(b.stored).slot().slot}, x86::protection::kReadWrite));
       }},
      {"a decommitted page was committed again for free",
       [](Busy& b) { b.poke(b.decommitted, x86::demand_zero_pte(x86::protection::kReadWrite)); }},
      {"an entry outside every VAD",
       [](Busy& b) {
         const PhysicalAddress at =
             x86::pte_address(b.state().tables.mode(), b.table(), b.clean.page() + PageCount{100});
         b.state().tables.write(at, x86::demand_zero_pte(x86::protection::kReadWrite));
       }},
      {"KUSER_SHARED_DATA is writable",
       [](Busy& b) { b.poke(kSharedUserData, b.pte(kSharedUserData).with(Pte::kWrite)); }},
  };
}

std::vector<Corruption> of_directories() {
  return {
      {"a page table was lost", [](Busy& b) { b.poke_pde(b.pde_index(), Pte{}); }},
      {"a page table is there twice", [](Busy& b) { b.poke_pde(b.pde_index() + 1, b.pde(b.pde_index())); }},
      {"a page table lies outside RAM",
       [](Busy& b) { b.poke_pde(b.pde_index(), x86::table_pde(kOutside, Mode::User)); }},
      {"a directory entry of no known form", [](Busy& b) { b.poke_pde(b.pde_index() + 1, Pte{0x400}); }},
      {"a page table that the user may not use",
       [](Busy& b) { b.poke_pde(b.pde_index(), b.pde(b.pde_index()).without(Pte::kUser)); }},
      {"a page table that cannot be written through",
       [](Busy& b) { b.poke_pde(b.pde_index(), b.pde(b.pde_index()).without(Pte::kWrite)); }},
      {"a page table that is paged out",
       [](Busy& b) {
         b.poke_pde(b.pde_index(), x86::paging_file_pte({0, 1}, x86::protection::kReadWrite));
       }},
      {"a large page",
       [](Busy& b) { b.poke_pde(b.pde_index(), b.pde(b.pde_index()).with(Pte::kLargePage)); }},
      {"the self-map is gone", [](Busy& b) { b.poke_pde(kSelfMapIndex, Pte{}); }},
      {"the self-map is the user's",
       [](Busy& b) { b.poke_pde(kSelfMapIndex, b.pde(kSelfMapIndex).with(Pte::kUser)); }},
      {"a system half of its own",
       [](Busy& b) { b.poke_pde(0x250, x86::table_pde(b.table(), Mode::Supervisor)); }},
      {"a count of used entries is wrong", [](Busy& b) { ++b.frame(b.table()).used_entries; }},
      {"a page table belongs to somebody else", [](Busy& b) { b.frame(b.table()).owner = b.other->id(); }},
      {"a directory belongs to somebody else", [](Busy& b) { b.frame(b.directory()).owner = b.other->id(); }},
      {"a table that no VAD is said to need",
       [](Busy& b) { b.machine.space->table_users[b.clean.page()] = 0; }},
      {"a table that holds nothing",
       [](Busy& b) {
         const VirtualPageNumber page = x86::first_page_of_table(b.state().tables.mode(), b.pde_index() + 1);
         b.state().tables.install_table(b.machine.space->root(), page, *b.state().frames.take_zeroed());
         b.machine.space->table_charge.absorb(std::move(*b.state().commit.charge({1})));
       }},
      {"a directory entry says that free memory is decommitted",
       [](Busy& b) { b.poke_pde(b.pde_index() + 1, x86::decommitted_pde()); }},
      {"a directory entry tells of decommitted pages that nobody knows",
       [](Busy& b) { b.poke_pde(b.pde_index() + 1, x86::partly_decommitted_pde()); }},
      {"decommitted pages that the directory entry does not tell of",
       [](Busy& b) {
         const VirtualPageNumber page = x86::first_page_of_table(b.state().tables.mode(), b.pde_index() + 1);
         b.machine.space->runs.decommit(b.vad(), {page, page + PageCount{1}});
       }},
      {"a table with too many users", [](Busy& b) { ++b.machine.space->table_users[b.clean.page()]; }},
      {"users of a table that is not there",
       [](Busy& b) { ++b.machine.space->table_users[VirtualPageNumber(5 * 1024)]; }},
  };
}

std::vector<Corruption> of_frames() {
  return {
      {"a frame remembers another entry", [](Busy& b) { b.frame(b.clean).pte = b.frame(b.dirty).pte; }},
      {"a frame's use is wrong", [](Busy& b) { b.frame(b.clean).use = FrameUse::System; }},
      {"a frame's state is wrong", [](Busy& b) { b.frame(b.clean).state = PageState::Standby; }},
      {"a listed frame's state is wrong", [](Busy& b) { b.frame(b.standby).state = PageState::Modified; }},
      {"a frame is in transition for ever",
       [](Busy& b) { b.frame(b.modified).state = PageState::Transition; }},
      {"a slot was forgotten", [](Busy& b) { b.frame(b.standby).original = x86::Pte{}; }},
      {"a modified page has a slot", [](Busy& b) { b.frame(b.standby).modified = true; }},
      {"a page on standby is modified",
       [](Busy& b) {
         state_of(b.machine).pagefile.give_up(b.frame(b.standby).original);
         b.frame(b.standby).original = x86::Pte{};
         b.frame(b.standby).modified = true;
       }},
      {"a page on the modified list is not modified", [](Busy& b) { b.frame(b.modified).modified = false; }},
      {"a link leads astray", [](Busy& b) { b.link(b.pte(b.standby).frame(), b.zeroed().value()); }},
      {"a link leads outside RAM", [](Busy& b) { b.link(b.zeroed(), 0x10000000); }},
      {"a link leads back", [](Busy& b) { b.link(b.behind(b.zeroed()), b.zeroed().value()); }},
      {"a list was cut short", [](Busy& b) { b.link(b.zeroed(), PageFrame::kNone); }},
      {"a backward link is wrong", [](Busy& b) { ++b.frame(b.behind(b.zeroed())).previous_step; }},
      {"a list's head is wrong",
       [](Busy& b) { Busy::words(b.state().pfns.modified())[0] = PageFrame::kNone; }},
      {"a list's tail is wrong", [](Busy& b) { Busy::words(b.state().pfns.zeroed())[1] = 1; }},
      {"a list's size is wrong", [](Busy& b) { ++Busy::words(b.state().pfns.zeroed())[2]; }},
      {"a working set's size is wrong", [](Busy& b) { --Busy::words(b.machine.space->working_set)[3]; }},
      {"a working set remembers another protection",
       [](Busy& b) { b.working_set().set_protection(b.entry(b.clean), x86::protection::kNoAccess); }},
      {"a working set forgot a page", [](Busy& b) { b.working_set().remove(b.entry(b.clean)); }},
      {"a working set has a page twice",
       [](Busy& b) { b.working_set().add(b.clean.page(), x86::protection::kReadWrite); }},
      {"a working set has a page that is not valid",
       [](Busy& b) { b.working_set().add(b.standby.page(), x86::protection::kReadWrite); }},
      {"a frame names another entry of the working set",
       [](Busy& b) { ++b.frame(b.clean).working_set_index; }},
      {"a private page is shared", [](Busy& b) { ++b.frame(b.clean).share_count; }},
      {"a frame remembers a protection",
       [](Busy& b) { b.frame(b.clean).original = x86::demand_zero_pte(x86::protection::kReadOnly); }},
      {"two working sets hold each other's pages",
       [](Busy& b) {
         for (int word = 0; word < 4; ++word)
           std::swap(Busy::words(b.machine.space->working_set)[word],
                     Busy::words(b.other->working_set)[word]);
       }},
      {"a zeroed page begins with something",
       [](Busy& b) { b.state().ram.frame(b.zeroed()).front() = std::byte{1}; }},
      {"a zeroed page ends with something",
       [](Busy& b) { b.state().ram.frame(b.zeroed()).back() = std::byte{1}; }},
  };
}

std::vector<Corruption> of_accounts() {
  return {
      {"commit that nobody holds",
       [](Busy& b) { b.leaked.push_back(std::move(*b.state().commit.charge({1}))); }},
      {"a VAD that lost a page of its charge",
       [](Busy& b) { b.leaked.push_back(b.vad().charge().split({1})); }},
      {"a VAD that holds another's charge",
       [](Busy& b) {
         b.vad().charge().absorb(std::move(*b.state().commit.charge({1})));
         b.machine.space->add_private_commit({1});
       }},
      {"a process that counts one page too many", [](Busy& b) { b.machine.space->add_private_commit({1}); }},
      {"a page table that is not charged",
       [](Busy& b) { b.state().system_charge.absorb(b.machine.space->table_charge.split({1})); }},
      {"a system page that is not charged",
       [](Busy& b) { b.leaked.push_back(b.state().system_charge.split({1})); }},
      {"a page table too many", [](Busy& b) { b.state().pfns.add_used_entry(b.directory()); }},
      {"a page that is held back and not counted",
       [](Busy& b) { b.poke(b.clean, b.pte(b.clean).without(Pte::kWrite)); }},
      {"a run of alike pages that ends too early",
       [](Busy& b) { b.machine.space->runs.add_seam(b.untouched.page() + PageCount{1}); }},
      {"a run of alike pages that ends too late",
       [](Busy& b) { b.machine.space->runs.remove_seam(b.read_only.page()); }},
      {"a committed page that counts as reserved",
       [](Busy& b) {
         b.machine.space->runs.decommit(b.vad(), {b.clean.page(), b.dirty.page()});
       }},
      {"a decommitted page that counts as committed",
       [](Busy& b) {
         b.machine.space->runs.commit(b.vad(), {b.decommitted.page(), b.read_only.page()});
       }},
      {"a run outside every VAD", [](Busy& b) { b.machine.space->runs.add_seam(VirtualPageNumber(0x7000)); }},
      {"a slot that nobody names",
       [](Busy& b) {
         OutgoingPage outgoing{b.state().ram.bytes().data(), {}};
         REQUIRE(b.state().pagefile.write({&outgoing, 1}));
       }},
      {"a slot released too early", [](Busy& b) { b.state().pagefile.give_up(b.pte(b.stored)); }},
      {"VADs that overlap",
       [](Busy& b) {
         b.machine.space->vads.insert(
             std::make_unique<Vad>(PageRange{b.clean.page() + PageCount{16}, b.clean.page() + PageCount{17}},
                                   x86::protection::kReadOnly, VadBacking::Reserved));
         ++b.machine.space->table_users[b.clean.page()];
         Vad& last = *b.machine.space->vads.find(b.clean.page() + PageCount{16});
         PageRange& range = *reinterpret_cast<PageRange*>(&last);
         range.begin = range.begin - PageCount{1};
       }},
  };
}

using Look = std::function<std::optional<std::string>(Busy&)>;

// Each in a child process: what was corrupted could not be taken down any more.
void check_noticed(const std::vector<Corruption>& corruptions, const Look& look) {
  Busy busy;
  REQUIRE_FALSE(look(busy));
  for (const Corruption& corruption : corruptions) {
    INFO(corruption.name);
    constexpr int kNoticed = 1, kNotNoticed = 2;
    const int outcome = outcome_in_child([&] {
      corruption.make(busy);
      const auto found = look(busy);
      return found && !found->empty() ? kNoticed : kNotNoticed;
    });
    CHECK(outcome == kNoticed);
  }
}

// As if the step had written every frame, every entry of every page table and the pages of every VAD.
void note_everything(MachineState& machine) {
  for (PageFrameNumber frame(0); frame.value() < machine.pfns.size().value; ++frame) {
    machine.footprint.note_frame(frame);
    const FrameUse use = machine.pfns[frame].use;
    if (use != FrameUse::Directory && use != FrameUse::PageTable) continue;
    for (uint32_t offset = 0; offset < kPageSize; offset += x86::entry_bytes(machine.tables.mode()))
      machine.footprint.note_entry(frame.address() + offset);
  }
  for (const auto& space : machine.spaces)
    space->note_pages({kLowestUserAddress.page(), kHighestUserAddress.page() + PageCount{1}});
}

// What a corruption wrote, it did not note.
void check_noticed_in_step(const std::vector<Corruption>& corruptions) {
  std::unique_ptr<StepAudit> audit;
  check_noticed(corruptions, [&](Busy& busy) {
    if (audit == nullptr) audit = std::make_unique<StepAudit>(busy.state());
    note_everything(busy.state());
    REQUIRE_FALSE(busy.state().footprint.overflowed());
    return audit->find_disagreement();
  });
}

std::optional<std::string> look_at_all(Busy& busy) { return find_disagreement(busy.state()); }

TEST_CASE("A disagreement stops the program, where it is checked as it runs", "[verify]") {
  Busy busy;
  CHECK_FALSE(stops([&] { busy.machine.manager->verify(); }));
  CHECK(stops([&] {
    busy.poke(busy.clean, Pte{});
    busy.machine.manager->verify();
  }));
}

TEST_CASE("A wrong page-table entry is noticed", "[verify]") { check_noticed(of_entries(), look_at_all); }
TEST_CASE("A wrong page directory is noticed", "[verify]") { check_noticed(of_directories(), look_at_all); }
TEST_CASE("A wrong PFN database is noticed", "[verify]") { check_noticed(of_frames(), look_at_all); }
TEST_CASE("Wrong accounts are noticed", "[verify]") { check_noticed(of_accounts(), look_at_all); }

TEST_CASE("A wrong page-table entry is noticed after the step that wrote it", "[verify]") {
  check_noticed_in_step(of_entries());
}
TEST_CASE("A wrong page directory is noticed after the step that wrote it", "[verify]") {
  check_noticed_in_step(of_directories());
}
TEST_CASE("A wrong PFN database is noticed after the step that wrote it", "[verify]") {
  check_noticed_in_step(of_frames());
}
TEST_CASE("Wrong accounts are noticed after the step that wrote them", "[verify]") {
  check_noticed_in_step(of_accounts());
}

TEST_CASE("What was written without being noted is noticed after some steps", "[verify]") {
  Busy busy;
  StepAudit audit(busy.state());
  const auto steps_until_noticed = [&] {
    for (uint32_t step = 1; step <= StepAudit::kStepsBetween; ++step) {
      if (audit.find_disagreement()) return step;
    }
    return 0u;
  };
  CHECK(steps_until_noticed() == 0);
  busy.poke(busy.read_only, busy.pte(busy.read_only).with(Pte::kWrite));
  CHECK(steps_until_noticed() == StepAudit::kStepsBetween);
}

TEST_CASE("A step that writes more than can be noted has everything looked at", "[verify]") {
  Busy busy;
  StepAudit audit(busy.state());
  busy.poke(busy.read_only, busy.pte(busy.read_only).with(Pte::kWrite));
  CHECK_FALSE(audit.find_disagreement());
  while (!busy.state().footprint.overflowed()) {
    busy.state().footprint.note_frame(PageFrameNumber(1));
    busy.state().footprint.note_frame(PageFrameNumber(2));
  }
  CHECK(audit.find_disagreement());
}

TEST_CASE("Nothing is noted before somebody looks at steps", "[verify]") {
  Footprint footprint;
  footprint.note_frame(PageFrameNumber(1));
  footprint.note_entry({0x1000});
  footprint.note_pages(AddressSpaceId(1), {VirtualPageNumber(1), VirtualPageNumber(2)});
  CHECK((footprint.frames().empty() && footprint.entries().empty() && footprint.pages().empty()));
}

}  // namespace
}  // namespace mm::test
