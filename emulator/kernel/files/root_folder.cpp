#include "emulator/kernel/files/root_folder.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>

#include "emulator/kernel/files/host_status.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr mode_t kNewFile = 0666;  // less the user's umask
constexpr mode_t kNewFolder = 0777;
constexpr mode_t kAnyWrite = 0222;
constexpr uint64_t kUnixEpoch = 116'444'736'000'000'000;  // 1970-01-01, in 100 ns since 1601
constexpr uint64_t kLargest = INT64_MAX;
constexpr size_t kMostBytesOfNames = size_t{32} << 20;  // in one folder: more than half a million usual ones

tl::unexpected<NtStatus> fail_from_errno() { return mm::fail(status_of_errno(errno)); }
NtStatus status_of(int result) { return result == 0 ? NtStatus::Success : status_of_errno(errno); }

uint64_t to_system_time(const timespec& time) {
  const auto seconds = static_cast<int64_t>(time.tv_sec);
  return kUnixEpoch + static_cast<uint64_t>(seconds * 10'000'000 + time.tv_nsec / 100);
}

bool openable(mode_t mode) { return S_ISREG(mode) || S_ISDIR(mode); }

HostEntry entry_of(const struct stat& status) {
  HostEntry entry;
  entry.kind = S_ISDIR(status.st_mode) ? HostEntry::Kind::Directory : HostEntry::Kind::File;
  entry.id = {static_cast<uint64_t>(status.st_dev), static_cast<uint64_t>(status.st_ino)};
  if (entry.kind == HostEntry::Kind::File) {
    entry.size = static_cast<uint64_t>(status.st_size);
    entry.links = static_cast<uint32_t>(status.st_nlink);
  }
  if ((status.st_mode & kAnyWrite) == 0) entry.protection = HostEntry::Protection::ReadOnly;
  entry.changed_at = to_system_time(status.st_mtim);
  entry.accessed_at = to_system_time(status.st_atim);
  return entry;
}

class RegularFile final : public HostFile {
 public:
  explicit RegularFile(Descriptor file) : file_(std::move(file)) {}

  mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> to) override {
    size_t done = 0;
    while (done < to.size() && offset + done <= kLargest) {
      const auto rest = to.subspan(done);
      const ssize_t count =
          pread(file_.number(), rest.data(), rest.size(), static_cast<off_t>(offset + done));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail_from_errno();
      if (count == 0) break;
      done += static_cast<size_t>(count);
    }
    return static_cast<uint32_t>(done);
  }

  NtStatus write(uint64_t offset, std::span<const std::byte> from) override {
    if (offset > kLargest - from.size()) return NtStatus::DiskFull;
    while (!from.empty()) {
      const ssize_t count = pwrite(file_.number(), from.data(), from.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return status_of_errno(errno);
      from = from.subspan(static_cast<size_t>(count));
      offset += static_cast<uint64_t>(count);
    }
    return NtStatus::Success;
  }

  mm::Result<uint64_t> size() override {
    struct stat status {};
    if (fstat(file_.number(), &status) != 0) return fail_from_errno();
    return static_cast<uint64_t>(status.st_size);
  }

  NtStatus resize(uint64_t size) override {
    if (size > kLargest) return NtStatus::DiskFull;
    return status_of(ftruncate(file_.number(), static_cast<off_t>(size)));
  }

  NtStatus flush() override { return status_of(fdatasync(file_.number())); }

 private:
  Descriptor file_;
};

int rename_without_replacing(int from_folder, const char* from, int to_folder, const char* to) {
  constexpr unsigned kNoReplace = 1;  // RENAME_NOREPLACE
  const long done = syscall(SYS_renameat2, from_folder, from, to_folder, to, kNoReplace);
  if (done == 0 || (errno != EINVAL && errno != ENOSYS)) return static_cast<int>(done);
  // A file system without it: look first.
  struct stat status {};
  if (fstatat(to_folder, to, &status, AT_SYMLINK_NOFOLLOW) == 0) return errno = EEXIST, -1;
  return renameat(from_folder, from, to_folder, to);
}

}  // namespace

mm::Result<Descriptor> RootFolder::open_descriptor(std::span<const std::string> path, int flags) const {
  auto opened = sandbox_.open(path, flags);
  if (!opened) return mm::fail(status_of_errno(opened.error()));
  return std::move(*opened);
}

mm::Result<Descriptor> RootFolder::open_parent(const HostPath& path) const {
  if (path.empty()) return mm::fail(NtStatus::AccessDenied);
  return open_descriptor(std::span(path).first(path.size() - 1), O_PATH | O_DIRECTORY);
}

mm::Result<HostEntry> RootFolder::look(const HostPath& path) {
  const auto file = open_descriptor(path, O_PATH);
  if (!file) return mm::fail(file.error());
  struct stat status {};
  if (fstat(file->number(), &status) != 0) return fail_from_errno();
  if (!openable(status.st_mode)) return mm::fail(NtStatus::AccessDenied);
  return entry_of(status);
}

mm::Result<std::vector<std::string>> RootFolder::list(const HostPath& path) {
  auto folder = open_descriptor(path, O_RDONLY | O_DIRECTORY);
  if (!folder) return mm::fail(folder.error());
  const int copy = dup(folder->number());  // closedir closes it
  DIR* directory = copy < 0 ? nullptr : fdopendir(copy);
  if (directory == nullptr) {
    const int error = errno;
    if (copy >= 0) ::close(copy);
    return mm::fail(status_of_errno(error));
  }
  std::vector<std::string> names;
  size_t bytes = 0;
  while (const dirent* entry = readdir(directory)) {
    const std::string_view name = entry->d_name;
    if (name == "." || name == "..") continue;
    names.emplace_back(name);
    bytes += sizeof(std::string) + name.size() + 1;
    if (bytes > kMostBytesOfNames) break;
  }
  closedir(directory);
  if (bytes > kMostBytesOfNames) return mm::fail(NtStatus::InsufficientResources);
  return names;
}

