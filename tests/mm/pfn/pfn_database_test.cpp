#include "mm/pfn/pfn_database.h"

#include <sys/resource.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

using x86::demand_zero_pte;
using x86::paging_file_pte;
namespace protection = x86::protection;

const PageFrameNumber kFirst(0), kSecond(1), kThird(2), kFourth(3);
constexpr PhysicalAddress kPte{0x3010};

// Four frames and a working set, and where each of them is, in words.
struct Database {
  Footprint footprint;
  PfnDatabase pfns{PageCount{4}, footprint};

  void fill(PageFrameNumber frame) {
    pfns.take(frame);
    pfns.activate(frame, kPte, demand_zero_pte(protection::kReadWrite));
  }
  void fill_modified(PageFrameNumber frame) {
    fill(frame);
    pfns.mark_modified(frame);
  }
  void make_standby(PageFrameNumber frame) {
    fill(frame);
    pfns.trim(frame);
  }
  void make_modified(PageFrameNumber frame) {
    fill_modified(frame);
    pfns.trim(frame);
  }

  // Every list in its order, both ways, with counts: "zeroed 0 1 2; standby5 3".
  std::string picture() const {
    std::string text;
    append(text, "zeroed", pfns.zeroed());
    append(text, "free", pfns.free());
    for (uint8_t priority = 0; priority < kStandbyPriorities; ++priority) {
      append(text, std::string("standby").append(std::to_string(priority)), pfns.standby(priority));
    }
    append(text, "modified", pfns.modified());
    append(text, "nowrite", pfns.modified_no_write());
    append(text, "bad", pfns.bad());
    append_unlisted(text, "pages", [](const PageFrame& frame) {
      return frame.state == PageState::Active && frame.use == FrameUse::Page;
    });
    append_unlisted(text, "pinned", [](const PageFrame& frame) {
      return frame.state == PageState::Active && frame.use != FrameUse::Page;
    });
    append_unlisted(text, "transition", [](const PageFrame& frame) {
      return frame.state == PageState::Transition && frame.use != FrameUse::Page;
    });
    append_unlisted(text, "writing", [](const PageFrame& frame) {
      return frame.state == PageState::Transition && frame.use == FrameUse::Page;
    });
    check_counts();
    return text;
  }

 private:
  static void start(std::string& text, const std::string& name) {
    if (!text.empty()) text += "; ";
    text += name;
  }

  void append(std::string& text, const std::string& name, const PageList& list) const {
    CHECK(list.empty() == (list.size() == PageCount{0}));
    if (list.empty()) {
      CHECK((list.head() == PageFrame::kNone && list.tail() == PageFrame::kNone));
      return;
    }
    start(text, name);
    uint32_t previous = PageFrame::kNone;
    uint32_t met = 0;
    for (uint32_t at = list.head(); at != PageFrame::kNone; at = pfns.next(PageFrameNumber(at))) {
      text += ' ';
      text += std::to_string(at);
      CHECK(pfns.previous(PageFrameNumber(at)) == previous);
      previous = at;
      REQUIRE(++met <= pfns.size().value);
    }
    CHECK(list.tail() == previous);
    CHECK(list.size() == PageCount{met});
  }
  // By number.
  template <class Predicate>
  void append_unlisted(std::string& text, const std::string& name, Predicate&& belongs) const {
    bool started = false;
    for (PageFrameNumber frame(0); frame.value() < pfns.size().value; ++frame) {
      if (!belongs(pfns[frame])) continue;
      if (!started) start(text, name);
      started = true;
      text += ' ';
      text += std::to_string(frame.value());
    }
  }
  void check_counts() const {
    PageCount counts[kPageStates];
    for (PageFrameNumber frame(0); frame.value() < pfns.size().value; ++frame) {
      ++counts[static_cast<size_t>(pfns[frame].state)];
    }
    for (int state = 0; state < kPageStates; ++state) {
      CHECK(pfns.count(static_cast<PageState>(state)) == counts[state]);
    }
    CHECK(pfns.available() ==
          pfns.count(PageState::Zeroed) + pfns.count(PageState::Free) + pfns.count(PageState::Standby));
  }
};

