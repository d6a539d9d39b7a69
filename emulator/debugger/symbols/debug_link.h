// Debugging data in a file of its own beside the image, which the image names in its section .gnu_debuglink:
// so the guest has nothing of it in its memory. Nothing in either file is trusted. Source: GDB's manual,
// "Debugging Information in Separate Files".
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/debugger/symbols/coff_file.h"

namespace emu::debugger {

struct DebugLink {
  std::string file_name;  // without folders
  uint32_t checksum = 0;  // the file's CRC-32
};

// Returns what the image says of its companion; none when it names no such file.
std::optional<DebugLink> debug_link(const CoffFile& image);

// Reads all of a file of the host, an image or a companion of one. The error is the end of a sentence.
tl::expected<std::vector<std::byte>, std::string> read_debugged_file(const std::filesystem::path& path);

// Reads the file beside `image`, or in .debug there. Since the image chooses the name and not the user, links
// are followed only as far as they stay in the image's folder, as for DLLs. The error is the end of a
// sentence: "its debug data in x.debug is not this build's".
tl::expected<std::vector<std::byte>, std::string> read_linked_file(const DebugLink& link,
                                                                   const std::filesystem::path& image);

// Returns the sections of both files together; the companion has only headers of those that the image keeps.
std::vector<CoffSection> sections_of_both(const CoffFile& image, const CoffFile& companion);

}  // namespace emu::debugger
