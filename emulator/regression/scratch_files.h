// What lies in ${scratch}: put there before a run, read after it, and never through a link that leads out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/kernel/files/sandbox.h"
#include "emulator/regression/scenario.h"

namespace emu {

// Whether `path` names something below ${scratch} by its form: names with slashes between them, none of them
// "." or ".."; a slash at the end is allowed.
bool is_scratch_path(std::string_view path);

// Paths are scratch paths by their form.
class ScratchFiles {
 public:
  // Throws std::runtime_error, as the others do: the host refuses, or the path leads out of `folder`. A link
  // whose target is absolute leads out.
  explicit ScratchFiles(const std::string& folder);

  // With the folders above it. Nothing may be there yet, but a folder in the place of one.
  void put(const ScratchEntry& entry) const;

  // The content of a regular file, at most kLargestOutput bytes of it; none: there is no such file.
  std::optional<std::string> read(std::string_view path) const;

 private:
  using Names = std::vector<std::string>;

  Descriptor make_folder(const Names& names) const;

  Sandbox sandbox_;
};

}  // namespace emu
