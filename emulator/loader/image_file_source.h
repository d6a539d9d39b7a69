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

// An image's file: its bytes, and what they say. It is parsed once and kept as long as somebody maps it.
struct ImageFile {
  std::string name;  // without folders
  std::vector<std::byte> bytes;
  PortableExecutable description;
  std::string host_path;  // empty: it has none
};

// Returns "hello.exe" for "build/hello.exe".
std::string file_name_of(const std::string& path);

// Reads and parses an image's file. A failure says what is wrong with it.
tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> load_image(const FilePlace& place);

// Returns what is said when the path to a file ends with STATUS_ACCESS_DENIED.
ImageFileProblem refused_link();

class ImageFileSource {
 public:
  // `program_folders` in the order in which they are searched.
  ImageFileSource(std::vector<FilePlace> program_folders, FilePlace system_folder);

  // Finds a DLL by the name that the guest gives, which must be a plain one: without separators and drive,
  // and not hidden. Fails with STATUS_DLL_NOT_FOUND, or with what is wrong with the first file of that name:
  // STATUS_INVALID_IMAGE_FORMAT and what read_image() says.
  tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> find(std::string_view name) const;

  const std::vector<FilePlace>& program_folders() const { return program_folders_; }

 private:
  std::vector<FilePlace> program_folders_;
  FilePlace system_folder_;
};

}  // namespace emu
