#include "emulator/loader/image_file_source.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/kernel/files/lookup.h"
#include "emulator/loader/utf16.h"

namespace emu {
namespace {

using mm::NtStatus;
using Found = tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem>;

tl::unexpected<ImageFileProblem> refuse(NtStatus status, std::string message) {
  return tl::unexpected(ImageFileProblem{status, std::move(message)});
}

// What the guest may name.
bool plain_name(std::string_view name) {
  return !name.empty() && name.size() <= 255 && name.front() != '.' &&
         name.find_first_of(std::string_view("/\\:\0", 4)) == std::string_view::npos;
}

bool known_dll(const std::string& name) {  // always the system's, whatever lies beside the program
  static constexpr std::array kNames{"ntdll.dll", "kernel32.dll", "msvcrt.dll"};
  return std::any_of(kNames.begin(), kNames.end(),
                     [&](const char* known) { return !strcasecmp(known, name.c_str()); });
}

// Null when there is nothing of that name.
Found find_in(const FilePlace& folder, const std::string& name) {
  if (folder.files == nullptr) return nullptr;
  const auto location = locate_below(*folder.files, folder.path, {to_utf16(name)});
  if (location && location->entry) return load_image({folder.files, location->path});
  if (location || location.error() != NtStatus::AccessDenied) return nullptr;
  return tl::unexpected(refused_link());
}

}  // namespace

Found load_image(const FilePlace& place) {
  auto bytes = read_image(place);
  if (!bytes) return tl::unexpected(bytes.error());
  auto description = parse_portable_executable(*bytes);
  if (!description) return refuse(NtStatus::InvalidImageFormat, description.error().message);
  return std::make_shared<const ImageFile>(ImageFile{
      place.path.back(), std::move(*bytes), std::move(*description), place.files->host_path(place.path)});
}

ImageFileProblem refused_link() {
  return {NtStatus::AccessDenied, "is not a regular file, or a link out of its folder"};
}

std::string file_name_of(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

ImageFileSource::ImageFileSource(std::vector<FilePlace> program_folders, FilePlace system_folder)
    : program_folders_(std::move(program_folders)), system_folder_(std::move(system_folder)) {}

Found ImageFileSource::find(std::string_view view) const {
  if (!plain_name(view)) return refuse(NtStatus::DllNotFound, "is not a file name");
  const std::string name(view);
  if (!known_dll(name))
    for (const FilePlace& folder : program_folders_)
      if (auto found = find_in(folder, name); !found || *found != nullptr) return found;
  if (auto found = find_in(system_folder_, name); !found || *found != nullptr) return found;
  return refuse(NtStatus::DllNotFound, "was not found");
}

}  // namespace emu
