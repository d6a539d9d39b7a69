// Where images are found. The guest names a file, never a path: the known DLLs come from the system folder,
// others from the program's folders first, then from the system folder. Names do not distinguish case, as on
// Windows. Folders are looked into through HostFiles, as everything that a guest can name: a link that leads
// out of them is refused, whatever lies there.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/kernel/files/file_place.h"
#include "emulator/loader/image_reader.h"
#include "emulator/loader/portable_executable.h"

namespace emu {

// A file's bytes, and what they say. Parsed once, kept as long as somebody maps it.
struct ImageFile {
  std::string name;  // without folders
  std::vector<std::byte> bytes;
  PortableExecutable description;
  std::string host_path;  // empty: it has none
};

// "hello.exe" of "build/hello.exe".
std::string file_name_of(const std::string& path);

// An image's file, read and parsed; what is wrong with it.
tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> load_image(const FilePlace& place);

// What is said where a way to a file ends with STATUS_ACCESS_DENIED.
ImageFileProblem refused_link();

class ImageFileSource {
 public:
  // `program_folders` in the order in which they are searched.
  ImageFileSource(std::vector<FilePlace> program_folders, FilePlace system_folder);

  // A DLL by the name that the guest gives. Only plain names: no separators, no drive, not hidden.
  // STATUS_DLL_NOT_FOUND; STATUS_INVALID_IMAGE_FORMAT and what read_image() says of the first file of that
  // name.
  tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> find(std::string_view name) const;

  const std::vector<FilePlace>& program_folders() const { return program_folders_; }

 private:
  std::vector<FilePlace> program_folders_;
  FilePlace system_folder_;
};

}  // namespace emu
