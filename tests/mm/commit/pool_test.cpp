#include "mm/commit/pool.h"

#include <catch2/catch_test_macros.hpp>
#include <memory>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

struct Machine {
  explicit Machine(uint32_t commit_pages, uint64_t limit = 64 * 1024)
      : commit({commit_pages}), pool(std::make_shared<Pool>(commit, limit)) {}
  ~Machine() { pool->detach(); }

  std::shared_ptr<PoolQuota> quota(uint64_t limit) const { return std::make_shared<PoolQuota>(pool, limit); }

  CommitAccount commit;
  std::shared_ptr<Pool> pool;
};

TEST_CASE("Pool is charged to commit by the pages that it fills", "[commit]") {
  Machine machine(10);
  const auto quota = machine.quota(32 * 1024);
  PoolCharge charge(quota);
  CHECK(charge.grow(1) == NtStatus::Success);
  CHECK(machine.commit.charged() == PageCount{1});
  CHECK(charge.grow(kPageSize - 1) == NtStatus::Success);
  CHECK(machine.commit.charged() == PageCount{1});
  CHECK(charge.grow(1) == NtStatus::Success);
  CHECK(machine.commit.charged() == PageCount{2});
  {
    PoolCharge other(quota);
    CHECK(other.grow(kPageSize) == NtStatus::Success);
    CHECK(machine.commit.charged() == PageCount{3});
    CHECK(quota->used() == 2 * kPageSize + 1);
  }
  CHECK(machine.commit.charged() == PageCount{2});
  CHECK(charge.resize(10) == NtStatus::Success);
  CHECK(machine.commit.charged() == PageCount{1});
  CHECK(quota->used() == 10);
  CHECK(quota->peak() == 2 * kPageSize + 1);
}

TEST_CASE("A quota, the pool and commit refuse, each with its status, and nothing is charged then",
          "[commit]") {
  Machine machine(5, 5 * kPageSize - 4);
  const auto one = machine.quota(3 * kPageSize), two = machine.quota(3 * kPageSize);
  PoolCharge first(one), second(two);
  CHECK(first.grow(3 * kPageSize + 1) == NtStatus::QuotaExceeded);
  CHECK(first.grow(3 * kPageSize) == NtStatus::Success);
  CHECK(second.grow(2 * kPageSize) == NtStatus::InsufficientResources);
  CHECK(second.bytes() == 0);
  CHECK(two->used() == 0);
  CHECK(machine.pool->used() == 3 * kPageSize);
  const auto rest = machine.commit.charge({2});
  CHECK(second.grow(1) == NtStatus::InsufficientResources);
  CHECK(machine.pool->used() == 3 * kPageSize);
  CHECK(machine.commit.charged() == PageCount{5});
}

TEST_CASE("A charge moves, and outlives whoever made it and the machine's memory", "[commit]") {
  PoolCharge kept;
  {
    Machine machine(5);
    {
      PoolCharge charge(machine.quota(kPageSize));
      CHECK(charge.grow(100) == NtStatus::Success);
      kept = std::move(charge);
    }
    CHECK(machine.pool->used() == 100);
  }
  CHECK(kept.bytes() == 100);
  kept.shrink(40);
  CHECK(kept.bytes() == 60);
}

TEST_CASE("A charge that nobody pays for counts, and asks nobody", "[commit]") {
  PoolCharge charge;
  CHECK(charge.grow(uint64_t{1} << 40) == NtStatus::Success);
  CHECK(charge.bytes() == uint64_t{1} << 40);
  CHECK(stops([&] { charge.shrink((uint64_t{1} << 40) + 1); }));
}

}  // namespace
}  // namespace mm::test
