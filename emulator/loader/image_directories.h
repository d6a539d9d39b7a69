// The tables that the guest's loader follows when it relocates and binds an image: checked here, so that a
// lying file is refused with a sentence and does not end in a fault inside the guest's ntdll.
#pragma once

#include <cstddef>
#include <span>
#include <tl/expected.hpp>

#include "emulator/loader/portable_executable.h"

namespace emu {

// Checks the tables of `image`, whose sections have been checked already. Takes time in proportion to the
// file's size.
tl::expected<void, ImageFormatError> check_directories(const PortableExecutable& image,
                                                       std::span<const std::byte> file);

}  // namespace emu
