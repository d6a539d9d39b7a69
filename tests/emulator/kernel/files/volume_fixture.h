// A volume over files in memory.
#pragma once

#include <catch2/catch_test_macros.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "emulator/kernel/files/memory_files.h"
#include "emulator/kernel/files/object_name.h"
#include "emulator/kernel/files/volume.h"

namespace emu::test {

inline constexpr AccessMask kRead = FileObject::kType.mapping.read;
inline constexpr AccessMask kWrite = FileObject::kType.mapping.write;
inline constexpr uint32_t kSynchronousFile = file_option::kSynchronousNonAlert | file_option::kNonDirectory;
inline constexpr uint32_t kSynchronousDirectory = file_option::kSynchronousNonAlert | file_option::kDirectory;

inline OpenRequest request(AccessMask access, Disposition disposition, uint32_t share = 0,
                           uint32_t options = kSynchronousFile, uint32_t attributes = 0) {
  return {access | access_right::kSynchronize, share, disposition, options, attributes};
}

class VolumeFixture {
 public:
  explicit VolumeFixture(ClockSource source = ClockSource::Virtual) : clock(source), volume(clock) {
    auto made = std::make_unique<MemoryFiles>(1 << 20);
    host = made.get();
    volume.mount(std::move(made));
  }

  static ObjectName name(std::u16string_view path) {
    auto parsed = parse_object_name(u"\\??\\C:\\" + std::u16string(path));
    REQUIRE(parsed);
    return *parsed;
  }
  mm::Result<OpenedFile> open(std::u16string_view path, const OpenRequest& wanted) {
    return volume.open({objects, nullptr}, nullptr, name(path), wanted);
  }
  mm::NtStatus try_open(std::u16string_view path, const OpenRequest& wanted) {
    const auto opened = open(path, wanted);
    return opened ? mm::NtStatus::Success : opened.error();
  }
  void put(const HostPath& path, std::string_view text = "") const {
    auto file = host->create(path);
    REQUIRE(file);
    REQUIRE((*file)->write(0, std::as_bytes(std::span(text))) == mm::NtStatus::Success);
  }
  bool there(const HostPath& path) const { return host->look(path).has_value(); }

  Clock clock;
  Volume volume;  // before the objects, which refer to it
  ObjectManager objects;
  MemoryFiles* host;
};

}  // namespace emu::test
