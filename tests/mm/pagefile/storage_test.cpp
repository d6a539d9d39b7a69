// Both kinds of storage, and what the host's file system can do to the one on disk.
#include "mm/pagefile/storage.h"

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <filesystem>

#include "tests/mm/pagefile/pages.h"
#include "tests/mm/stops.h"

namespace mm::test {
namespace {

namespace fs = std::filesystem;

class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string name = (fs::temp_directory_path() / "pagewalk-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TemporaryDirectory() { fs::remove_all(path_); }
  const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

std::unique_ptr<PagingFileStorage> on_disk(const TemporaryDirectory& directory) {
  auto storage = open_paging_file(directory.path().string());
  REQUIRE(storage);
  return std::move(*storage);
}

void check_round_trip(PagingFileStorage& storage) {
  REQUIRE(storage.resize({20}) == NtStatus::Success);
  const PageRun run(1, 16);
  REQUIRE(storage.write(2, run.span()) == NtStatus::Success);
  REQUIRE(storage.resize({40}) == NtStatus::Success);
  REQUIRE(storage.write(39, PageRun(90, 1).span()) == NtStatus::Success);
  PageBytes page;
  for (uint32_t i = 0; i < 16; ++i) {
    REQUIRE(read_page(storage, 2 + i, page) == NtStatus::Success);
    CHECK(page == page_of(1 + i));
  }
  REQUIRE(read_page(storage, 39, page) == NtStatus::Success);
  CHECK(page == page_of(90));
  REQUIRE(storage.write(5, PageRun(70, 2).span()) == NtStatus::Success);
  REQUIRE(read_page(storage, 4, page) == NtStatus::Success);
  CHECK(page == page_of(3));
  REQUIRE(read_page(storage, 6, page) == NtStatus::Success);
  CHECK(page == page_of(71));
  CHECK(read_page(storage, 40, page) == NtStatus::EndOfFile);
}

TEST_CASE("Storage in memory keeps pages", "[pagefile]") { check_round_trip(*paging_file_in_memory()); }

TEST_CASE("Storage on disk keeps pages, in a file without a name", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  check_round_trip(*storage);
  CHECK(fs::is_empty(directory.path()));
}

// Of the one nameless file that lies in `directory`.
struct stat file_in(const fs::path& directory) {
  struct stat file {};
  for (const auto& entry : fs::directory_iterator("/proc/self/fd")) {
    std::error_code gone;
    const fs::path target = fs::read_symlink(entry.path(), gone);
    if (!gone && target.parent_path() == directory && stat(entry.path().c_str(), &file) == 0) return file;
  }
  FAIL("no file in " << directory);
  return file;
}

uint64_t bytes_on_disk(const fs::path& directory) {
  return static_cast<uint64_t>(file_in(directory).st_blocks) * 512;
}

TEST_CASE("Storage on disk takes all its room with the first write", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  REQUIRE(storage->resize({100}) == NtStatus::Success);
  CHECK(bytes_on_disk(directory.path()) == 0);
  REQUIRE(storage->write(7, PageRun(1, 1).span()) == NtStatus::Success);
  CHECK(bytes_on_disk(directory.path()) >= 100 * kPageSize);
  REQUIRE(storage->resize({200}) == NtStatus::Success);
  CHECK(bytes_on_disk(directory.path()) >= 200 * kPageSize);
}

TEST_CASE("Storage that grows page by page asks the disk for room now and then", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  REQUIRE(storage->resize({10}) == NtStatus::Success);
  REQUIRE(storage->write(0, PageRun(1, 1).span()) == NtStatus::Success);
  constexpr uint32_t kGrowths = 3000;
  int asked = 0;
  for (uint32_t pages = 11; pages <= 10 + kGrowths; ++pages) {
    const uint64_t before = bytes_on_disk(directory.path());
    REQUIRE(storage->resize({pages}) == NtStatus::Success);
    const uint64_t bytes = bytes_on_disk(directory.path());
    REQUIRE(bytes >= uint64_t{pages} * kPageSize);
    if (bytes != before) ++asked;
  }
  CHECK(asked <= 3);
  CHECK(bytes_on_disk(directory.path()) <= (10 + kGrowths + 1024) * uint64_t{kPageSize} + (1u << 16));
  CHECK(static_cast<uint64_t>(file_in(directory.path()).st_size) == (10 + kGrowths) * uint64_t{kPageSize});
  PageBytes page;
  REQUIRE(read_page(*storage, 0, page) == NtStatus::Success);
  CHECK(page == page_of(1));
  CHECK(read_page(*storage, 10 + kGrowths, page) == NtStatus::EndOfFile);
}

TEST_CASE("More than the disk has is refused before anything is written", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  const auto room = fs::space(directory.path()).available;
  const PageCount all{static_cast<uint32_t>(std::min<uintmax_t>(room / kPageSize * 2, UINT32_MAX))};
  CHECK((all.bytes() <= room || storage->resize(all) == NtStatus::DiskFull));
}

TEST_CASE("Storage in memory refuses to write past its end", "[pagefile]") {
  const auto storage = paging_file_in_memory();
  REQUIRE(storage->resize({4}) == NtStatus::Success);
  CHECK(storage->write(3, PageRun(1, 2).span()) == NtStatus::DiskFull);
  CHECK(storage->write(2, PageRun(1, 2).span()) == NtStatus::Success);
}

TEST_CASE("A directory that is none is named by its status", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto missing = open_paging_file((directory.path() / "missing").string());
  REQUIRE_FALSE(missing);
  CHECK(missing.error() == NtStatus::ObjectNameNotFound);
  const auto device = open_paging_file("/dev/null");
  REQUIRE_FALSE(device);
  CHECK(device.error() == NtStatus::ObjectNameNotFound);
}

TEST_CASE("A cluster larger than a cluster is our mistake", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  CHECK(stops([&] { (void)storage->write(0, PageRun(1, kClusterPages + 1).span()); }));
}

// Runs `action` in a child whose files cannot grow past `bytes`, as on a full disk; what it returned.
template <class Action>
int on_a_full_disk(rlim_t bytes, Action&& action) {
  const pid_t child = fork();
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{bytes, bytes};
    setrlimit(RLIMIT_FSIZE, &limit);
    _exit(action());
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST_CASE("No room on the disk is STATUS_DISK_FULL, and what is stored stays", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  const int failed_step = on_a_full_disk(4 * kPageSize, [&] {
    PageBytes page;
    if (storage->resize({4}) != NtStatus::Success) return 1;
    if (storage->write(0, PageRun(1, 4).span()) != NtStatus::Success) return 2;
    if (storage->resize({5}) != NtStatus::DiskFull) return 3;
    if (storage->write(4, PageRun(9, 1).span()) != NtStatus::DiskFull) return 4;
    for (uint32_t i = 0; i < 4; ++i) {
      if (read_page(*storage, i, page) != NtStatus::Success || page != page_of(1 + i)) return 5;
    }
    return 0;
  });
  CHECK(failed_step == 0);
}

TEST_CASE("A cluster that the disk takes only in part has failed", "[pagefile]") {
  const TemporaryDirectory directory;
  const auto storage = on_disk(directory);
  const int failed_step = on_a_full_disk(2 * kPageSize + 100, [&] {
    PageBytes page;
    if (storage->write(0, PageRun(1, 1).span()) != NtStatus::Success) return 1;
    if (storage->write(1, PageRun(2, 4).span()) != NtStatus::DiskFull) return 2;
    if (read_page(*storage, 0, page) != NtStatus::Success || page != page_of(1)) return 3;
    return read_page(*storage, 2, page) == NtStatus::EndOfFile ? 0 : 4;  // 100 bytes of a page are no page
  });
  CHECK(failed_step == 0);
}

}  // namespace
}  // namespace mm::test
