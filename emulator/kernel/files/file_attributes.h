// Numbers that callers pass to the file services (Microsoft, "NtCreateFile", "File Attribute Constants").
#pragma once

#include <cstdint>

namespace emu {

namespace file_attribute {
inline constexpr uint32_t kReadOnly = 0x001;
inline constexpr uint32_t kHidden = 0x002;
inline constexpr uint32_t kSystem = 0x004;
inline constexpr uint32_t kDirectory = 0x010;
inline constexpr uint32_t kArchive = 0x020;
inline constexpr uint32_t kNormal = 0x080;  // none of the others
inline constexpr uint32_t kTemporary = 0x100;
inline constexpr uint32_t kNotContentIndexed = 0x2000;
// What can be set; the rest is passed over.
inline constexpr uint32_t kSettable =
    kReadOnly | kHidden | kSystem | kArchive | kTemporary | kNotContentIndexed;
}  // namespace file_attribute

namespace file_share {
inline constexpr uint32_t kRead = 1;
inline constexpr uint32_t kWrite = 2;
inline constexpr uint32_t kDelete = 4;
inline constexpr uint32_t kAll = 7;
}  // namespace file_share

namespace file_option {
inline constexpr uint32_t kDirectory = 0x001;
inline constexpr uint32_t kWriteThrough = 0x002;
inline constexpr uint32_t kNoBuffering = 0x008;
inline constexpr uint32_t kSynchronousAlert = 0x010;
inline constexpr uint32_t kSynchronousNonAlert = 0x020;
inline constexpr uint32_t kSynchronous = kSynchronousAlert | kSynchronousNonAlert;
inline constexpr uint32_t kNonDirectory = 0x040;
inline constexpr uint32_t kDeleteOnClose = 0x1000;
inline constexpr uint32_t kValid = 0x00FFFFFF;
}  // namespace file_option

enum class Disposition : uint32_t { Supersede, Open, Create, OpenIf, Overwrite, OverwriteIf };

// FILE_DEVICE_TYPE values.
enum class DeviceType : uint32_t { Disk = 0x07, NamedPipe = 0x11, Null = 0x15, Console = 0x50 };

}  // namespace emu
