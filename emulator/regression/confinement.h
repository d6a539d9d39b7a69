// Which of the host's files a scenario may name. A scenario may come from anywhere: unless it is trusted,
// what it has read or written lies in its own folder's tree or in ${scratch}, wherever links lead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace emu {

enum class Trust : uint8_t { Confined, Trusted };

// Where `path`, which is relative to `folder` when it is not absolute, lies once all links are followed; the
// last name need not exist. Throws std::runtime_error, which says "WHAT: why", when it leads nowhere, or, of
// who is confined, out of all of `allowed`.
std::filesystem::path confined(const std::string& what, const std::filesystem::path& path,
                               const std::filesystem::path& folder,
                               const std::vector<std::filesystem::path>& allowed, Trust trust);

}  // namespace emu
