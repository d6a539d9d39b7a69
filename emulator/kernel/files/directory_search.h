// One handle's way through a directory. The names are taken when the search starts, so that what is created
// and deleted meanwhile neither repeats nor skips others.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/kernel/files/file_nodes.h"
#include "emulator/kernel/files/lookup.h"
#include "mm/commit/pool.h"

namespace emu {

class DirectorySearch {
 public:
  enum class Restart : uint8_t { No, Yes };

  struct Found {
    std::u16string name;
    FileInformation information;
    uint64_t index = 0;
  };

  // Sets whose quota the names are charged to; before that it is nobody's.
  void charge_to(std::shared_ptr<mm::PoolQuota> payer) { charge_ = mm::PoolCharge(std::move(payer)); }

  // To be called before each query. `pattern` counts on the first one, and on a restart when it is not empty.
  // Fails with what PoolCharge fails with; the search has not started then.
  mm::NtStatus prepare(HostFiles& files, const HostPath& folder, std::u16string_view pattern,
                       Restart restart);

  // Returns the next entry, without passing over it. STATUS_NO_SUCH_FILE when nothing matches at all,
  // STATUS_NO_MORE_FILES when nothing more does.
  mm::Result<Found> next(HostFiles& files, FileNodes& nodes, const HostPath& folder);
  void advance() {
    ++at_;
    any_ = true;
  }

 private:
  std::optional<std::u16string> pattern_;  // none: not started
  std::vector<ListedName> names_;
  mm::PoolCharge charge_;  // for names_
  size_t at_ = 0;
  bool any_ = false;  // an entry was given since the start
};

}  // namespace emu
