#include "emulator/kernel/files/directory_search.h"

#include <algorithm>

#include "emulator/kernel/files/wildcards.h"
#include "emulator/kernel/objects/pool_size.h"

namespace emu {
namespace {

using mm::NtStatus;

HostPath path_of(const HostPath& folder, const std::string& name) {
  HostPath path = folder;
  if (name == "..") path.pop_back();
  if (name != "." && name != "..") path.push_back(name);
  return path;
}

uint64_t pool_size_of_names(const std::vector<ListedName>& names) {
  uint64_t bytes = 0;
  for (const ListedName& name : names)
    bytes += sizeof name + 2 * kHeapOverhead + name.guest.size() * sizeof(char16_t) + name.host.size();
  return pool_size_of(bytes);
}

}  // namespace

NtStatus DirectorySearch::prepare(HostFiles& files, const HostPath& folder, std::u16string_view pattern,
                                  Restart restart) {
  if (pattern_ && restart == Restart::No) return NtStatus::Success;
  auto names = list_names(files, folder);
  if (!names) return names.error();
  if (!pattern_ || !pattern.empty()) pattern_ = pattern;
  if (!folder.empty()) names->insert(names->begin(), {{u".", "."}, {u"..", ".."}});  // the root has neither
  std::erase_if(*names, [&](const ListedName& name) { return !matches_expression(name.guest, *pattern_); });
  if (const NtStatus status = charge_.resize(pool_size_of_names(*names)); status != NtStatus::Success) {
    pattern_.reset();
    return status;
  }
  names_ = std::move(*names);
  at_ = 0;
  any_ = false;
  return NtStatus::Success;
}

mm::Result<DirectorySearch::Found> DirectorySearch::next(HostFiles& files, FileNodes& nodes,
                                                         const HostPath& folder) {
  for (; at_ < names_.size(); ++at_) {
    const auto entry = files.look(path_of(folder, names_[at_].host));
    if (!entry) continue;  // gone meanwhile, or nothing that can be opened
    return Found{names_[at_].guest, nodes.information(*entry), nodes.of(*entry).index};
  }
  return mm::fail(any_ ? NtStatus::NoMoreFiles : NtStatus::NoSuchFile);
}

}  // namespace emu
