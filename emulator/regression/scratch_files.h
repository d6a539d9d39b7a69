// What lies in ${scratch}: put there before a run, read after it, and never through a link that leads out.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/kernel/files/sandbox.h"
#include "emulator/regression/scenario.h"

namespace emu {

// Tells whether `path` has the form of a path below ${scratch}: names with slashes between them, none of them
// "." or ".."; a slash at the end is allowed.
bool is_scratch_path(std::string_view path);

// Reads and writes below ${scratch}. All paths that it gets have the form of scratch paths.
class ScratchFiles {
 public:
  // Opens `folder`. This and the other functions throw std::runtime_error when the host refuses or a path
  // leads out of `folder`; a link whose target is absolute does.
  explicit ScratchFiles(const std::string& folder);

  // Makes the entry and the folders above it. Nothing may be there yet, except a folder where the entry is
  // one.
  void put(const ScratchEntry& entry) const;

  // Returns the content of a regular file, at most kLargestOutput bytes of it; none when there is no such
  // file.
  std::optional<std::string> read(std::string_view path) const;

 private:
  using Names = std::vector<std::string>;

  Descriptor make_folder(const Names& names) const;

  Sandbox sandbox_;
};

}  // namespace emu
