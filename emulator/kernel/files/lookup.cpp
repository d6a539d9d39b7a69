#include "emulator/kernel/files/lookup.h"

#include <algorithm>

#include "emulator/kernel/files/names.h"

namespace emu {
namespace {

using mm::NtStatus;

// Adds the host's spelling of `name` to location.path, and what it is. Not there: the guest's spelling.
NtStatus step(HostFiles& files, Location& location, const std::u16string& name) {
  const auto spelled = to_host(name);
  if (!spelled) return NtStatus::ObjectNameInvalid;
  location.path.push_back(*spelled);
  auto entry = files.look(location.path);
  if (!entry && entry.error() == NtStatus::ObjectNameNotFound) {
    location.path.pop_back();
    const auto names = list_names(files, location.path);
    if (!names) return names.error();
    const auto found = std::find_if(names->begin(), names->end(), [&](const ListedName& listed) {
      return equal_but_for_case(listed.guest, name);
    });
    location.path.push_back(found != names->end() ? found->host : *spelled);
    if (found != names->end()) entry = files.look(location.path);
  }
  if (!entry && entry.error() != NtStatus::ObjectNameNotFound) return entry.error();
  location.entry = entry ? std::optional(*entry) : std::nullopt;
  return NtStatus::Success;
}

}  // namespace

mm::Result<Location> locate(HostFiles& files, const GuestPath& path) { return locate_below(files, {}, path); }

mm::Result<Location> locate_below(HostFiles& files, const HostPath& folder, const GuestPath& path) {
  const auto entry = files.look(folder);
  if (!entry) return mm::fail(entry.error());
  Location location{folder, *entry};
  for (const std::u16string& name : path) {
    if (!location.entry || location.entry->kind != HostEntry::Kind::Directory)
      return mm::fail(NtStatus::ObjectPathNotFound);
    if (const NtStatus status = step(files, location, name); status != NtStatus::Success)
      return mm::fail(status);
  }
  return location;
}

mm::Result<std::vector<ListedName>> list_names(HostFiles& files, const HostPath& folder) {
  const auto names = files.list(folder);
  if (!names) return mm::fail(names.error());
  std::vector<ListedName> listed;
  for (const std::string& name : *names)
    if (auto guest = to_guest(name); guest && valid_name(*guest)) listed.push_back({std::move(*guest), name});
  std::sort(listed.begin(), listed.end(),
            [](const ListedName& a, const ListedName& b) { return listed_before(a.guest, b.guest); });
  return listed;
}

}  // namespace emu
