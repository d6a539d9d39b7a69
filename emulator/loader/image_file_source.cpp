#include "emulator/loader/image_file_source.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace emu {
namespace {

// An image lies below 2 GB of address space; what is larger cannot be one.
constexpr off_t kLargestFile = off_t{1} << 31;

class Descriptor {
 public:
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() {
    if (number_ >= 0) close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  int number() const { return number_; }

 private:
  int number_;
};

tl::unexpected<std::string> refuse(std::string message) { return tl::unexpected(std::move(message)); }

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

// The entry of `folder` that equals `name` but for case; of several, the exact one, else the first in order.
std::optional<std::string> find_in_folder(const std::string& folder, const std::string& name) {
  const std::string exact = folder + "/" + name;
  if (access(exact.c_str(), F_OK) == 0) return exact;
  DIR* directory = opendir(folder.c_str());
  if (directory == nullptr) return std::nullopt;
  std::optional<std::string> best;
  while (const dirent* entry = readdir(directory))
    if (strcasecmp(entry->d_name, name.c_str()) == 0 && (!best || entry->d_name < *best))
      best = entry->d_name;
  closedir(directory);
  if (best) best = folder + "/" + *best;
  return best;
}

}  // namespace

tl::expected<std::vector<std::byte>, std::string> read_whole_file(const std::string& path) {
  // Not to hang on a pipe that nobody writes to.
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.number() < 0) return refuse(fmt::format("cannot be opened: {}", std::strerror(errno)));
  struct stat status {};
  if (fstat(file.number(), &status) != 0)
    return refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
  if (!S_ISREG(status.st_mode)) return refuse("is not a regular file");
  if (status.st_size >= kLargestFile) return refuse("is larger than 2 GB");
  std::vector<std::byte> bytes(static_cast<size_t>(status.st_size));
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t count = read(file.number(), bytes.data() + done, bytes.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return refuse(fmt::format("cannot be read: {}", std::strerror(errno)));
    if (count == 0) break;  // it shrank meanwhile
    done += static_cast<size_t>(count);
  }
  bytes.resize(done);
  return bytes;
}

std::string file_name_of(const std::string& path) { return path.substr(path.find_last_of('/') + 1); }

ImageFileSource::ImageFileSource(std::string program_folder, std::string system_folder)
    : program_folder_(std::move(program_folder)), system_folder_(std::move(system_folder)) {}

std::optional<std::string> ImageFileSource::find_path(std::string_view view) const {
  const std::string name(view);
  if (!known_dll(name))
    if (auto path = find_in_folder(program_folder_, name)) return path;
  return find_in_folder(system_folder_, name);
}

tl::expected<std::shared_ptr<const ImageFile>, ImageFileSource::Failure> ImageFileSource::find(
    std::string_view name) const {
  if (!plain_name(name)) return tl::unexpected(Failure{false, "is not a file name"});
  const auto path = find_path(name);
  if (!path) return tl::unexpected(Failure{false, "was not found"});
  auto bytes = read_whole_file(*path);
  if (!bytes) return tl::unexpected(Failure{true, bytes.error()});
  auto description = parse_portable_executable(*bytes);
  if (!description) return tl::unexpected(Failure{true, description.error().message});
  return std::make_shared<const ImageFile>(
      ImageFile{file_name_of(*path), std::move(*bytes), std::move(*description), *path});
}

}  // namespace emu
