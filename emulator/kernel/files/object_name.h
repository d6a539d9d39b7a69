// The names that files and devices have in the object namespace, taken apart. What a program writes (C:\a,
// \\.\NUL, \\?\C:\a) is made into such a name by the guest's ntdll (Microsoft, "Introduction to MS-DOS Device
// Names").
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mm/base/result.h"

namespace emu {

struct ObjectName {
  enum class Device : uint8_t {
    Volume,         // the drive C:, which is also \\?\Volume{50475657-0000-0000-0000-100000000000}
    Null,           // NUL
    ConsoleInput,   // CONIN$
    ConsoleOutput,  // CONOUT$
    Console,        // CON: input or output, by the access that is asked for
  };
  enum class Ending : uint8_t { Name, Separator };  // "\" at the end: only a directory will do

  Device device = Device::Volume;
  // On a volume: from its root down; each a valid name. The volume itself, without a path, is `raw`.
  std::vector<std::u16string> path;
  Ending ending = Ending::Name;
  bool raw = false;
};

// Takes apart \??\C:\dir\file, \DosDevices\..., \GLOBAL??\..., \Device\HarddiskVolume1\..., \Device\Null.
// STATUS_OBJECT_PATH_SYNTAX_BAD without a backslash in front, STATUS_OBJECT_NAME_INVALID for a name that no
// file can have ("..", a stream), STATUS_OBJECT_NAME_NOT_FOUND for a device that is not there,
// STATUS_OBJECT_PATH_NOT_FOUND for a path on such a device.
mm::Result<ObjectName> parse_object_name(std::u16string_view name);

// Takes apart a path below an open directory, which is like the part behind "C:\"; an empty one names the
// directory itself.
mm::Result<ObjectName> parse_relative_name(std::u16string_view name);

}  // namespace emu
