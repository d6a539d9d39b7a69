// A paging file on the host's disk.
#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string>
#include <utility>

#include "mm/base/check.h"
#include "mm/pagefile/storage.h"

namespace mm {
namespace {

NtStatus status_of(int error) {
  switch (error) {
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return NtStatus::DiskFull;
    case EACCES:
    case EPERM:
    case EROFS: return NtStatus::AccessDenied;
    case ENOENT:
    case ENOTDIR: return NtStatus::ObjectNameNotFound;
    default: return NtStatus::DeviceDataError;
  }
}

// 4 MB: a call of the host's for each thousand pages, and little disk that nobody asked for.
constexpr PageCount kGrowthStep{1024};

off_t offset_of(uint32_t page) { return off_t{page} << kPageShift; }

class FileStorage final : public PagingFileStorage {
 public:
  FileStorage(int file, std::string folder) : file_(file), folder_(std::move(folder)) {}
  ~FileStorage() override { close(file_); }

  NtStatus resize(PageCount pages) override {
    const NtStatus status = written_ ? grow(pages) : look_for_room(pages);
    if (succeeded(status)) size_ = pages;
    return status;
  }

  NtStatus read(uint32_t first, std::span<std::byte* const> pages) override {
    MM_CHECK(pages.size() <= kClusterPages, "a cluster too large");
    std::array<iovec, kClusterPages> parts;
    for (size_t i = 0; i < pages.size(); ++i) parts[i] = {pages[i], kPageSize};
    ssize_t n;
    do n = preadv(file_, parts.data(), static_cast<int>(pages.size()), offset_of(first));
    while (n < 0 && errno == EINTR);
    if (n == static_cast<ssize_t>(pages.size() * kPageSize)) return NtStatus::Success;
    return n < 0 ? status_of(errno) : NtStatus::EndOfFile;
  }

  NtStatus write(uint32_t first, std::span<const std::byte* const> pages) override {
    MM_CHECK(pages.size() <= kClusterPages, "a cluster too large");
    if (!written_) {
      if (const NtStatus status = allocate_up_to(size_); !succeeded(status)) return status;
      written_ = true;
    }
    std::array<iovec, kClusterPages> parts;
    for (size_t i = 0; i < pages.size(); ++i) parts[i] = {const_cast<std::byte*>(pages[i]), kPageSize};
    const auto wanted = static_cast<ssize_t>(pages.size() * kPageSize);
    ssize_t n;
    do n = pwritev(file_, parts.data(), static_cast<int>(pages.size()), offset_of(first));
    while (n < 0 && errno == EINTR);
    if (n == wanted) return NtStatus::Success;
    return n < 0 ? status_of(errno) : NtStatus::DiskFull;
  }

  // With as much room as was once looked for: a paging file that may grow does not depend on what the disk
  // has left.
  Result<std::unique_ptr<PagingFileStorage>> make_another() const override {
    auto another = open_paging_file(folder_);
    if (!another) return another;
    for (const PageCount pages : {std::max(room_, size_), size_})
      if (const NtStatus status = (*another)->resize(pages); !succeeded(status)) return fail(status);
    return another;
  }

 private:
  // Blocks are given to the file when the first page goes out: to allocate and free them takes longer than a
  // small guest runs, and most never page.
  NtStatus allocate_up_to(PageCount pages) {
    if (pages <= allocated_) return NtStatus::Success;
    const PageCount added = pages - allocated_;
    const int error = posix_fallocate(file_, offset_of(allocated_.value), static_cast<off_t>(added.bytes()));
    if (error == 0) allocated_ = pages;
    return error == 0 ? NtStatus::Success : status_of(error);
  }

  // A file that has begun to grow goes on, often by a page at a time: blocks are given to it in steps, beyond
  // its end, so that most growths cost only a new length. What has no room for a step may have room for what
  // is wanted.
  NtStatus grow(PageCount pages) {
    if (pages > allocated_) {
      const PageCount step = std::max(pages - allocated_, kGrowthStep);
      if (fallocate(file_, FALLOC_FL_KEEP_SIZE, offset_of(allocated_.value),
                    static_cast<off_t>(step.bytes())) != 0)
        return allocate_up_to(pages);
      allocated_ += step;
    }
    return set_length(pages);
  }

  NtStatus set_length(PageCount pages) {
    return ftruncate(file_, static_cast<off_t>(pages.bytes())) == 0 ? NtStatus::Success : status_of(errno);
  }

  NtStatus look_for_room(PageCount pages) {
    struct statvfs host;
    if (fstatvfs(file_, &host) != 0) return status_of(errno);
    const bool tells = host.f_blocks != 0;  // not every file system does
    if (tells && uint64_t{host.f_bavail} * host.f_frsize < pages.bytes()) return NtStatus::DiskFull;
    room_ = std::max(room_, pages);
    return set_length(pages);
  }

  int file_;
  std::string folder_;
  bool written_ = false;
  PageCount size_;
  PageCount room_;       // the most that was looked for
  PageCount allocated_;  // blocks that the file has, from its beginning
};

}  // namespace

Result<std::unique_ptr<PagingFileStorage>> open_paging_file(const std::string& directory) {
  const int file = open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (file >= 0) return std::make_unique<FileStorage>(file, directory);
  if (errno != EOPNOTSUPP && errno != EISDIR) return fail(status_of(errno));
  std::string name = directory + "/pagewalk-XXXXXX";  // a file system that knows no nameless files
  const int named = mkostemp(name.data(), O_CLOEXEC);
  if (named < 0) return fail(status_of(errno));
  unlink(name.c_str());
  return std::make_unique<FileStorage>(named, directory);
}

}  // namespace mm
