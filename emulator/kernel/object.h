// What a handle names. Objects live as long as a handle, or the kernel itself, refers to them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "emulator/kernel/console.h"
#include "mm/base/result.h"

namespace emu {

class FileObject;

class KernelObject {
 public:
  virtual ~KernelObject() = default;

  // The object as what a service needs, or null (STATUS_OBJECT_TYPE_MISMATCH).
  virtual FileObject* as_file() { return nullptr; }
};

// What NtReadFile and NtWriteFile work on, in runs of bytes; the services chunk the guest's buffers.
class FileObject : public KernelObject {
 public:
  FileObject* as_file() final { return this; }

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
