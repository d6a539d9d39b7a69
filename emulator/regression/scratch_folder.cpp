#include "emulator/regression/scratch_folder.h"

#include <cerrno>
#include <cstdlib>
#include <string>
#include <system_error>

namespace emu {

namespace fs = std::filesystem;

ScratchFolder::ScratchFolder(const fs::path& parent) {
  std::string path = (fs::absolute(parent) / "pagewalk-XXXXXX").string();
  if (mkdtemp(path.data()) == nullptr) {
    throw fs::filesystem_error("cannot make a folder", path, std::error_code(errno, std::generic_category()));
  }
  path_ = path;
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace emu
