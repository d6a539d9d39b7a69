#include "mm/pagefile/paging_file.h"

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <map>
#include <random>

#include "tests/mm/pagefile/pages.h"
#include "tests/mm/stops.h"
#include "tests/mm/test_machine.h"

namespace mm::test {
namespace {

// A paging file over storage that can be told to fail.
struct File {
  explicit File(uint32_t size, uint32_t maximum = 0) {
    auto owned = std::make_unique<FailingStorage>();
    storage = owned.get();
    auto made = PagingFile::create(std::move(owned), {size}, {std::max(size, maximum)});
    REQUIRE(made);
    file = std::move(*made);
  }
  uint32_t write(uint32_t seed) {
    const PageRun run(seed, 1);
    const auto written = write_cluster(file, run.span());
    REQUIRE(written);
    REQUIRE(written->size == PageCount{1});
    return written->first;
  }
  bool holds(uint32_t slot, uint32_t seed) {
    PageBytes page;
    REQUIRE(read_page(file, slot, page) == NtStatus::Success);
    return page == page_of(seed);
  }

  FailingStorage* storage;
  PagingFile file;
};

TEST_CASE("Without a paging file there are no slots", "[pagefile]") {
  PagingFile none;
  CHECK(none.size() == PageCount{0});
  const PageRun run(1, 1);
  const auto written = write_cluster(none, run.span());
  REQUIRE_FALSE(written);
  CHECK(written.error() == NtStatus::DiskFull);
  CHECK(none.grow({5}) == PageCount{0});
}

TEST_CASE("What is written in clusters is read back page by page", "[pagefile]") {
  File file(40);
  const PageRun run(100, 16);
  const auto first = write_cluster(file.file, run.span());
  const auto second = write_cluster(file.file, PageRun(200, 16).span());
  REQUIRE((first && second));
  CHECK(first->size == PageCount{16});
  CHECK(second->first == first->first + 16);
  for (uint32_t i = 0; i < 16; ++i) {
    CHECK(file.holds(first->first + i, 100 + i));
    CHECK(file.holds(second->first + i, 200 + i));
  }
  const PagingFileStatistics statistics = file.file.statistics();
  CHECK(statistics.size == PageCount{40});
  CHECK(statistics.maximum == PageCount{40});
  CHECK(statistics.used == PageCount{32});
  CHECK(statistics.peak == PageCount{32});
  CHECK(statistics.writes == PageCount{32});
  CHECK(statistics.write_operations == 2);
  CHECK(statistics.reads == PageCount{32});
  CHECK(statistics.read_operations == 32);
}

TEST_CASE("A cluster that finds room for some of its pages writes those", "[pagefile]") {
  File file(5);
  const auto some = write_cluster(file.file, PageRun(1, 8).span());
  REQUIRE(some);
  CHECK(some->size == PageCount{5});
  const auto none = write_cluster(file.file, PageRun(1, 8).span());
  REQUIRE_FALSE(none);
  CHECK(none.error() == NtStatus::DiskFull);
  (void)file.file.take_back({.file = 0, .slot = 3});
  const auto one = write_cluster(file.file, PageRun(50, 8).span());
  REQUIRE(one);
  CHECK(one->first == 3);
  CHECK(one->size == PageCount{1});
  CHECK(file.holds(2, 2));
  CHECK(file.holds(3, 50));
  CHECK(file.file.statistics().peak == PageCount{5});
}

TEST_CASE("A slot is in use from its writing to its release", "[pagefile]") {
  File file(5);
  const uint32_t slot = file.write(1);
  CHECK(file.file.in_use({.file = 0, .slot = slot}));
  CHECK_FALSE(file.file.in_use({.file = 1, .slot = slot}));
  CHECK_FALSE(file.file.in_use({.file = 0, .slot = slot + 1}));
  (void)file.file.take_back({.file = 0, .slot = slot});
  CHECK_FALSE(file.file.in_use({.file = 0, .slot = slot}));
  PageBytes page;
  CHECK(stops([&] { (void)read_page(file.file, slot, page); }));
}

TEST_CASE("A failed write changes nothing", "[pagefile]") {
  File file(40);
  const uint32_t slot = file.write(7);
  const PagingFileStatistics before = file.file.statistics();
  file.storage->writes_until_failure = 0;
  const auto failed = write_cluster(file.file, PageRun(1, 16).span());
  REQUIRE_FALSE(failed);
  CHECK(failed.error() == NtStatus::DeviceDataError);
  const PagingFileStatistics after = file.file.statistics();
  CHECK(after.used == before.used);
  CHECK(after.writes == before.writes);
  CHECK(after.write_operations == before.write_operations);
  CHECK(after.peak == before.peak);
  CHECK(file.holds(slot, 7));
  const auto again = write_cluster(file.file, PageRun(1, 16).span());
  REQUIRE(again);
  CHECK(again->size == PageCount{16});
}

TEST_CASE("A failed read leaves the page readable", "[pagefile]") {
  File file(20);
  const uint32_t slot = file.write(7);
  file.storage->reads_until_failure = 0;
  PageBytes page;
  CHECK(read_page(file.file, slot, page) == NtStatus::DeviceDataError);
  CHECK(file.file.statistics().reads == PageCount{0});
  CHECK(file.file.statistics().read_operations == 0);
  CHECK(file.holds(slot, 7));
}

TEST_CASE("A paging file that finds no room is not made", "[pagefile]") {
  auto storage = std::make_unique<FailingStorage>();
  storage->largest = 10;  // slot 0 holds nothing and takes its page as well
  const auto none = PagingFile::create(std::move(storage), {10}, {10});
  REQUIRE_FALSE(none);
  CHECK(none.error() == NtStatus::DiskFull);
}

TEST_CASE("A paging file grows to its maximum and keeps what it holds", "[pagefile]") {
  File file(4, 10);
  for (uint32_t i = 0; i < 4; ++i) file.write(i);
  CHECK(file.file.grow({3}) == PageCount{3});
  CHECK(file.file.size() == PageCount{7});
  CHECK(file.file.grow({30}) == PageCount{3});
  CHECK(file.file.grow({1}) == PageCount{0});
  CHECK(file.file.size() == PageCount{10});
  for (uint32_t i = 4; i < 10; ++i) file.write(i);
  for (uint32_t i = 0; i < 10; ++i) CHECK(file.holds(i + 1, i));
}

TEST_CASE("Growing without room on the disk gains nothing and loses nothing", "[pagefile]") {
  File file(4, 10);
  file.write(1);
  file.storage->largest = 5;
  CHECK(file.file.grow({3}) == PageCount{0});
  CHECK(file.file.size() == PageCount{4});
  CHECK(file.holds(1, 1));
}

TEST_CASE("A size above the maximum is our mistake", "[pagefile]") {
  CHECK(stops([] { (void)PagingFile::create(paging_file_in_memory(), {11}, {10}); }));
  CHECK(stops([] { (void)PagingFile::create(nullptr, {1}, {10}); }));
  CHECK(stops(
      [] { (void)PagingFile::create(paging_file_in_memory(), {1}, PagingFile::kMaximum + PageCount{1}); }));
}

// A model of what each slot holds, with operations that fail now and then.
class RandomUse {
 public:
  explicit RandomUse(uint32_t seed) : random_(seed) {}

