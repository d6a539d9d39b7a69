// An image that the loader put into a process.
#pragma once

#include <cstdint>
#include <string>

#include "mm/base/types.h"

namespace emu {

struct LoadedImage {
  mm::VirtualAddress base;
  uint32_t size = 0;
  std::string name;
  std::string host_path{};  // where its file lies on the host; empty: nowhere
};

}  // namespace emu
