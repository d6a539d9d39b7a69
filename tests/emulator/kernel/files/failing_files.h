// HostFiles whose n-th call fails; calls on open files count too.
#pragma once

#include <memory>
#include <utility>

#include "emulator/kernel/files/host_files.h"

namespace emu::test {

class FailingFiles final : public HostFiles {
 public:
  explicit FailingFiles(std::unique_ptr<HostFiles> files) : files_(std::move(files)) {}

  bool failed() const { return failed_; }
  void arm(int fail_at) { left_ = fail_at; }
  void disarm() { left_ = 0; }

  mm::Result<HostEntry> look(const HostPath& path) override {
    if (fails()) return mm::fail(kStatus);
    return files_->look(path);
  }
  mm::Result<std::vector<std::string>> list(const HostPath& path) override {
    if (fails()) return mm::fail(kStatus);
    return files_->list(path);
  }
  mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) override {
    if (fails()) return mm::fail(kStatus);
    return wrapped(files_->open(path, access));
  }
  mm::Result<std::unique_ptr<HostFile>> create(const HostPath& path) override {
    if (fails()) return mm::fail(kStatus);
    return wrapped(files_->create(path));
  }
  mm::NtStatus make_directory(const HostPath& path) override {
    return fails() ? kStatus : files_->make_directory(path);
  }
  mm::NtStatus may_remove(const HostPath& path) override {
    return fails() ? kStatus : files_->may_remove(path);
  }
  mm::NtStatus remove_file(const HostPath& path) override {
    return fails() ? kStatus : files_->remove_file(path);
  }
  mm::NtStatus remove_directory(const HostPath& path) override {
    return fails() ? kStatus : files_->remove_directory(path);
  }
  mm::NtStatus rename(const HostPath& from, const HostPath& to, Replace replace) override {
    return fails() ? kStatus : files_->rename(from, to, replace);
  }
  mm::NtStatus link(const HostPath& file, const HostPath& name) override {
    return fails() ? kStatus : files_->link(file, name);
  }
  mm::NtStatus protect(const HostPath& path, HostEntry::Protection protection) override {
    return fails() ? kStatus : files_->protect(path, protection);
  }

 private:
  static constexpr mm::NtStatus kStatus = mm::NtStatus::DeviceDataError;

  class File final : public HostFile {
   public:
    File(FailingFiles& owner, std::unique_ptr<HostFile> file) : owner_(owner), file_(std::move(file)) {}
    mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> to) override {
      if (owner_.fails()) return mm::fail(kStatus);
      return file_->read(offset, to);
    }
    mm::NtStatus write(uint64_t offset, std::span<const std::byte> from) override {
      return owner_.fails() ? kStatus : file_->write(offset, from);
    }
    mm::Result<uint64_t> size() override {
      if (owner_.fails()) return mm::fail(kStatus);
      return file_->size();
    }
    mm::NtStatus resize(uint64_t size) override { return owner_.fails() ? kStatus : file_->resize(size); }
    mm::NtStatus flush() override { return owner_.fails() ? kStatus : file_->flush(); }

   private:
    FailingFiles& owner_;
    std::unique_ptr<HostFile> file_;
  };

  mm::Result<std::unique_ptr<HostFile>> wrapped(mm::Result<std::unique_ptr<HostFile>> file) {
    if (!file) return file;
    return std::make_unique<File>(*this, std::move(*file));
  }
  bool fails() {
    const bool now = left_ == 1;
    if (left_ > 0) --left_;
    failed_ = failed_ || now;
    return now;
  }

  std::unique_ptr<HostFiles> files_;
  int left_ = 0;
  bool failed_ = false;
};

}  // namespace emu::test