  void step() {
    if (pick(10) == 0) file_.storage->writes_until_failure = static_cast<int>(pick(3));
    if (pick(10) == 0) file_.storage->reads_until_failure = static_cast<int>(pick(3));
    if (pick(50) == 0) (void)file_.file.grow({pick(10)});
    const uint32_t what = pick(3);
    if (what == 0) write();
    if (what == 1) release();
    if (what == 2) read();
    REQUIRE(file_.file.statistics().used.value == held_.size());
  }

 private:
  uint32_t pick(uint32_t n) { return std::uniform_int_distribution<uint32_t>(0, n - 1)(random_); }

  void write() {
    const uint32_t count = 1 + pick(kClusterPages);
    const PageRun run(next_, count);
    const auto written = write_cluster(file_.file, run.span());
    if (!written) return;
    REQUIRE(written->size.value <= count);
    for (uint32_t i = 0; i < written->size.value; ++i) {
      REQUIRE(held_.emplace(written->first + i, next_ + i).second);
    }
    next_ += count;
  }
  void release() {
    if (held_.empty()) return;
    const auto victim = std::next(held_.begin(), pick(static_cast<uint32_t>(held_.size())));
    (void)file_.file.take_back({.file = 0, .slot = victim->first});
    held_.erase(victim);
  }
  void read() {
    for (const auto& [slot, seed] : held_) {
      PageBytes page;
      const NtStatus status = read_page(file_.file, slot, page);
      if (status != NtStatus::Success) continue;
      REQUIRE(page == page_of(seed));
    }
  }

  std::mt19937 random_;
  File file_{60, 100};
  std::map<uint32_t, uint32_t> held_;  // slot -> seed of its content
  uint32_t next_ = 1;
};

TEST_CASE("What is stored stays, whatever later operations do", "[pagefile]") {
  for (uint32_t seed = 1; seed <= 5; ++seed) {
    INFO("seed " << seed);
    RandomUse use(seed);
    for (int step = 0; step < 400; ++step) use.step();
  }
}

// A process that fork(2) made has the same file open.
TEST_CASE("A process that was forked has what the paging file held, and writes to its own", "[pagefile]") {
  auto storage = open_paging_file("/tmp");
  REQUIRE(storage);
  auto made = PagingFile::create(std::move(*storage), {1}, {4});
  REQUIRE(made);
  PagingFile& file = *made;
  const auto write = [&](uint32_t seed) { return write_cluster(file, PageRun(seed, 1).span()); };
  const auto holds = [&](uint32_t slot, uint32_t seed) {
    PageBytes page;
    return read_page(file, slot, page) == NtStatus::Success && page == page_of(seed);
  };
  const auto before = write(100);
  REQUIRE(before);
  const pid_t child = fork();
  if (child == 0) {
    const bool own = file.after_fork() == NtStatus::Success && holds(before->first, 100);
    (void)file.take_back({.file = 0, .slot = before->first});
    const auto written = write(200);
    _exit(own && written && written->first == before->first && holds(before->first, 200) &&
                  file.grow({3}) == PageCount{3}
              ? 0
              : 1);
  }
  int status = -1;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK((WIFEXITED(status) && WEXITSTATUS(status) == 0));
  CHECK(holds(before->first, 100));
}

TEST_CASE("A paging file that cannot become its own after a fork says why", "[pagefile]") {
  File file(8);
  file.write(1);
  file.storage->reads_until_failure = 0;
  CHECK(file.file.after_fork() == NtStatus::DeviceDataError);
  PagingFile none;
  CHECK(none.after_fork() == NtStatus::Success);
}

}  // namespace
}  // namespace mm::test
