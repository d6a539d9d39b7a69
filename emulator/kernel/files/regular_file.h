// The host's regular files, by the names that a user gives. Nothing else is opened: a pipe may keep its
// opener waiting for ever, a device may never end, or do something when it is opened.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "emulator/kernel/files/descriptor.h"

namespace emu {

// Failures are a sentence's end: "is a folder", "cannot be opened: No such file or directory".

// Reads the whole file, unless it has more than `largest` bytes.
tl::expected<std::string, std::string> read_regular_file(const std::string& path, uint64_t largest);

tl::expected<Descriptor, std::string> open_regular_file(const std::string& path);  // to be read

// Opens a file to be written: makes it, or empties it when it is there.
tl::expected<Descriptor, std::string> create_regular_file(const std::string& path);

// Writes all of `bytes`. When it returns false, errno says why.
bool write_all(const Descriptor& file, std::span<const std::byte> bytes);

}  // namespace emu
