// A file of any kind as the services see it: on the disk, the console, a pipe's end, NUL. Data moves in runs
// of bytes; the services chunk the guest's buffers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "emulator/kernel/files/file_attributes.h"
#include "emulator/kernel/objects/dispatcher_object.h"
#include "mm/base/result.h"

namespace emu {

// The rights to a file (Microsoft, "File Access Rights Constants").
namespace file_access {
inline constexpr AccessMask kReadData = 0x0001;  // of a directory: to list it
inline constexpr AccessMask kWriteData = 0x0002;
inline constexpr AccessMask kAppendData = 0x0004;
inline constexpr AccessMask kExecute = 0x0020;
inline constexpr AccessMask kReadAttributes = 0x0080;
inline constexpr AccessMask kWriteAttributes = 0x0100;
}  // namespace file_access

class DiskFile;
class PipeEnd;

// Where a transfer is to begin. An offset past INT64_MAX is refused before it gets here.
struct TransferStart {
  enum class Kind : uint8_t { Current, End, Offset };

  Kind kind = Kind::Current;
  uint64_t offset = 0;  // with Offset
};

// Every operation is over when its service returns, so a file is always signalled.
class FileObject : public DispatcherObject {
 public:
  enum class Direction : uint8_t { Read, Write };

  static constexpr ObjectType kType{"File", {0x120089, 0x120116, 0x1200A0, 0x1F01FF}};
  const ObjectType& type() const final { return kType; }

  bool is_signalled_for(const Thread&) const override { return true; }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }

  virtual DeviceType device() const = 0;
  virtual DiskFile* as_disk_file() { return nullptr; }
  virtual PipeEnd* as_pipe_end() { return nullptr; }

  // Begins a transfer and returns the offset of its first byte, for the calls below; 0 for what has no
  // positions.
  virtual mm::Result<uint64_t> begin(Direction, const TransferStart&) { return uint64_t{0}; }
  // Reads some bytes, 0 at the file's end. STATUS_PENDING when there is nothing yet but will be.
  virtual mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> bytes) = 0;
  // Writes some bytes and returns how many. STATUS_PENDING when it takes none yet but will.
  virtual mm::Result<uint32_t> write(uint64_t offset, std::span<const std::byte> bytes) = 0;
  // Ends the transfer; `end` is the offset behind its last byte.
  virtual void finish(uint64_t end) { (void)end; }

  virtual mm::NtStatus flush() { return mm::NtStatus::Success; }
};

}  // namespace emu
