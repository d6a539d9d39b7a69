#include "mm/commit/pool.h"

#include <algorithm>

#include "mm/base/check.h"

namespace mm {

NtStatus Pool::take(uint64_t bytes) {
  if (bytes > limit_ - used_) return NtStatus::InsufficientResources;
  const PageCount needed = pages_for(used_ + bytes);
  if (commit_ != nullptr && needed > charge_.pages()) {
    auto more = commit_->charge(needed - charge_.pages());
    if (!more) return NtStatus::InsufficientResources;
    charge_.absorb(std::move(*more));
  }
  used_ += bytes;
  return NtStatus::Success;
}

void Pool::give_back(uint64_t bytes) {
  MM_CHECK(bytes <= used_, "more pool is given back than was charged");
  used_ -= bytes;
  const PageCount needed = pages_for(used_);
  if (needed < charge_.pages()) charge_.give_back(charge_.pages() - needed);
}

NtStatus PoolQuota::take(uint64_t bytes) {
  if (bytes > limit_ - used_) return NtStatus::QuotaExceeded;
  if (const NtStatus status = pool_->take(bytes); status != NtStatus::Success) return status;
  used_ += bytes;
  peak_ = std::max(peak_, used_);
  return NtStatus::Success;
}

void PoolQuota::give_back(uint64_t bytes) {
  MM_CHECK(bytes <= used_, "more of a quota is given back than was charged");
  used_ -= bytes;
  pool_->give_back(bytes);
}

NtStatus PoolCharge::grow(uint64_t bytes) {
  if (payer_ != nullptr)
    if (const NtStatus status = payer_->take(bytes); status != NtStatus::Success) return status;
  bytes_ += bytes;
  return NtStatus::Success;
}

void PoolCharge::shrink(uint64_t bytes) {
  MM_CHECK(bytes <= bytes_, "more pool is given back than the charge holds");
  bytes_ -= bytes;
  if (payer_ != nullptr) payer_->give_back(bytes);
}

NtStatus PoolCharge::resize(uint64_t bytes) {
  if (bytes > bytes_) return grow(bytes - bytes_);
  shrink(bytes_ - bytes);
  return NtStatus::Success;
}

}  // namespace mm
