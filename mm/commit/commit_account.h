// Commit charge and commit limit (Windows Internals, "Commit charge and the system commit limit"): every page
// that may need a place of its own, in RAM or in the paging file, is charged before it is promised.
#pragma once

#include <algorithm>
#include <utility>

#include "mm/base/result.h"
#include "mm/base/types.h"

namespace mm {

class CommitAccount;

// Pages that have been charged. What it still holds when it is destroyed goes back to the account.
class CommitCharge {
 public:
  CommitCharge() = default;
  CommitCharge(CommitCharge&& other) noexcept
      : account_(std::exchange(other.account_, nullptr)), pages_(std::exchange(other.pages_, {})) {}
  CommitCharge& operator=(CommitCharge&& other) noexcept;
  ~CommitCharge() { give_back(pages_); }

  PageCount pages() const { return pages_; }
  void absorb(CommitCharge other);      // takes over what `other` holds
  void give_back(PageCount pages);      // at most what it holds
  CommitCharge split(PageCount pages);  // moves part of it into a charge of its own

 private:
  friend class CommitAccount;
  CommitCharge(CommitAccount& account, PageCount pages) : account_(&account), pages_(pages) {}

  CommitAccount* account_ = nullptr;
  PageCount pages_;
};

// Raises the limit when a charge would pass it: the paging file, as far as it may grow.
class CommitLimitExtender {
 public:
  virtual ~CommitLimitExtender() = default;
  // Makes room for `pages` more, as far as it can, and returns how many it gained.
  virtual PageCount extend(PageCount pages) = 0;
  // The most that it may gain, if nothing fails.
  virtual PageCount room() const = 0;
};

class CommitAccount {
 public:
  explicit CommitAccount(PageCount limit) : limit_(limit) {}
  CommitAccount(const CommitAccount&) = delete;
  CommitAccount& operator=(const CommitAccount&) = delete;

  void set_extender(CommitLimitExtender* extender) { extender_ = extender; }

  // STATUS_COMMITMENT_LIMIT when the limit, extended as far as it goes, would be passed; nothing is charged
  // or extended then.
  Result<CommitCharge> charge(PageCount pages);
  // Whether the limit, extended as far as it goes, leaves room for a charge: asked before what has to come
  // before the charge, so that a call that is refused changes nothing.
  bool admits(PageCount pages) const;

  PageCount charged() const { return charged_; }
  PageCount limit() const { return limit_; }
  PageCount peak() const { return peak_; }
  // Sets the peak back to `peak`, as it was before a call that failed: what the call charged meanwhile has
  // been given back, and is not to count.
  void restore_peak(PageCount peak) { peak_ = std::max(peak, charged_); }

 private:
  friend class CommitCharge;
  void give_back(PageCount pages);
  bool fits(PageCount pages) const { return pages <= limit_ - charged_; }

  PageCount charged_, limit_, peak_;
  CommitLimitExtender* extender_ = nullptr;
};

}  // namespace mm
