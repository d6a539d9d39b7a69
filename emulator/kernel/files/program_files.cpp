#include "emulator/kernel/files/program_files.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iterator>
#include <utility>

#include "emulator/kernel/files/root_folder.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr std::array kSystemDlls = {"ntdll.dll", "kernel32.dll", "msvcrt.dll"};

std::pair<std::string, std::string> split(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

bool lies_in(const HostPath& path, const HostPath& folder) {
  return path.size() == folder.size() + 1 && std::equal(folder.begin(), folder.end(), path.begin());
}

}  // namespace

void ProgramFiles::add(const HostPath& path, std::string source) {
  for (size_t depth = 1; depth < path.size(); ++depth)
    sources_.try_emplace(HostPath(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(depth)), "");
  sources_[path] = std::move(source);
}

mm::Result<HostEntry> ProgramFiles::look(const HostPath& path) {
  const auto place = sources_.find(path);
  if (place == sources_.end()) return mm::fail(NtStatus::ObjectNameNotFound);
  HostEntry entry;
  if (!place->second.empty()) {
    const auto [folder, name] = split(place->second);
    auto files = open_root_folder(folder);
    if (!files) return mm::fail(NtStatus::ObjectNameNotFound);
    auto found = (*files)->look({name});
    if (!found) return found;
    entry = *found;
  } else {
    entry.kind = HostEntry::Kind::Directory;
  }
  const auto number = std::distance(sources_.begin(), place);
  entry.id = {0, static_cast<uint64_t>(number)};
  entry.links = 1;
  entry.protection = HostEntry::Protection::None;  // the disk is protected, not the file
  return entry;
}

mm::Result<std::vector<std::string>> ProgramFiles::list(const HostPath& path) {
  std::vector<std::string> names;
  for (const auto& [other, source] : sources_)
    if (lies_in(other, path)) names.push_back(other.back());
  return names;
}

mm::Result<std::unique_ptr<HostFile>> ProgramFiles::open_to_read(const HostPath& path) {
  const auto place = sources_.find(path);
  if (place == sources_.end()) return mm::fail(NtStatus::ObjectNameNotFound);
  if (place->second.empty()) return mm::fail(NtStatus::FileIsADirectory);
  const auto [folder, name] = split(place->second);
  auto files = open_root_folder(folder);
  if (!files) return mm::fail(NtStatus::ObjectNameNotFound);
  return (*files)->open({name}, Access::Read);
}

std::string ProgramFiles::host_path(const HostPath& path) const {
  const auto place = sources_.find(path);
  return place != sources_.end() ? place->second : "";
}

std::unique_ptr<HostFiles> program_files(std::span<const std::string> programs,
                                         const std::string& system_folder) {
  auto files = std::make_unique<ProgramFiles>();
  for (const char* name : kSystemDlls) files->add({"Windows", "System32", name}, system_folder + "/" + name);
  // What a link leads to lies in another folder than the link.
  for (const std::string& program : programs) {
    std::error_code error;
    const auto real = std::filesystem::canonical(program, error);
    if (!error) files->add({split(program).second}, real.string());
  }
  return files;
}

}  // namespace emu