TEST_CASE("All frames begin zeroed, lowest first", "[pfn]") {
  const Database database;
  CHECK(database.picture() == "zeroed 0 1 2 3");
  CHECK(database.pfns.size() == PageCount{4});
  CHECK(database.pfns.next_zeroed() == kFirst);
  CHECK_FALSE(database.pfns.next_free());
  CHECK_FALSE(database.pfns.next_standby());
  CHECK_FALSE(database.pfns.next_modified());
}

TEST_CASE("take: zeroed, free and standby frames go into transition and forget what they held", "[pfn]") {
  Database database;
  database.pfns.take(kSecond);
  CHECK(database.picture() == "zeroed 0 2 3; transition 1");
  database.pfns.release(kSecond);
  CHECK(database.picture() == "zeroed 0 2 3; free 1");
  database.pfns.take(kSecond);
  CHECK(database.picture() == "zeroed 0 2 3; transition 1");

  database.make_standby(kThird);
  CHECK(database.picture() == "zeroed 0 3; standby5 2; transition 1");
  database.pfns.take(kThird);
  CHECK(database.picture() == "zeroed 0 3; transition 1 2");
  const PageFrame& taken = database.pfns[kThird];
  CHECK(taken.pte == PhysicalAddress{0});
  CHECK(taken.original == x86::Pte{});
  CHECK(taken.use == FrameUse::None);
  CHECK(taken.priority == 0);
}

TEST_CASE("activate: a filled frame is a page that one entry maps", "[pfn]") {
  Database database;
  database.fill(kThird);
  database.pfns.take(kFirst);
  database.pfns.activate(kFirst, {0x3014}, paging_file_pte({0, 9}, protection::kReadOnly));
  CHECK(database.picture() == "zeroed 1 3; pages 0 2");
  const PageFrame& frame = database.pfns[kFirst];
  CHECK(frame.use == FrameUse::Page);
  CHECK(frame.pte == PhysicalAddress{0x3014});
  CHECK(frame.original == paging_file_pte({0, 9}, protection::kReadOnly));
  CHECK(frame.share_count == 1);
  CHECK(frame.priority == kNormalPriority);
  CHECK_FALSE(frame.modified);
}

TEST_CASE("pin: a page table, a directory and a system page are active and no pages", "[pfn]") {
  Database database;
  for (const PageFrameNumber frame : {kFirst, kSecond, kThird}) database.pfns.take(frame);
  database.pfns.pin_page_table(kFirst, {0x2004});
  database.pfns.pin_directory(kSecond, AddressSpaceId(7));
  database.pfns.pin_system(kThird);
  CHECK(database.picture() == "zeroed 3; pinned 0 1 2");
  CHECK(database.pfns[kFirst].use == FrameUse::PageTable);
  CHECK(database.pfns[kFirst].pte == PhysicalAddress{0x2004});
  CHECK(database.pfns[kFirst].used_entries == 0);
  CHECK(database.pfns[kSecond].use == FrameUse::Directory);
  CHECK(database.pfns[kSecond].owner == AddressSpaceId(7));
  CHECK(database.pfns[kThird].use == FrameUse::System);
  database.pfns.release(kFirst);
  CHECK(database.picture() == "zeroed 3; free 0; pinned 1 2");
}

TEST_CASE("trim: a clean page goes to the standby list of its priority, a modified one to the modified list",
          "[pfn]") {
  Database database;
  database.fill(kFirst);
  database.fill_modified(kSecond);
  database.fill(kThird);
  database.pfns.set_priority(kThird, 2);
  database.pfns.trim(kFirst);
  CHECK(database.picture() == "zeroed 3; standby5 0; pages 1 2");
  database.pfns.trim(kThird);
  CHECK(database.picture() == "zeroed 3; standby2 2; standby5 0; pages 1");
  database.pfns.trim(kSecond);
  CHECK(database.picture() == "zeroed 3; standby2 2; standby5 0; modified 1");
  CHECK(database.pfns[kSecond].pte == kPte);
}

