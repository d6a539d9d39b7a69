#include "emulator/kernel/files/regular_file.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace emu {
namespace {

tl::unexpected<std::string> refuse(std::string message) { return tl::unexpected(std::move(message)); }

tl::unexpected<std::string> cannot(const char* what) {
  return refuse(fmt::format("cannot be {}: {}", what, std::strerror(errno)));
}

const char* kind_of(mode_t mode) {
  if (S_ISDIR(mode)) return "folder";
  if (S_ISFIFO(mode)) return "pipe";
  return S_ISSOCK(mode) ? "socket" : "device";
}

tl::unexpected<std::string> refuse_kind(const struct stat& status) {
  return refuse(fmt::format("is a {}", kind_of(status.st_mode)));
}

// It is looked at before it is opened, since opening alone does something to a device; and behind, since
// another may be there by then.
tl::expected<Descriptor, std::string> open_if_regular(const std::string& path, int flags) {
  struct stat status {};
  if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)) return refuse_kind(status);
  Descriptor file(open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666));
  if (!file.valid()) return cannot("opened");
  if (fstat(file.number(), &status) != 0) return cannot("opened");
  if (!S_ISREG(status.st_mode)) return refuse_kind(status);
  return file;
}

std::string size_text(uint64_t bytes) {
  return bytes % (1 << 20) == 0 ? fmt::format("{} MB", bytes >> 20) : fmt::format("{} bytes", bytes);
}

}  // namespace

tl::expected<Descriptor, std::string> open_regular_file(const std::string& path) {
  return open_if_regular(path, O_RDONLY);
}

tl::expected<Descriptor, std::string> create_regular_file(const std::string& path) {
  auto file = open_if_regular(path, O_WRONLY | O_CREAT);
  if (file && ftruncate(file->number(), 0) != 0) return cannot("emptied");
  return file;
}

// It may grow meanwhile, and the files of /proc do not say how long they are.
tl::expected<std::string, std::string> read_regular_file(const std::string& path, uint64_t largest) {
  const auto file = open_regular_file(path);
  if (!file) return refuse(file.error());
  std::string text;
  std::array<char, 65536> part;
  for (;;) {
    const ssize_t count = read(file->number(), part.data(), part.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return cannot("read");
    if (count == 0) return text;
    text.append(part.data(), static_cast<size_t>(count));
    if (text.size() > largest) return refuse("is larger than " + size_text(largest));
  }
}

bool write_all(const Descriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(file.number(), bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return false;
    bytes = bytes.subspan(static_cast<size_t>(count));
  }
  return true;
}

}  // namespace emu