mm::Result<std::unique_ptr<HostFile>> RootFolder::open(const HostPath& path, Access access) {
  // Looked at first: opening a device can have effects.
  if (const auto entry = look(path); !entry) return mm::fail(entry.error());
  const int mode = access == Access::Read ? O_RDONLY : O_RDWR;
  auto file = open_descriptor(path, mode | O_NONBLOCK | O_NOCTTY);
  if (!file) return mm::fail(file.error());
  struct stat status {};
  if (fstat(file->number(), &status) != 0) return fail_from_errno();
  if (S_ISDIR(status.st_mode)) return mm::fail(NtStatus::FileIsADirectory);
  if (!S_ISREG(status.st_mode)) return mm::fail(NtStatus::AccessDenied);
  return std::make_unique<RegularFile>(std::move(*file));
}

mm::Result<std::unique_ptr<HostFile>> RootFolder::create(const HostPath& path) {
  const auto parent = open_parent(path);
  if (!parent) return mm::fail(parent.error());
  // O_EXCL follows no link.
  Descriptor file(
      openat(parent->number(), path.back().c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, kNewFile));
  if (!file.valid()) return fail_from_errno();
  return std::make_unique<RegularFile>(std::move(file));
}

NtStatus RootFolder::make_directory(const HostPath& path) {
  const auto parent = open_parent(path);
  if (!parent) return parent.error();
  return status_of(mkdirat(parent->number(), path.back().c_str(), kNewFolder));
}

NtStatus RootFolder::may_remove(const HostPath& path) {
  const auto parent = open_parent(path);
  if (!parent) return parent.error();
  return status_of(faccessat(parent->number(), ".", W_OK | X_OK, AT_EACCESS));
}

NtStatus RootFolder::remove_file(const HostPath& path) {
  const auto parent = open_parent(path);
  if (!parent) return parent.error();
  return status_of(unlinkat(parent->number(), path.back().c_str(), 0));
}

NtStatus RootFolder::remove_directory(const HostPath& path) {
  const auto parent = open_parent(path);
  if (!parent) return parent.error();
  const char* name = path.back().c_str();
  struct stat status {};
  const bool link =
      fstatat(parent->number(), name, &status, AT_SYMLINK_NOFOLLOW) == 0 && S_ISLNK(status.st_mode);
  return status_of(unlinkat(parent->number(), name, link ? 0 : AT_REMOVEDIR));
}

NtStatus RootFolder::rename(const HostPath& from, const HostPath& to, Replace replace) {
  const auto old_parent = open_parent(from);
  if (!old_parent) return old_parent.error();
  const auto new_parent = open_parent(to);
  if (!new_parent) return new_parent.error();
  const char *old_name = from.back().c_str(), *new_name = to.back().c_str();
  if (replace == Replace::No)
    return status_of(
        rename_without_replacing(old_parent->number(), old_name, new_parent->number(), new_name));
  return status_of(renameat(old_parent->number(), old_name, new_parent->number(), new_name));
}

NtStatus RootFolder::link(const HostPath& file, const HostPath& name) {
  const auto existing = open_descriptor(file, O_PATH);
  if (!existing) return existing.error();
  struct stat status {};
  if (fstat(existing->number(), &status) != 0) return status_of_errno(errno);
  if (S_ISDIR(status.st_mode)) return NtStatus::FileIsADirectory;
  if (!S_ISREG(status.st_mode)) return NtStatus::AccessDenied;
  const auto parent = open_parent(name);
  if (!parent) return parent.error();
  // By the descriptor: what was looked at, whatever has its name by now.
  const std::string opened = fmt::format("/proc/self/fd/{}", existing->number());
  return status_of(
      linkat(AT_FDCWD, opened.c_str(), parent->number(), name.back().c_str(), AT_SYMLINK_FOLLOW));
}

NtStatus RootFolder::protect(const HostPath& path, HostEntry::Protection protection) {
  const auto file = open_descriptor(path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (!file) return file.error();
  struct stat status {};
  if (fstat(file->number(), &status) != 0) return status_of_errno(errno);
  const mode_t mode = status.st_mode & 07777;
  constexpr mode_t kOwnerWrite = 0200;
  const mode_t wanted =
      protection == HostEntry::Protection::ReadOnly ? mode & ~kAnyWrite : mode | kOwnerWrite;
  return wanted == mode ? NtStatus::Success : status_of(fchmod(file->number(), wanted));
}

// As the host itself names what has been opened, behind every link.
std::string RootFolder::host_path(const HostPath& path) const {
  const auto file = open_descriptor(path, O_PATH);
  if (!file) return "";
  std::error_code error;
  const auto target = std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", file->number()), error);
  return error ? "" : target.string();
}

tl::expected<std::unique_ptr<HostFiles>, std::string> open_root_folder(const std::string& folder) {
  auto sandbox = Sandbox::open(folder);
  if (!sandbox) return tl::unexpected(fmt::format("{}: {}", folder, std::strerror(sandbox.error())));
  return std::make_unique<RootFolder>(std::move(*sandbox));
}

}  // namespace emu
