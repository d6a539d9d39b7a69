// OBJECT_ATTRIBUTES as a service captures them (Microsoft, OBJECT_ATTRIBUTES).
#pragma once

#include <string>

#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/objects/handle_table.h"

namespace emu {

namespace object_attribute {
inline constexpr uint32_t kInherit = 0x2;
inline constexpr uint32_t kPermanent = 0x10;
inline constexpr uint32_t kExclusive = 0x20;
inline constexpr uint32_t kCaseInsensitive = 0x40;
inline constexpr uint32_t kOpenIf = 0x80;
inline constexpr uint32_t kOpenLink = 0x100;
inline constexpr uint32_t kValid = 0x1FF2;
}  // namespace object_attribute

struct ObjectAttributes {
  uint32_t root_directory = 0;
  std::u16string name;  // empty: none
  uint32_t attributes = 0;

  HandleAttributes handle() const {
    return {.inherit = (attributes & object_attribute::kInherit) != 0 ? Inherit::Yes : Inherit::No};
  }
};

// What stands at `at`; 0 means none of it. STATUS_ACCESS_VIOLATION, STATUS_INVALID_PARAMETER for a wrong
// length or attributes that do not exist, STATUS_OBJECT_NAME_INVALID for a name of an odd length.
mm::Result<ObjectAttributes> capture_object_attributes(GuestMemory& memory, mm::VirtualAddress at);

// A UNICODE_STRING.
mm::Result<std::u16string> capture_unicode_string(GuestMemory& memory, mm::VirtualAddress at);

}  // namespace emu
