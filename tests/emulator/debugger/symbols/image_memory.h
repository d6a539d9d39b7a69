// An image file as memory, as if loaded at its preferred base and not yet run.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "emulator/debugger/memory/memory_view.h"
#include "emulator/loader/image_bytes.h"

namespace emu::debugger::test {

class ImageMemory final : public MemoryView {
 public:
  ImageMemory(std::vector<std::byte> file, PortableExecutable image)
      : file_(std::move(file)), image_(std::move(image)) {}

  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    const ImageBytes bytes(image_, file_);
    for (size_t i = 0; i < to.size(); ++i) {
      const auto byte = bytes.read<std::byte>(uint64_t{from.value} + i - image_.preferred_base);
      if (!byte) return i;
      to[i] = *byte;
    }
    return to.size();
  }

 private:
  std::vector<std::byte> file_;
  PortableExecutable image_;
};

}  // namespace emu::debugger::test
