#include "mm/commit/commit_account.h"

#include <algorithm>

#include "mm/base/check.h"

namespace mm {

CommitCharge& CommitCharge::operator=(CommitCharge&& other) noexcept {
  if (this == &other) return *this;
  give_back(pages_);
  account_ = std::exchange(other.account_, nullptr);
  pages_ = std::exchange(other.pages_, {});
  return *this;
}

void CommitCharge::absorb(CommitCharge other) {
  if (other.pages_ == PageCount{0}) return;
  MM_CHECK(account_ == nullptr || account_ == other.account_, "charges of two machines");
  account_ = other.account_;
  pages_ += std::exchange(other.pages_, {});
}

void CommitCharge::give_back(PageCount pages) {
  if (pages == PageCount{0}) return;
  MM_CHECK(account_ != nullptr && pages <= pages_, "more given back than was charged");
  pages_ -= pages;
  account_->give_back(pages);
}

CommitCharge CommitCharge::split(PageCount pages) {
  MM_CHECK(pages <= pages_, "more split off than was charged");
  if (pages == PageCount{0}) return {};
  pages_ -= pages;
  return CommitCharge(*account_, pages);
}

Result<CommitCharge> CommitAccount::charge(PageCount pages) {
  if (!admits(pages)) return fail(NtStatus::CommitmentLimit);
  if (!fits(pages)) limit_ += extender_->extend(pages - (limit_ - charged_));
  if (!fits(pages)) return fail(NtStatus::CommitmentLimit);
  charged_ += pages;
  peak_ = std::max(peak_, charged_);
  return CommitCharge(*this, pages);
}

bool CommitAccount::admits(PageCount pages) const {
  const PageCount room = extender_ != nullptr ? extender_->room() : PageCount{0};
  return pages <= limit_ - charged_ + room;
}

void CommitAccount::give_back(PageCount pages) {
  MM_CHECK(pages <= charged_, "more given back than was charged");
  charged_ -= pages;
}

}  // namespace mm
