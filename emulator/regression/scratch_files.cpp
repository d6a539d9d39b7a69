#include "emulator/regression/scratch_files.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>
#include <stdexcept>
#include <system_error>

#include "emulator/kernel/files/regular_file.h"
#include "emulator/regression/child_process.h"

namespace emu {
namespace {

constexpr int kFolder = O_PATH | O_DIRECTORY;

std::vector<std::string> names_of(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  std::vector<std::string> names;
  for (size_t begin = 0; begin <= path.size();) {
    const size_t end = std::min(path.find('/', begin), path.size());
    names.emplace_back(path.substr(begin, end - begin));
    begin = end + 1;
  }
  return names;
}

bool is_plain(const std::string& name) {
  return !name.empty() && name != "." && name != ".." && name.find('\0') == std::string::npos;
}

[[noreturn]] void fail(const std::string& path, int error) {
  const std::string why = error == EXDEV ? "leads out of it" : std::generic_category().message(error);
  throw std::runtime_error("${scratch}/" + path + ": " + why);
}

std::string joined(std::span<const std::string> names) {
  std::string path;
  for (const std::string& name : names) path.append(path.empty() ? "" : "/").append(name);
  return path;
}

// 0, or errno. A guest may have left a file of any size.
int read_whole(int file, std::string& text) {
  std::array<char, 65536> part;
  while (text.size() <= kLargestOutput) {
    const ssize_t count = ::read(file, part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return count == 0 ? 0 : errno;
    text.append(part.data(), static_cast<size_t>(count));
  }
  return EFBIG;
}

bool is_regular(const Descriptor& file) {
  struct stat status {};
  return fstat(file.number(), &status) == 0 && S_ISREG(status.st_mode);
}

// A new file: what is there already, a link above all, is not opened.
bool make_file(const Descriptor& folder, const std::string& name, std::string_view text) {
  const Descriptor file(openat(folder.number(), name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  return file.valid() && write_all(file, std::as_bytes(std::span(text)));
}

Sandbox open_sandbox(const std::string& folder) {
  auto sandbox = Sandbox::open(folder);
  if (!sandbox) throw std::system_error(sandbox.error(), std::generic_category(), folder);
  return std::move(*sandbox);
}

}  // namespace

bool is_scratch_path(std::string_view path) {
  const auto names = names_of(path);
  return std::all_of(names.begin(), names.end(), is_plain);
}

ScratchFiles::ScratchFiles(const std::string& folder) : sandbox_(open_sandbox(folder)) {}

Descriptor ScratchFiles::make_folder(const Names& names) const {
  auto folder = sandbox_.open({}, kFolder);
  for (size_t count = 1; folder && count <= names.size(); ++count) {
    const auto path = std::span(names).first(count);
    const bool refused = mkdirat(folder->number(), path.back().c_str(), 0777) != 0 && errno != EEXIST;
    if (refused) fail(joined(path), errno);
    folder = sandbox_.open(path, kFolder);
  }
  if (!folder) fail(joined(names), folder.error());
  return std::move(*folder);
}

void ScratchFiles::put(const ScratchEntry& entry) const {
  Names names = names_of(entry.path);
  if (entry.kind == ScratchEntry::Kind::Folder) {
    make_folder(names);
    return;
  }
  const std::string name = std::move(names.back());
  names.pop_back();
  const Descriptor folder = make_folder(names);
  const bool made = entry.kind == ScratchEntry::Kind::Link
                        ? symlinkat(entry.text.c_str(), folder.number(), name.c_str()) == 0
                        : make_file(folder, name, entry.text);
  if (!made) fail(entry.path, errno);
}

std::optional<std::string> ScratchFiles::read(std::string_view path) const {
  const auto file = sandbox_.open(names_of(path), O_RDONLY | O_NONBLOCK);  // a pipe must not keep us waiting
  if (!file && file.error() == EXDEV) fail(std::string(path), EXDEV);
  if (!file || !is_regular(*file)) return std::nullopt;
  std::string text;
  if (const int error = read_whole(file->number(), text); error != 0) fail(std::string(path), error);
  return text;
}

}  // namespace emu
