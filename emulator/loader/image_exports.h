// Finds an export in an image that was parsed: where the first thread of a process begins.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/loader/portable_executable.h"

namespace emu {

// Returns the RVA of the export called `name`; none when there is no such export or it is a forwarder.
std::optional<uint32_t> find_export(const PortableExecutable& image, std::span<const std::byte> file,
                                    std::string_view name);

}  // namespace emu
