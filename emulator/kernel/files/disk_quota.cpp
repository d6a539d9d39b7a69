#include "emulator/kernel/files/disk_quota.h"

#include <algorithm>
#include <utility>

namespace emu {
namespace {

using mm::NtStatus;

// Bytes; sizes end below 2^63.
int64_t clusters(uint64_t size) {
  return static_cast<int64_t>((size + DiskQuota::kCluster - 1) / DiskQuota::kCluster * DiskQuota::kCluster);
}

// What goes when the name is the last of its file's.
int64_t room_of(const HostEntry& entry) {
  constexpr int64_t kName = DiskQuota::kRecord;
  return entry.links == 1 ? clusters(entry.size) + kName : kName;
}

}  // namespace

// How much more there is than at the beginning; less than nothing when more was taken away than written.
class DiskQuota::Account {
 public:
  explicit Account(uint64_t limit) : limit_(static_cast<int64_t>(std::min<uint64_t>(limit, INT64_MAX / 2))) {}

  NtStatus take(int64_t bytes) {
    if (bytes > limit_ - grown_) return NtStatus::DiskFull;
    grown_ += bytes;
    return NtStatus::Success;
  }
  void give_back(int64_t bytes) { grown_ -= bytes; }

  // Done when there is room for it, and not counted when it fails.
  template <class Action>
  NtStatus take_for(int64_t bytes, Action&& action) {
    if (const NtStatus status = take(bytes); status != NtStatus::Success) return status;
    const NtStatus status = action();
    if (status != NtStatus::Success) give_back(bytes);
    return status;
  }

  Space space() const {
    const int64_t free = std::clamp<int64_t>(limit_ - grown_, 0, limit_);
    return {static_cast<uint64_t>(limit_), static_cast<uint64_t>(free)};
  }

 private:
  int64_t limit_;
  int64_t grown_ = 0;
};

namespace {

class CountedFile final : public HostFile {
 public:
  CountedFile(std::unique_ptr<HostFile> file, std::shared_ptr<DiskQuota::Account> account)
      : file_(std::move(file)), account_(std::move(account)) {}

  mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> to) override {
    return file_->read(offset, to);
  }
  NtStatus write(uint64_t offset, std::span<const std::byte> from) override {
    if (offset > uint64_t{INT64_MAX} - from.size()) return NtStatus::DiskFull;
    if (from.empty()) return file_->write(offset, from);
    return change(offset + from.size(), Growth::Only, [&] { return file_->write(offset, from); });
  }
  mm::Result<uint64_t> size() override { return file_->size(); }
  NtStatus resize(uint64_t size) override {
    if (size > uint64_t{INT64_MAX}) return NtStatus::DiskFull;
    return change(size, Growth::Either, [&] { return file_->resize(size); });
  }
  NtStatus flush() override { return file_->flush(); }

 private:
  enum class Growth : uint8_t { Only, Either };

  // To `size` bytes; a write makes no file smaller. What a failure leaves behind is what counts.
  template <class Action>
  NtStatus change(uint64_t size, Growth growth, Action&& action) {
    const auto before = file_->size();
    if (!before) return before.error();
    const int64_t added = clusters(size) - clusters(*before);
    if (added < 0 && growth == Growth::Only) return action();
    if (added > 0)
      if (const NtStatus status = account_->take(added); status != NtStatus::Success) return status;
    const NtStatus status = action();
    const auto after = status == NtStatus::Success ? mm::Result<uint64_t>(size) : file_->size();
    const int64_t taken = std::max<int64_t>(added, 0);
    if (after) account_->give_back(taken - (clusters(*after) - clusters(*before)));
    return status;
  }

  std::unique_ptr<HostFile> file_;
  std::shared_ptr<DiskQuota::Account> account_;
};

mm::Result<std::unique_ptr<HostFile>> counted(mm::Result<std::unique_ptr<HostFile>> file,
                                              const std::shared_ptr<DiskQuota::Account>& account) {
  if (!file) return file;
  return std::make_unique<CountedFile>(std::move(*file), account);
}

}  // namespace

DiskQuota::DiskQuota(std::unique_ptr<HostFiles> files, uint64_t limit)
    : files_(std::move(files)), account_(std::make_shared<Account>(limit)) {}

mm::Result<std::unique_ptr<HostFile>> DiskQuota::open(const HostPath& path, Access access) {
  return counted(files_->open(path, access), account_);
}

mm::Result<std::unique_ptr<HostFile>> DiskQuota::create(const HostPath& path) {
  if (const NtStatus status = account_->take(kRecord); status != NtStatus::Success) return mm::fail(status);
  auto file = files_->create(path);
  if (!file) account_->give_back(kRecord);
  return counted(std::move(file), account_);
}

NtStatus DiskQuota::make_directory(const HostPath& path) {
  return account_->take_for(kRecord, [&] { return files_->make_directory(path); });
}

NtStatus DiskQuota::remove_file(const HostPath& path) {
  const auto entry = files_->look(path);
  if (!entry) return entry.error();
  const NtStatus status = files_->remove_file(path);
  if (status == NtStatus::Success) account_->give_back(room_of(*entry));
  return status;
}

NtStatus DiskQuota::remove_directory(const HostPath& path) {
  const NtStatus status = files_->remove_directory(path);
  if (status == NtStatus::Success) account_->give_back(kRecord);
  return status;
}

// What had the name is gone; two names of one file are left as they are (rename(2)).
NtStatus DiskQuota::rename(const HostPath& from, const HostPath& to, Replace replace) {
  const auto moved = files_->look(from);
  if (!moved) return moved.error();
  const auto replaced = files_->look(to);
  if (!replaced && replaced.error() != NtStatus::ObjectNameNotFound) return replaced.error();
  const NtStatus status = files_->rename(from, to, replace);
  if (status == NtStatus::Success && replaced && replaced->id != moved->id)
    account_->give_back(room_of(*replaced));
  return status;
}

NtStatus DiskQuota::link(const HostPath& file, const HostPath& name) {
  return account_->take_for(kRecord, [&] { return files_->link(file, name); });
}

HostFiles::Space DiskQuota::space() const { return account_->space(); }

}  // namespace emu
