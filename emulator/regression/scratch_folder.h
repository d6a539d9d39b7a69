// A folder of its own that is gone, with all it holds, when its owner is.
#pragma once

#include <filesystem>

namespace emu {

class ScratchFolder {
 public:
  // Makes the folder. Throws std::filesystem::filesystem_error when `parent` cannot hold it.
  explicit ScratchFolder(const std::filesystem::path& parent = std::filesystem::temp_directory_path());
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace emu
