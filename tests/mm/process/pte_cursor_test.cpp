#include "mm/process/pte_cursor.h"

#include <rapidcheck.h>

#include "tests/mm/process/bare_tables.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

using x86::Pte;

constexpr VirtualPageNumber kFirst = VirtualAddress{0x10000000}.page();
constexpr uint32_t kTables = 6, kPages = kTables * 1024;

// A directory with tables for some of the pages from kFirst on, with entries in them.
struct Sparse : BareTables {
  x86::PagingRoot root = directory(1);

  void install(VirtualPageNumber page) { BareTables::install(root, page); }
  void fill(VirtualPageNumber page, Pte pte) { tables.write(tables.find(root, page).at(), pte); }
  void poke_pde(VirtualPageNumber page, Pte pde) {
    x86::write_entry(ram, root.mode(), x86::pde_address(root, page), pde);
  }
  PteCursor cursor(PageRange range) const { return PteCursor(tables, root, range); }
};

struct Seen {
  VirtualPageNumber page;
  PhysicalAddress at;
  Pte pte;
  bool operator==(const Seen&) const = default;
};

std::vector<Seen> page_by_page(const Sparse& sparse, PageRange range) {
  std::vector<Seen> seen;
  for (VirtualPageNumber page = range.begin; page < range.end; ++page) {
    const auto at = sparse.tables.find(sparse.root, page).if_resident();
    if (at) seen.push_back({page, *at, sparse.tables.read(*at)});
  }
  return seen;
}

PageRange from_first(uint32_t begin, uint32_t end) {
  return {kFirst + PageCount{begin}, kFirst + PageCount{end}};
}

Sparse& random_tables(Sparse& sparse) {
  for (uint32_t table = 0; table < kTables; ++table) {
    const VirtualPageNumber first = kFirst + PageCount{table * 1024};
    if (!*rc::gen::arbitrary<bool>()) continue;
    sparse.install(first);
    for (int entries = *rc::gen::inRange(0, 8); entries > 0; --entries) {
      sparse.fill(first + PageCount{*rc::gen::inRange(0u, 1024u)},
                  x86::demand_zero_pte({*rc::gen::inRange<uint8_t>(1, 8)}));
    }
  }
  return sparse;
}

TEST_CASE("A cursor meets the entries that a look at every page finds", "[process]") {
  CHECK(rc::check([] {
    Sparse sparse;
    random_tables(sparse);
    const uint32_t begin = *rc::gen::inRange(0u, kPages), end = *rc::gen::inRange(begin, kPages + 1);
    const PageRange range = from_first(begin, end);
    std::vector<Seen> seen;
    for_each_entry(sparse.cursor(range), [&](const PteCursor& at) {
      seen.push_back({at.page(), at.at(), at.read()});
    });
    RC_ASSERT(seen == page_by_page(sparse, range));
  }));
}

TEST_CASE("Table by table, a cursor's parts are the range without gap or overlap", "[process]") {
  CHECK(rc::check([] {
    Sparse sparse;
    random_tables(sparse);
    const uint32_t begin = *rc::gen::inRange(0u, kPages), end = *rc::gen::inRange(begin, kPages + 1);
    const PageRange range = from_first(begin, end);
    VirtualPageNumber reached = range.begin;
    uint32_t tables = 0;
    for (PteCursor cursor = sparse.cursor(range); !cursor.done(); cursor.next_table()) {
      RC_ASSERT(cursor.part().begin == reached);
      RC_ASSERT(cursor.part().begin.value() / 1024 == (cursor.part().end.value() - 1) / 1024);
      RC_ASSERT(cursor.table() == sparse.tables.find(sparse.root, cursor.page()).table());
      reached = cursor.part().end;
      ++tables;
    }
    RC_ASSERT(reached == range.end);
    RC_ASSERT(tables ==
              (range.empty() ? 0 : (range.end.value() - 1) / 1024 - range.begin.value() / 1024 + 1));
  }));
}

TEST_CASE("A cursor over nothing is done", "[process]") {
  const Sparse sparse;
  CHECK(sparse.cursor(from_first(5, 5)).done());
}

TEST_CASE("Where the table is made on the way, the cursor sees it when told", "[process]") {
  Sparse sparse;
  PteCursor cursor = sparse.cursor(from_first(3, 5));
  CHECK(cursor.table() == TableState::Absent);
  CHECK(stops([&] { cursor.at(); }));
  sparse.install(cursor.page());
  cursor.renew();
  CHECK(cursor.table() == TableState::Resident);
  CHECK(cursor.at() == sparse.tables.find(sparse.root, cursor.page()).at());
  CHECK(cursor.part() == from_first(3, 5));
}

TEST_CASE("Entries that are elsewhere are not taken for none", "[process]") {
  Sparse sparse;
  const PageRange range = from_first(0, 2048);
  const auto visit_all = [&] { for_each_entry(sparse.cursor(range), [](const PteCursor&) {}); };
  CHECK_FALSE(stops(visit_all));
  sparse.poke_pde(kFirst, x86::paging_file_pte({0, 5}, x86::protection::kReadWrite));
  CHECK(sparse.cursor(range).table() == TableState::PagedOut);
  CHECK(stops(visit_all));
  sparse.poke_pde(kFirst, x86::table_pde(PageFrameNumber(0x400), Mode::User).with(Pte::kLargePage));
  CHECK(sparse.cursor(range).table() == TableState::LargePage);
  CHECK(stops(visit_all));
}

TEST_CASE("The system half is walked without an address space, and without the self-map", "[process]") {
  Sparse sparse;
  const VirtualPageNumber page = VirtualAddress{0x80400000}.page();
  const PageFrameNumber table = sparse.frame();
  sparse.tables.install_system_table(page, table);
  std::vector<VirtualPageNumber> firsts;
  uint32_t tables = 0;
  for (PteCursor cursor = PteCursor::of_system_half(sparse.tables); !cursor.done(); cursor.next_table()) {
    ++tables;
    if (cursor.table() == TableState::Resident) firsts.push_back(cursor.page());
  }
  CHECK(tables == 512);
  CHECK(firsts == std::vector<VirtualPageNumber>{page});
}

}  // namespace
}  // namespace mm::test
