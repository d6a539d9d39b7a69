// Which of the host's files a scenario may name. A scenario may come from anywhere: unless it is trusted,
// what it has read or written lies in its own folder's tree or in ${scratch}, wherever links lead.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace emu {

enum class Trust : uint8_t { Confined, Trusted };

// Follows all links of `path`, which is relative to `folder` when it is not absolute, and returns where it
// leads; the last name need not exist. Throws std::runtime_error, which says "WHAT: why", when the path leads
// nowhere, or when it leads out of all of `allowed` and the scenario is confined.
std::filesystem::path confined(const std::string& what, const std::filesystem::path& path,
                               const std::filesystem::path& folder,
                               const std::vector<std::filesystem::path>& allowed, Trust trust);

}  // namespace emu
