// Nonpaged pool, as an account: what the kernel keeps for processes outside of their address spaces. A
// process has a quota of it, and what is in use is charged to commit by whole pages (Windows Internals,
// "Memory pools" and "Quotas"). Microsoft's "Memory Limits for Windows Releases" has nonpaged pool of 32-bit
// Windows limited by kernel-mode virtual address space, 2 GB, and by physical memory. That the limit is three
// quarters of RAM is our choice: it leaves the rest to what the guest touches.
//
// The bytes themselves lie where the machine keeps them; here is only how many there are, so that what a
// guest makes is bounded.
#pragma once

#include <cstdint>
#include <memory>
#include <utility>

#include "mm/base/nt_status.h"
#include "mm/commit/commit_account.h"

namespace mm {

class PoolCharge;

// The pool of one machine. It lives as long as somebody is charged; from detach() on, nobody is charged any
// more.
class Pool {
 public:
  Pool(CommitAccount& commit, uint64_t limit) : commit_(&commit), limit_(limit) {}
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  // Called before the commit account is destroyed.
  void detach() {
    charge_ = {};
    commit_ = nullptr;
  }

  uint64_t limit() const { return limit_; }  // bytes
  uint64_t used() const { return used_; }    // bytes
  PageCount pages() const { return charge_.pages(); }

 private:
  friend class PoolQuota;

  // STATUS_INSUFFICIENT_RESOURCES past the limit, or when commit has no page for it; nothing is charged then.
  NtStatus take(uint64_t bytes);
  void give_back(uint64_t bytes);

  CommitAccount* commit_;
  uint64_t limit_;
  uint64_t used_ = 0;
  CommitCharge charge_;  // the pages that used_ fills
};

// What one process may use of the pool, and what it uses.
class PoolQuota {
 public:
  PoolQuota(std::shared_ptr<Pool> pool, uint64_t limit) : pool_(std::move(pool)), limit_(limit) {}
  PoolQuota(const PoolQuota&) = delete;
  PoolQuota& operator=(const PoolQuota&) = delete;

  uint64_t limit() const { return limit_; }  // bytes
  uint64_t used() const { return used_; }    // bytes
  uint64_t peak() const { return peak_; }    // bytes

 private:
  friend class PoolCharge;

  NtStatus take(uint64_t bytes);
  void give_back(uint64_t bytes);

  std::shared_ptr<Pool> pool_;
  uint64_t limit_;
  uint64_t used_ = 0, peak_ = 0;
};

// The bytes that are charged for one thing. What it holds when it is destroyed goes back to its payer.
// Without a payer nothing is charged: that is for what the kernel has anyway.
class PoolCharge {
 public:
  PoolCharge() = default;
  explicit PoolCharge(std::shared_ptr<PoolQuota> payer) : payer_(std::move(payer)) {}
  PoolCharge(PoolCharge&& other) noexcept
      : payer_(std::move(other.payer_)), bytes_(std::exchange(other.bytes_, 0)) {}
  PoolCharge& operator=(PoolCharge&& other) noexcept {
    std::swap(payer_, other.payer_);
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~PoolCharge() { shrink(bytes_); }

  // STATUS_QUOTA_EXCEEDED past the payer's quota, STATUS_INSUFFICIENT_RESOURCES when the machine has no more;
  // nothing is charged then.
  NtStatus grow(uint64_t bytes);
  void shrink(uint64_t bytes);  // at most what it holds
  // Grows or shrinks it to `bytes` in all.
  NtStatus resize(uint64_t bytes);

  uint64_t bytes() const { return bytes_; }
  const std::shared_ptr<PoolQuota>& payer() const { return payer_; }

 private:
  std::shared_ptr<PoolQuota> payer_;
  uint64_t bytes_ = 0;
};

}  // namespace mm
