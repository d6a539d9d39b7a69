// What a file that is not a PE32 image seems to be, for the message that refuses it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace emu {

// Describes a file without a DOS header: "is an ELF file, not a Windows program".
std::string describe_foreign_file(std::span<const std::byte> file);

// Describes a file with a DOS header but no PE signature behind it.
std::string describe_old_executable(std::span<const std::byte> file, uint32_t new_header);

// Describes a PE file for another processor: "is a 64-bit (x86-64) image; ...".
std::string describe_machine(uint16_t machine);

}  // namespace emu
