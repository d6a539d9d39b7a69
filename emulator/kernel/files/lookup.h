// From the guest's path to the host's: names are found without regard to case, as on Windows. An exact name
// is preferred; of several that differ in case alone, the first in listing order.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "emulator/kernel/files/host_files.h"
#include "emulator/kernel/files/object_name.h"

namespace emu {

using GuestPath = std::vector<std::u16string>;

struct Location {
  HostPath path;                   // with what is not there spelled as the guest spells it
  std::optional<HostEntry> entry;  // none: its folder exists, it does not
};

// Finds the path on the host. STATUS_OBJECT_PATH_NOT_FOUND when a folder on the way is missing or is a file,
// STATUS_ACCESS_DENIED when a link leads out of the root.
mm::Result<Location> locate(HostFiles& files, const GuestPath& path);
mm::Result<Location> locate_below(HostFiles& files, const HostPath& folder, const GuestPath& path);

// The names in a directory as the guest sees them, in listing order. What no guest could open is not shown.
struct ListedName {
  std::u16string guest;
  std::string host;
};
mm::Result<std::vector<ListedName>> list_names(HostFiles& files, const HostPath& folder);

}  // namespace emu
