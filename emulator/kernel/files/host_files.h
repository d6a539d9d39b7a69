// The port to the host's files: everything that a guest can see of them or do to them passes here. One
// implementation is a folder of the host (root_folder.h), one is memory (memory_files.h); another can keep
// what is done to itself, for a checkpoint, or leave it undone, for a replay.
//
// Paths are names from the root down, exactly as the host spells them. Case, reserved names and all that is
// Windows' lies above; that nothing outside the root is reached lies below, whatever links it holds and
// whoever changes them meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "mm/base/result.h"

namespace emu {

// Empty: the root. No name is empty, "." or "..", or holds a slash or a zero.
using HostPath = std::vector<std::string>;

// Names a file as long as it exists, by whatever path.
struct HostFileId {
  uint64_t device = 0;
  uint64_t number = 0;

  constexpr auto operator<=>(const HostFileId&) const = default;
};

struct HostEntry {
  enum class Kind : uint8_t { File, Directory };
  enum class Protection : uint8_t { None, ReadOnly };

  Kind kind = Kind::File;
  HostFileId id;
  uint64_t size = 0;   // bytes; 0 for a directory
  uint32_t links = 1;  // names that it has
  Protection protection = Protection::None;
  // By the host's clock, 100 ns units since 1601.
  uint64_t changed_at = 0;  // its content
  uint64_t accessed_at = 0;
};

// An open file. Offsets and sizes are bytes.
class HostFile {
 public:
  virtual ~HostFile() = default;

  // Reads bytes and returns how many there were; fewer than asked for only at the file's end.
  virtual mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> to) = 0;
  // Writes all bytes, or fails; a gap before `offset` reads as zeros.
  virtual mm::NtStatus write(uint64_t offset, std::span<const std::byte> from) = 0;
  virtual mm::Result<uint64_t> size() = 0;
  virtual mm::NtStatus resize(uint64_t size) = 0;
  virtual mm::NtStatus flush() = 0;
};

class HostFiles {
 public:
  enum class Access : uint8_t { Read, ReadWrite };
  enum class Replace : uint8_t { No, Yes };

  virtual ~HostFiles() = default;

  // Says what lies at `path`. STATUS_OBJECT_NAME_NOT_FOUND; STATUS_ACCESS_DENIED for what is neither file nor
  // directory, and for a link that leads out.
  virtual mm::Result<HostEntry> look(const HostPath& path) = 0;
  // Returns the names in a directory, in no order, without "." and "..".
  virtual mm::Result<std::vector<std::string>> list(const HostPath& path) = 0;

  virtual mm::Result<std::unique_ptr<HostFile>> open(const HostPath& path, Access access) = 0;
  // Makes an empty file, open for reading and writing. STATUS_OBJECT_NAME_COLLISION when there is anything of
  // that name.
  virtual mm::Result<std::unique_ptr<HostFile>> create(const HostPath& path) = 0;
  virtual mm::NtStatus make_directory(const HostPath& path) = 0;
  // Tells whether the next two functions could remove it. Is asked when the guest says that a file is to go,
  // since the file goes only when nobody is left to be told of a failure.
  virtual mm::NtStatus may_remove(const HostPath& path) = 0;
  virtual mm::NtStatus remove_file(const HostPath& path) = 0;       // a link itself, not what it leads to
  virtual mm::NtStatus remove_directory(const HostPath& path) = 0;  // STATUS_DIRECTORY_NOT_EMPTY
  // Moves a file or directory. STATUS_OBJECT_NAME_COLLISION when `to` exists and is not to be replaced.
  virtual mm::NtStatus rename(const HostPath& from, const HostPath& to, Replace replace) = 0;
  // Gives a file another name. STATUS_OBJECT_NAME_COLLISION, STATUS_TOO_MANY_LINKS.
  virtual mm::NtStatus link(const HostPath& file, const HostPath& name) = 0;
  virtual mm::NtStatus protect(const HostPath& path, HostEntry::Protection protection) = 0;

  // Bytes; what the guest is told of its disk. The host's own free space would differ from host to host.
  struct Space {
    uint64_t total = uint64_t{64} << 30;
    uint64_t free = uint64_t{32} << 30;
  };
  virtual Space space() const { return {}; }

  // Returns where a file lies on the host, from the host's root, for tools that read it there; empty when it
  // lies nowhere.
  virtual std::string host_path(const HostPath&) const { return ""; }
};

}  // namespace emu
