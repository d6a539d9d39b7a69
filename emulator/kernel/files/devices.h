// Files without a disk: the console's three streams, and NUL.
#pragma once

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/file_object.h"

namespace emu {

class ConsoleInput final : public FileObject {
 public:
  explicit ConsoleInput(Console& console) : console_(console) {}
  DeviceType device() const override { return DeviceType::Console; }
  mm::Result<uint32_t> read(uint64_t, std::span<std::byte> bytes) override { return console_.read(bytes); }
  mm::Result<uint32_t> write(uint64_t, std::span<const std::byte>) override {
    return mm::fail(mm::NtStatus::AccessDenied);
  }

 private:
  Console& console_;
};

class ConsoleOutput final : public FileObject {
 public:
  ConsoleOutput(Console& console, Console::Stream stream) : console_(console), stream_(stream) {}
  DeviceType device() const override { return DeviceType::Console; }
  mm::Result<uint32_t> read(uint64_t, std::span<std::byte>) override {
    return mm::fail(mm::NtStatus::AccessDenied);
  }
  mm::Result<uint32_t> write(uint64_t, std::span<const std::byte> bytes) override {
    const mm::NtStatus status = console_.write(stream_, bytes);
    if (status != mm::NtStatus::Success) return mm::fail(status);
    return static_cast<uint32_t>(bytes.size());
  }

 private:
  Console& console_;
  Console::Stream stream_;
};

// Reads nothing, and takes everything.
class NullDevice final : public FileObject {
 public:
  DeviceType device() const override { return DeviceType::Null; }
  mm::Result<uint32_t> read(uint64_t, std::span<std::byte>) override { return 0u; }
  mm::Result<uint32_t> write(uint64_t, std::span<const std::byte> bytes) override {
    return static_cast<uint32_t>(bytes.size());
  }
};

}  // namespace emu