TEST_CASE("share: a page leaves memory's working sets with the last entry that maps it", "[pfn]") {
  Database database;
  database.fill(kFirst);
  database.pfns.share(kFirst);
  database.pfns.share(kFirst);
  CHECK(database.pfns[kFirst].share_count == 3);
  CHECK(stops([&] { database.pfns.release(kFirst); }));
  database.pfns.trim(kFirst);
  database.pfns.trim(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3; pages 0");
  CHECK(database.pfns[kFirst].share_count == 1);
  database.pfns.trim(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3; standby5 0");
  database.pfns.reactivate(kFirst);
  CHECK(database.pfns[kFirst].share_count == 1);
}

TEST_CASE("next_standby: the oldest of the lowest priority", "[pfn]") {
  Database database;
  for (const PageFrameNumber frame : {kFirst, kSecond, kThird, kFourth}) database.fill(frame);
  database.pfns.set_priority(kThird, 1);
  database.pfns.set_priority(kFourth, 1);
  for (const PageFrameNumber frame : {kFirst, kFourth, kThird, kSecond}) {
    database.pfns.trim(frame);
  }
  CHECK(database.picture() == "standby1 3 2; standby5 0 1");
  for (const PageFrameNumber frame : {kFourth, kThird, kFirst, kSecond}) {
    REQUIRE(database.pfns.next_standby() == frame);
    database.pfns.take(frame);
  }
  CHECK_FALSE(database.pfns.next_standby());
}

TEST_CASE("reactivate: a cached page comes back young, and stays modified if it was", "[pfn]") {
  Database database;
  database.fill(kFirst);
  database.pfns.trim(kFirst);
  database.make_modified(kSecond);
  database.pfns.reactivate(kSecond);
  CHECK(database.picture() == "zeroed 2 3; standby5 0; pages 1");
  database.pfns.reactivate(kFirst);
  CHECK(database.picture() == "zeroed 2 3; pages 0 1");
  CHECK_FALSE(database.pfns[kFirst].modified);
  CHECK(database.pfns[kSecond].modified);
  database.pfns.trim(kSecond);
  CHECK(database.picture() == "zeroed 2 3; modified 1; pages 0");
}

TEST_CASE("begin_write, note_written, arrive: a written page is clean and remembers its slot", "[pfn]") {
  Database database;
  database.make_modified(kFirst);
  database.make_modified(kSecond);
  CHECK(database.pfns.next_modified() == kFirst);
  database.pfns.begin_write(kFirst);
  CHECK(database.picture() == "zeroed 2 3; modified 1; writing 0");
  database.pfns.note_written(kFirst, paging_file_pte({0, 0x123}, protection::kReadWrite));
  CHECK(database.picture() == "zeroed 2 3; modified 1; writing 0");
  database.pfns.arrive(kFirst);
  CHECK(database.picture() == "zeroed 2 3; standby5 0; modified 1");
  CHECK(database.pfns[kFirst].original == paging_file_pte({0, 0x123}, protection::kReadWrite));
  CHECK_FALSE(database.pfns[kFirst].modified);
}

TEST_CASE("arrive: a page that counts as modified since is modified", "[pfn]") {
  Database database;
  database.make_modified(kFirst);
  database.pfns.begin_write(kFirst);
  database.pfns.note_written(kFirst, paging_file_pte({0, 0x123}, protection::kReadWrite));
  database.pfns.mark_modified(kFirst);
  database.pfns.arrive(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3; modified 0");
}

TEST_CASE(
    "begin_read and arrive: a page that was read is clean, until it is used one that was read for a fault",
    "[pfn]") {
  Database database;
  database.pfns.take(kFirst);
  database.pfns.begin_read(kFirst, {0x2000}, paging_file_pte({0, 0x123}, {}));
  CHECK(database.picture() == "zeroed 1 2 3; writing 0");
  database.pfns.arrive(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3; standby5 0");
  CHECK(kind_of_recall(database.pfns[kFirst]) == FaultKind::PagingFile);
  database.pfns.reactivate(kFirst);
  database.pfns.trim(kFirst);
  CHECK(kind_of_recall(database.pfns[kFirst]) == FaultKind::Transition);
}

TEST_CASE("disown: a frame whose page has gone is released when it arrives", "[pfn]") {
  Database database;
  database.make_modified(kFirst);
  database.pfns.begin_write(kFirst);
  database.pfns.disown(kFirst);
  CHECK(database.pfns[kFirst].use == FrameUse::None);
  CHECK(database.pfns[kFirst].state == PageState::Transition);
  database.pfns.release(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3; free 0");
}

TEST_CASE("abandon_write: the page is first on the modified list again", "[pfn]") {
  Database database;
  database.make_modified(kFirst);
  database.make_modified(kSecond);
  database.pfns.begin_write(kFirst);
  database.pfns.abandon_write(kFirst);
  CHECK(database.picture() == "zeroed 2 3; modified 0 1");
  database.pfns.begin_write(kFirst);
  database.pfns.begin_write(kSecond);
  database.pfns.abandon_write(kSecond);
  CHECK(database.picture() == "zeroed 2 3; modified 1; writing 0");
  CHECK(database.pfns[kSecond].modified);
}

TEST_CASE("release: from a working set, from the page lists and from transition", "[pfn]") {
  Database database;
  database.fill(kFirst);
  database.make_standby(kSecond);
  database.make_modified(kThird);
  database.pfns.take(kFourth);
  database.pfns.release(kThird);
  CHECK(database.picture() == "free 2; standby5 1; pages 0; transition 3");
  database.pfns.release(kFirst);
  CHECK(database.picture() == "free 2 0; standby5 1; transition 3");
  database.pfns.release(kSecond);
  database.pfns.release(kFourth);
  CHECK(database.picture() == "free 2 0 1 3");
  CHECK(database.pfns[kThird].original == x86::Pte{});
  CHECK_FALSE(database.pfns[kThird].modified);
}

TEST_CASE("mark_zeroed and retire", "[pfn]") {
  Database database;
  database.pfns.take(kFirst);
  database.pfns.release(kFirst);
  database.pfns.mark_zeroed(kFirst);
  CHECK(database.picture() == "zeroed 1 2 3 0");
  database.pfns.retire(kSecond);
  CHECK(database.picture() == "zeroed 2 3 0; bad 1");
  database.pfns.take(kThird);
  database.pfns.release(kThird);
  database.pfns.retire(kThird);
  CHECK(database.picture() == "zeroed 3 0; bad 1 2");
}

long page_faults() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_minflt;
}

// 4 GB of RAM: 32 MB of entries.
TEST_CASE("A database costs what is used of it, however many frames there are", "[pfn]") {
  Footprint footprint;
  constexpr uint32_t kFrames = 1 << 20;
  const long before = page_faults();
  PfnDatabase pfns(PageCount{kFrames}, footprint);
  for (uint32_t i = 0; i < 100; ++i) {
    const PageFrameNumber frame = *pfns.next_zeroed();
    REQUIRE(frame.value() == i);
    pfns.take(frame);
    pfns.activate(frame, kPte, demand_zero_pte(protection::kReadWrite));
  }
  // Far fewer than the pages of the database. AddressSanitizer's shadow of it is an eighth of them.
  CHECK(page_faults() - before < kFrames / kPageSize * long{sizeof(PageFrame)} / 5);
  CHECK(pfns.count(PageState::Zeroed) == PageCount{kFrames - 100});
  const PageFrameNumber last(kFrames - 1);
  CHECK(pfns.next(last) == PageFrame::kNone);
  CHECK(pfns.previous(last) == kFrames - 2);
  pfns.release(PageFrameNumber(50));
  pfns.mark_zeroed(PageFrameNumber(50));
  CHECK(pfns.next(last) == 50);
}

TEST_CASE("Properties change without a move", "[pfn]") {
  Database database;
  database.pfns.take(kFirst);
  database.pfns.activate(kFirst, kPte, paging_file_pte({0, 5}, protection::kReadWrite));
  const std::string before = database.picture();
  database.pfns.mark_modified(kFirst);
  CHECK(database.pfns[kFirst].original == demand_zero_pte(protection::kReadWrite));
  CHECK(database.pfns[kFirst].modified);
  database.pfns.set_working_set_index(kFirst, 7);
  CHECK(database.pfns[kFirst].working_set_index == 7);
  for (int recall = 0; recall < 2 * kMostRecalls; ++recall) database.pfns.note_recall(kFirst);
  CHECK(database.pfns[kFirst].recalls == kMostRecalls);
  database.pfns.add_used_entry(kSecond);
  database.pfns.add_used_entry(kSecond);
  database.pfns.remove_used_entry(kSecond);
  CHECK(database.pfns[kSecond].used_entries == 1);
  database.pfns.remove_used_entry(kSecond);
  CHECK(stops([&] { database.pfns.remove_used_entry(kSecond); }));
  CHECK(database.picture() == before);
}

}  // namespace
}  // namespace mm::test
