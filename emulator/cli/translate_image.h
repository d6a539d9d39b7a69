// A raw memory image in a file: the byte at physical address A is byte A of the file.
#pragma once

#include <cstdint>
#include <string>

#include "emulator/kernel/files/descriptor.h"
#include "mm/base/types.h"

namespace emu {

// Read word by word, never as a whole: a sparse image of 4 GB costs nothing. Serves x86::walk as memory.
class MemoryImage {
 public:
  // Opens the file. When that fails, error() says why and the image is empty.
  explicit MemoryImage(const std::string& path);

  // Is empty as long as everything that was asked for could be read.
  const std::string& error() const { return error_; }
  uint64_t size() const { return size_; }

  bool contains(mm::PageFrameNumber frame) const;
  // Returns zero when the word cannot be read; error() then says why.
  uint32_t read32(mm::PhysicalAddress at) const;

 private:
  std::string path_;
  Descriptor file_;
  uint64_t size_ = 0;
  mutable std::string error_;
};

}  // namespace emu
