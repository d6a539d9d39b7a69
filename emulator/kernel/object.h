// Files: what NtReadFile and NtWriteFile work on, the console among them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "emulator/kernel/console.h"
#include "emulator/kernel/objects/dispatcher_object.h"
#include "mm/base/result.h"

namespace emu {

// The rights to a file (Microsoft, "File Access Rights Constants").
namespace file_access {
inline constexpr AccessMask kReadData = 0x0001;
inline constexpr AccessMask kWriteData = 0x0002;
inline constexpr AccessMask kAppendData = 0x0004;
}  // namespace file_access

// A file of any kind, in runs of bytes; the services chunk the guest's buffers. Every operation is over when
// its service returns, so a file is always signalled.
class FileObject : public DispatcherObject {
 public:
  static constexpr ObjectType kType{"File", {0x120089, 0x120116, 0x1200A0, 0x1F01FF}};
  const ObjectType& type() const final { return kType; }

  bool is_signalled_for(const Thread&) const override { return true; }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }

  virtual mm::Result<uint32_t> read(std::span<std::byte> bytes) = 0;  // 0: at its end
  virtual mm::NtStatus write(std::span<const std::byte> bytes) = 0;   // all of them
};

class ConsoleInput final : public FileObject {
 public:
  explicit ConsoleInput(Console& console) : console_(console) {}
  mm::Result<uint32_t> read(std::span<std::byte> bytes) override { return console_.read(bytes); }
  mm::NtStatus write(std::span<const std::byte>) override { return mm::NtStatus::AccessDenied; }

 private:
  Console& console_;
};

class ConsoleOutput final : public FileObject {
 public:
  ConsoleOutput(Console& console, Console::Stream stream) : console_(console), stream_(stream) {}
  mm::Result<uint32_t> read(std::span<std::byte>) override { return mm::fail(mm::NtStatus::AccessDenied); }
  mm::NtStatus write(std::span<const std::byte> bytes) override { return console_.write(stream_, bytes); }

 private:
  Console& console_;
  Console::Stream stream_;
};

}  // namespace emu
