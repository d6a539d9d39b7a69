#include "emulator/loader/file_kind.h"

#include <fmt/core.h>

#include <algorithm>
#include <string_view>

#include "emulator/loader/byte_reader.h"

namespace emu {
namespace {

bool starts_with(std::span<const std::byte> file, std::string_view magic) {
  return file.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), file.begin(),
                    [](char expected, std::byte found) { return std::byte(expected) == found; });
}

}  // namespace

std::string describe_foreign_file(std::span<const std::byte> file) {
  if (file.empty()) return "is empty";
  if (starts_with(file,
                  "\x7f"
                  "ELF"))
    return "is an ELF file, not a Windows program";
  if (starts_with(file, "#!")) return "is a script, not a Windows program";
  return "is not a PE image (no MZ signature)";
}

std::string describe_old_executable(std::span<const std::byte> file, uint32_t new_header) {
  switch (read_at<uint16_t>(file, new_header).value_or(0)) {
    case 0x454E: return "is a 16-bit Windows program; Pagewalk runs 32-bit ones";
    case 0x454C:
    case 0x584C: return "is a linear executable, not a PE image";
    default: return "is not a PE image (no PE signature; an MS-DOS program, or damaged)";
  }
}

std::string describe_machine(uint16_t machine) {
  switch (machine) {
    case 0x8664: return "is a 64-bit (x86-64) image; Pagewalk runs 32-bit x86 ones";
    case 0xAA64: return "is a 64-bit (ARM64) image; Pagewalk runs 32-bit x86 ones";
    case 0x01C0:
    case 0x01C2:
    case 0x01C4: return "is an ARM image; Pagewalk runs 32-bit x86 ones";
    case 0x0200: return "is a 64-bit (Itanium) image; Pagewalk runs 32-bit x86 ones";
    default:
      return fmt::format("is for another processor (machine {:#06x}); Pagewalk runs 32-bit x86 ones",
                         machine);
  }
}

}  // namespace emu
