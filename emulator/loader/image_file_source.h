// Where images are found. The guest names a file, never a path: the known DLLs come from the system folder,
// others from the program's folder first, then from the system folder. Names do not distinguish case, as on
// Windows.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/loader/portable_executable.h"

namespace emu {

// A file's bytes, and what they say. Parsed once, kept as long as somebody maps it.
struct ImageFile {
  std::string name;  // without folders
  std::vector<std::byte> bytes;
  PortableExecutable description;
  std::string host_path;  // empty: it has none
};

// The whole of a regular file; else a sentence's end ("cannot be opened: No such file or directory").
tl::expected<std::vector<std::byte>, std::string> read_whole_file(const std::string& path);

// "hello.exe" of "build/hello.exe".
std::string file_name_of(const std::string& path);

class ImageFileSource {
 public:
  struct Failure {
    bool found = false;   // there is such a file, but it is no good
    std::string message;  // a sentence's end
  };

  ImageFileSource(std::string program_folder, std::string system_folder);

  // A DLL by the name that the guest gives. Only plain names: no separators, no drive, not hidden.
  tl::expected<std::shared_ptr<const ImageFile>, Failure> find(std::string_view name) const;

 private:
  std::optional<std::string> find_path(std::string_view name) const;

  std::string program_folder_;
  std::string system_folder_;
};

}  // namespace emu
