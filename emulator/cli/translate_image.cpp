#include "emulator/cli/translate_image.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace emu {

MemoryImage::MemoryImage(const std::string& path) : path_(path) {
  file_ = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat status {};
  off_t end = -1;
  if (file_ >= 0 && fstat(file_, &status) == 0) {
    if (S_ISDIR(status.st_mode))
      errno = EISDIR;
    else
      end = lseek(file_, 0, SEEK_END);  // the size of a block device too
  }
  if (end < 0) {
    error_ = path_ + ": " + std::strerror(errno);
  } else {
    size_ = static_cast<uint64_t>(end);
  }
}

MemoryImage::~MemoryImage() {
  if (file_ >= 0) close(file_);
}

bool MemoryImage::contains(mm::PageFrameNumber frame) const {
  return frame.address().value + mm::kPageSize <= size_;
}

uint32_t MemoryImage::read32(mm::PhysicalAddress at) const {
  uint32_t word = 0;
  ssize_t count = 0;
  do {
    count = pread(file_, &word, sizeof word, static_cast<off_t>(at.value));
  } while (count < 0 && errno == EINTR);
  if (count == static_cast<ssize_t>(sizeof word)) return word;
  error_ = path_ + ": " + (count < 0 ? std::strerror(errno) : "the file has become shorter");
  return 0;
}

}  // namespace emu
