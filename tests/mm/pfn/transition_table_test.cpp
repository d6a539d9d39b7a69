// Every door of the PFN database tried from every place that a frame can be in: the moves of the table in
// pfn_database.h happen, every other one stops the program.
#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "mm/pfn/pfn_database.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

const PageFrameNumber kFrame(1);

struct Database {
  Footprint footprint;
  PfnDatabase pfns{PageCount{3}, footprint};
};

using Step = std::function<void(Database&)>;
struct Named {
  std::string name;
  Step step;
};

void take(Database& d) { d.pfns.take(kFrame); }
void activate(Database& d) {
  d.pfns.activate(kFrame, {0x2000}, x86::demand_zero_pte(x86::protection::kReadWrite));
}
void fill(Database& d) { take(d), activate(d); }
void trim(Database& d) { d.pfns.trim(kFrame); }
void make_modified(Database& d) { fill(d), d.pfns.mark_modified(kFrame), trim(d); }

// How a frame comes to each place.
std::vector<Named> places() {
  return {{"zeroed", [](Database&) {}},
          {"free", [](Database& d) { take(d), d.pfns.release(kFrame); }},
          {"standby", [](Database& d) { fill(d), trim(d); }},
          {"modified", make_modified},
          {"bad", [](Database& d) { d.pfns.retire(kFrame); }},
          {"active", fill},
          {"page table", [](Database& d) { take(d), d.pfns.pin_page_table(kFrame, {0}); }},
          {"directory", [](Database& d) { take(d), d.pfns.pin_directory(kFrame, AddressSpaceId(1)); }},
          {"system", [](Database& d) { take(d), d.pfns.pin_system(kFrame); }},
          {"filling", take},
          {"writing", [](Database& d) { make_modified(d), d.pfns.begin_write(kFrame); }}};
}

std::vector<Named> doors() {
  return {{"take", take},
          {"activate", activate},
          {"pin_page_table", [](Database& d) { d.pfns.pin_page_table(kFrame, {0}); }},
          {"pin_directory", [](Database& d) { d.pfns.pin_directory(kFrame, AddressSpaceId(1)); }},
          {"pin_system", [](Database& d) { d.pfns.pin_system(kFrame); }},
          {"reactivate", [](Database& d) { d.pfns.reactivate(kFrame); }},
          {"share", [](Database& d) { d.pfns.share(kFrame); }},
          {"trim", trim},
          {"begin_write", [](Database& d) { d.pfns.begin_write(kFrame); }},
          {"begin_read",
           [](Database& d) {
             d.pfns.begin_read(kFrame, {0x2000}, x86::paging_file_pte({0, 1}, {}));
           }},
          {"note_written",
           [](Database& d) {
             d.pfns.note_written(kFrame, x86::paging_file_pte({0, 1}, {}));
           }},
          {"arrive", [](Database& d) { d.pfns.arrive(kFrame); }},
          {"disown", [](Database& d) { d.pfns.disown(kFrame); }},
          {"abandon_write", [](Database& d) { d.pfns.abandon_write(kFrame); }},
          {"release", [](Database& d) { d.pfns.release(kFrame); }},
          {"mark_zeroed", [](Database& d) { d.pfns.mark_zeroed(kFrame); }},
          {"retire", [](Database& d) { d.pfns.retire(kFrame); }},
          {"mark_modified", [](Database& d) { d.pfns.mark_modified(kFrame); }},
          {"give_up_content", [](Database& d) { d.pfns.give_up_content(kFrame); }}};
}

const std::set<std::pair<std::string, std::string>> kAllowed = {{"zeroed", "take"},
                                                                {"free", "take"},
                                                                {"standby", "take"},
                                                                {"filling", "activate"},
                                                                {"filling", "pin_page_table"},
                                                                {"filling", "pin_directory"},
                                                                {"filling", "pin_system"},
                                                                {"filling", "release"},
                                                                {"standby", "reactivate"},
                                                                {"modified", "reactivate"},
                                                                {"active", "share"},
                                                                {"active", "trim"},
                                                                {"active", "mark_modified"},
                                                                {"standby", "mark_modified"},
                                                                {"modified", "mark_modified"},
                                                                {"active", "give_up_content"},
                                                                {"standby", "give_up_content"},
                                                                {"modified", "give_up_content"},
                                                                {"modified", "begin_write"},
                                                                {"filling", "begin_read"},
                                                                {"writing", "note_written"},
                                                                {"writing", "arrive"},
                                                                {"writing", "disown"},
                                                                {"writing", "mark_modified"},
                                                                {"writing", "give_up_content"},
                                                                {"writing", "abandon_write"},
                                                                {"writing", "release"},
                                                                {"active", "release"},
                                                                {"page table", "release"},
                                                                {"directory", "release"},
                                                                {"system", "release"},
                                                                {"standby", "release"},
                                                                {"modified", "release"},
                                                                {"free", "mark_zeroed"},
                                                                {"zeroed", "retire"},
                                                                {"free", "retire"}};

TEST_CASE("A move that is not in the transition table stops the program", "[pfn]") {
  for (const Named& place : places()) {
    for (const Named& door : doors()) {
      INFO(door.name << " of a frame that is " << place.name);
      Database database;
      place.step(database);
      const bool stopped = stops([&] { door.step(database); });
      CHECK(stopped == !kAllowed.contains({place.name, door.name}));
    }
  }
}

TEST_CASE("A standby priority lies below eight and is given to active frames", "[pfn]") {
  Database database;
  CHECK(stops([&] { database.pfns.set_priority(kFrame, 1); }));
  fill(database);
  CHECK(stops([&] { database.pfns.set_priority(kFrame, kStandbyPriorities); }));
  CHECK_FALSE(stops([&] { database.pfns.set_priority(kFrame, kStandbyPriorities - 1); }));
}

}  // namespace
}  // namespace mm::test
