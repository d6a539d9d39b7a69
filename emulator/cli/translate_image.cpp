#include "emulator/cli/translate_image.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "emulator/kernel/files/regular_file.h"

namespace emu {

MemoryImage::MemoryImage(const std::string& path) : path_(path) {
  auto file = open_regular_file(path);
  if (!file) {
    error_ = path_ + " " + file.error();
    return;
  }
  file_ = std::move(*file);
  struct stat status {};
  if (fstat(file_.number(), &status) == 0) size_ = static_cast<uint64_t>(status.st_size);
}

bool MemoryImage::contains(mm::PageFrameNumber frame) const {
  return frame.address().value + mm::kPageSize <= size_;
}

uint32_t MemoryImage::read32(mm::PhysicalAddress at) const {
  uint32_t word = 0;
  ssize_t count = 0;
  do {
    count = pread(file_.number(), &word, sizeof word, static_cast<off_t>(at.value));
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof word)) return word;
  error_ = path_ + ": " + (count < 0 ? std::strerror(errno) : "the file has become shorter");
  return 0;
}

}  // namespace emu
