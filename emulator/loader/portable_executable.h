// A PE32 image, described after its headers were checked. Whatever a function here returns is safe to act on:
// sections lie in order inside the image and their bytes inside the file, and the tables that the guest's
// loader follows (imports, exports, relocations, TLS) lie inside the image. Source: Microsoft, "PE Format".
// Where Windows is stricter than that page (sections adjoin, alignment is a page at least), so is this.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/loader/image_headers.h"

namespace emu {

struct ImageFormatError {
  std::string message;  // a sentence's end: "is a 64-bit image", "has ..."
};

struct ImageSection {
  std::string name;
  uint32_t address = 0;      // RVA, a multiple of the page size
  uint32_t size = 0;         // bytes in the image, whole pages
  uint32_t file_offset = 0;  // where its first bytes lie in the file
  uint32_t file_size = 0;    // bytes from the file, <= size; the rest are zeros
  uint32_t protect = 0;      // PAGE_ constant
};

struct PortableExecutable {
  uint32_t preferred_base = 0;  // a multiple of 64 KB
  uint32_t size = 0;            // of the whole image, whole pages
  uint32_t header_size = 0;     // bytes of headers, mapped at RVA 0
  uint32_t entry_point = 0;     // RVA, 0: none
  uint32_t stack_reserve = 0, stack_commit = 0;
  uint32_t heap_reserve = 0, heap_commit = 0;
  uint16_t subsystem = 0, subsystem_major = 0, subsystem_minor = 0;
  uint16_t characteristics = 0, dll_characteristics = 0;
  std::array<pe::DataDirectory, pe::kDirectoryCount> directories{};
  std::vector<ImageSection> sections;

  bool dll() const { return (characteristics & pe::kFileDll) != 0; }
  bool relocatable() const { return (characteristics & pe::kFileRelocationsStripped) == 0; }
  // Tells whether address randomization may move the image.
  bool moves() const { return relocatable() && (dll_characteristics & pe::kDllDynamicBase) != 0; }
  pe::DataDirectory directory(pe::Directory which) const { return directories[static_cast<uint32_t>(which)]; }
};

// Parses the file's headers. The same bytes always give the same answer, and no bytes do any harm.
tl::expected<PortableExecutable, ImageFormatError> parse_portable_executable(std::span<const std::byte> file);

}  // namespace emu
