// Who has a file open for what, and what they leave to others (Microsoft, "IoCheckShareAccess", "Creating and
// Opening Files").
#pragma once

#include <cstdint>

#include "emulator/kernel/files/file_attributes.h"
#include "emulator/kernel/files/file_object.h"

namespace emu {

// One opening of a file: what it does, what it shares.
struct ShareClaim {
  ShareClaim() = default;
  ShareClaim(AccessMask access, uint32_t shared)
      : reads((access & (file_access::kReadData | file_access::kExecute)) != 0),
        writes((access & (file_access::kWriteData | file_access::kAppendData)) != 0),
        deletes((access & access_right::kDelete) != 0),
        share(shared) {}

  // An opening that touches attributes alone conflicts with nobody.
  bool counts() const { return reads || writes || deletes; }

  bool reads = false;
  bool writes = false;
  bool deletes = false;
  uint32_t share = 0;
};

class ShareAccess {
 public:
  // Tells whether `claim` goes together with the claims that are there, in both directions.
  bool allows(const ShareClaim& claim) const {
    if (!claim.counts()) return true;
    return allowed(claim.reads, shared_read_) && allowed(claim.writes, shared_write_) &&
           allowed(claim.deletes, shared_delete_) && leaves(claim, file_share::kRead, readers_) &&
           leaves(claim, file_share::kWrite, writers_) && leaves(claim, file_share::kDelete, deleters_);
  }
  void add(const ShareClaim& claim) { change(claim, 1); }
  void remove(const ShareClaim& claim) { change(claim, ~uint32_t{0}); }

 private:
  bool allowed(bool wanted, uint32_t sharers) const { return !wanted || sharers == opens_; }
  static bool leaves(const ShareClaim& claim, uint32_t right, uint32_t users) {
    return users == 0 || (claim.share & right) != 0;
  }
  void change(const ShareClaim& claim, uint32_t by) {
    if (!claim.counts()) return;
    opens_ += by;
    if (claim.reads) readers_ += by;
    if (claim.writes) writers_ += by;
    if (claim.deletes) deleters_ += by;
    if (claim.share & file_share::kRead) shared_read_ += by;
    if (claim.share & file_share::kWrite) shared_write_ += by;
    if (claim.share & file_share::kDelete) shared_delete_ += by;
  }

  uint32_t opens_ = 0, readers_ = 0, writers_ = 0, deleters_ = 0;
  uint32_t shared_read_ = 0, shared_write_ = 0, shared_delete_ = 0;
};

}  // namespace emu
