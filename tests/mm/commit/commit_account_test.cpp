#include "mm/commit/commit_account.h"

#include <catch2/catch_test_macros.hpp>
#include <random>
#include <vector>

#include "tests/mm/stops.h"

namespace mm::test {
namespace {

// Grants up to `most` pages in all, and notes what it was asked for.
struct Extender final : CommitLimitExtender {
  explicit Extender(uint32_t pages) : most{pages} {}
  PageCount most;
  std::vector<PageCount> asked;

  PageCount extend(PageCount pages) override {
    asked.push_back(pages);
    const PageCount gained = std::min(pages, most);
    most -= gained;
    return gained;
  }
  PageCount room() const override { return most; }
};

TEST_CASE("A charge holds its pages until it goes", "[commit]") {
  CommitAccount account({10});
  {
    const auto charge = account.charge({4});
    REQUIRE(charge);
    CHECK(charge->pages() == PageCount{4});
    CHECK(account.charged() == PageCount{4});
  }
  CHECK(account.charged() == PageCount{0});
  CHECK(account.limit() == PageCount{10});
  CHECK(account.peak() == PageCount{4});
}

TEST_CASE("The limit can be reached and not passed, and a refusal charges nothing", "[commit]") {
  CommitAccount account({10});
  const auto most = account.charge({7});
  const auto refused = account.charge({4});
  REQUIRE_FALSE(refused);
  CHECK(refused.error() == NtStatus::CommitmentLimit);
  CHECK(account.charged() == PageCount{7});
  CHECK(account.peak() == PageCount{7});
  const auto rest = account.charge({3});
  REQUIRE(rest);
  CHECK(account.charged() == PageCount{10});
  CHECK(account.charge({0}));
  CHECK_FALSE(account.charge({1}));
  CHECK_FALSE(account.charge({0xFFFFFFFF}));
  CHECK(account.charged() == PageCount{10});
}

TEST_CASE("A moved charge is returned once", "[commit]") {
  CommitAccount account({10});
  CommitCharge kept;
  {
    auto charge = account.charge({4});
    kept = std::move(*charge);
    CHECK(charge->pages() == PageCount{0});
  }
  CHECK(account.charged() == PageCount{4});
  CommitCharge third(std::move(kept));
  CHECK(third.pages() == PageCount{4});
  CHECK(account.charged() == PageCount{4});
  auto other = account.charge({2});
  third = std::move(*other);  // returns what it held before
  CHECK(third.pages() == PageCount{2});
  CHECK(account.charged() == PageCount{2});
  CommitCharge& same = third;
  third = std::move(same);
  CHECK(third.pages() == PageCount{2});
  third = CommitCharge();
  CHECK(account.charged() == PageCount{0});
}

TEST_CASE("Charges are absorbed, split and given back in part", "[commit]") {
  CommitAccount account({10});
  CommitCharge whole;
  whole.absorb(std::move(*account.charge({6})));
  whole.absorb(std::move(*account.charge({3})));
  whole.absorb(CommitCharge());
  CHECK(whole.pages() == PageCount{9});
  whole.give_back({2});
  whole.give_back({0});
  CHECK(whole.pages() == PageCount{7});
  CHECK(account.charged() == PageCount{7});
  {
    const CommitCharge part = whole.split({5});
    CHECK(part.pages() == PageCount{5});
    CHECK(whole.pages() == PageCount{2});
    CHECK(account.charged() == PageCount{7});
  }
  CHECK(account.charged() == PageCount{2});
  CHECK(whole.split({0}).pages() == PageCount{0});
  whole.give_back({2});
  CHECK(account.charged() == PageCount{0});
  whole.absorb(std::move(*account.charge({1})));
  CHECK(whole.pages() == PageCount{1});
  CHECK(account.peak() == PageCount{9});
}

TEST_CASE("More than a charge holds is neither given back nor split off", "[commit]") {
  CommitAccount account({10}), elsewhere({10});
  auto charge = account.charge({4});
  auto foreign = elsewhere.charge({1});
  CHECK(stops([&] { charge->give_back({5}); }));
  CHECK(stops([&] { (void)charge->split({5}); }));
  CHECK(stops([&] { charge->absorb(std::move(*foreign)); }));
  CommitCharge empty;
  CHECK(stops([&] { empty.give_back({1}); }));
  CHECK_FALSE(stops([&] { charge->give_back({4}); }));
}

TEST_CASE("The extender is asked for what is missing, and only then", "[commit]") {
  CommitAccount account({10});
  Extender extender(5);
  account.set_extender(&extender);
  const auto first = account.charge({10});
  REQUIRE(first);
  CHECK(extender.asked.empty());
  const auto second = account.charge({3});
  REQUIRE(second);
  CHECK(extender.asked == std::vector<PageCount>{{3}});
  CHECK(account.limit() == PageCount{13});
  CHECK(account.charged() == PageCount{13});
  const auto third = account.charge({3});
  REQUIRE_FALSE(third);
  CHECK(third.error() == NtStatus::CommitmentLimit);
  CHECK(account.charged() == PageCount{13});
  CHECK(account.limit() == PageCount{13});  // what is refused extends nothing
  CHECK(extender.asked.size() == 1);
  CHECK(account.admits({2}));
  CHECK_FALSE(account.admits({3}));
  const auto fourth = account.charge({2});
  REQUIRE(fourth);
  CHECK(account.limit() == PageCount{15});
  CHECK(account.peak() == PageCount{15});
}

TEST_CASE("The charge is always the sum of the charges that live, the peak the most it ever was",
          "[commit]") {
  std::mt19937 random(1);
  CommitAccount account({1000});
  std::vector<CommitCharge> charges;
  uint32_t sum = 0, peak = 0;
  for (int step = 0; step < 20000; ++step) {
    const auto pick = [&](size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); };
    if (charges.empty() || pick(2) == 0) {
      const auto pages = static_cast<uint32_t>(pick(80));
      auto charge = account.charge({pages});
      REQUIRE(charge.has_value() == (sum + pages <= 1000));
      if (!charge) continue;
      sum += pages;
      charges.push_back(std::move(*charge));
    } else {
      const size_t victim = pick(charges.size()), part = pick(charges[victim].pages().value + 1);
      if (pick(2) == 0) {
        charges.push_back(charges[victim].split({static_cast<uint32_t>(part)}));
      } else {
        sum -= charges[victim].pages().value;
        charges.erase(charges.begin() + static_cast<std::ptrdiff_t>(victim));
      }
    }
    peak = std::max(peak, sum);
    REQUIRE(account.charged() == PageCount{sum});
    REQUIRE(account.peak() == PageCount{peak});
  }
}

}  // namespace
}  // namespace mm::test
