#include "emulator/kernel/files/file_place.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "emulator/kernel/files/root_folder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

// None when `path` does not lie in `root`; both without links, "." and "..".
std::optional<HostPath> path_below(const fs::path& root, const fs::path& path) {
  HostPath names;
  for (const fs::path& name : path.lexically_relative(root)) {
    if (name == "..") return std::nullopt;
    if (name != ".") names.push_back(name.string());
  }
  return names;
}

}  // namespace

tl::expected<FilePlace, std::string> file_on_host(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return tl::unexpected("cannot be opened: " + error.message());
  if (!real.has_filename()) return tl::unexpected(std::string("is not a regular file"));
  auto files = open_root_folder(real.parent_path().string());
  if (!files) return tl::unexpected("cannot be opened: " + files.error());
  return FilePlace{std::move(*files), {real.filename().string()}};
}

FilePlace folder_on_host(const std::string& path, const std::shared_ptr<HostFiles>& disk) {
  std::error_code error;
  const fs::path real = fs::canonical(path, error);
  if (error) return {};
  if (const std::string root = disk != nullptr ? disk->host_path({}) : ""; !root.empty())
    if (auto below = path_below(root, real)) return {disk, std::move(*below)};
  auto files = open_root_folder(real.string());
  return files ? FilePlace{std::move(*files), {}} : FilePlace{};
}

}  // namespace emu
