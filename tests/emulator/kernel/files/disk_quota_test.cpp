#include "emulator/kernel/files/disk_quota.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <random>
#include <vector>

#include "emulator/kernel/files/memory_files.h"
#include "tests/emulator/kernel/files/failing_files.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint64_t kLimit = 256 * 1024;

// What is counted, by looking at every name.
uint64_t counted(HostFiles& files) {
  uint64_t bytes = 0;
  const auto names = files.list({});
  for (const std::string& name : *names) {
    const auto entry = files.look({name});
    bytes += DiskQuota::kRecord;
    bytes +=
        (entry->size + DiskQuota::kCluster - 1) / DiskQuota::kCluster * DiskQuota::kCluster / entry->links;
  }
  return bytes;
}

std::vector<std::byte> bytes_of(uint64_t size) { return std::vector<std::byte>(size, std::byte{1}); }

// One operation on one of a few names.
void act(HostFiles& files, std::mt19937& random) {
  const HostPath path{std::string(1, static_cast<char>('a' + random() % 6))};
  const HostPath other{std::string(1, static_cast<char>('a' + random() % 6))};
  const uint64_t size = random() % (kLimit / 2);
  switch (random() % 7) {
    case 0: (void)files.create(path); break;
    case 1: (void)files.make_directory(path); break;
    case 2: (void)files.remove_file(path); break;
    case 3: (void)files.remove_directory(path); break;
    case 4: (void)files.rename(path, other, HostFiles::Replace::Yes); break;
    case 5:
      if (const auto file = files.open(path, HostFiles::Access::ReadWrite)) (void)(*file)->resize(size);
      break;
    default:
      if (const auto file = files.open(path, HostFiles::Access::ReadWrite))
        (void)(*file)->write(size, bytes_of(random() % 20000));
  }
}

TEST_CASE("what is counted is what is there, whatever is done") {
  std::mt19937 random(5);
  DiskQuota files(std::make_unique<MemoryFiles>(1 << 30), kLimit);
  for (int step = 0; step < 20000; ++step) {
    act(files, random);
    REQUIRE(counted(files) <= kLimit);
    REQUIRE(files.space().free == kLimit - counted(files));
  }
}

TEST_CASE("what fails is not counted") {
  for (int fail_at = 1; fail_at < 12; ++fail_at) {
    std::mt19937 random(static_cast<unsigned>(fail_at));
    auto made = std::make_unique<test::FailingFiles>(std::make_unique<MemoryFiles>(1 << 30));
    test::FailingFiles& failing = *made;
    DiskQuota files(std::move(made), kLimit);
    for (int step = 0; step < 200; ++step) {
      failing.arm(fail_at % 3 + 1);
      act(files, random);
      failing.disarm();
      REQUIRE(files.space().free == kLimit - counted(files));
    }
  }
}

TEST_CASE("a sparse file counts as large as it seems") {
  DiskQuota files(std::make_unique<MemoryFiles>(1 << 20), uint64_t{1} << 40);
  const auto file = files.create({"sparse"});
  REQUIRE(file);
  CHECK((*file)->write(uint64_t{1} << 41, bytes_of(1)) == NtStatus::DiskFull);
  CHECK((*file)->resize(uint64_t{1} << 41) == NtStatus::DiskFull);
  CHECK((*file)->write(UINT64_MAX - 2, bytes_of(10)) == NtStatus::DiskFull);
  CHECK((*file)->size() == 0);
}

TEST_CASE("what was there before takes no room, and gives some when it goes") {
  auto made = std::make_unique<MemoryFiles>(1 << 30);
  (void)(*made->create({"before"}))->write(0, bytes_of(8192));
  DiskQuota files(std::move(made), kLimit);
  CHECK(files.space().free == kLimit);
  CHECK(files.remove_file({"before"}) == NtStatus::Success);
  CHECK(files.space().free == kLimit);
  const auto file = files.create({"after"});
  CHECK((*file)->resize(kLimit + 8192) == NtStatus::Success);
  CHECK((*file)->resize(kLimit + 8193) == NtStatus::DiskFull);
}

}  // namespace
}  // namespace emu
