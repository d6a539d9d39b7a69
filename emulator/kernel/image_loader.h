// The kernel's port to the image loader: what PwMapImage asks for.
#pragma once

#include <string_view>

#include "emulator/kernel/guest_memory.h"
#include "emulator/kernel/process.h"
#include "mm/base/result.h"

namespace emu {

struct MappedImage {
  mm::VirtualAddress base;
  bool at_preferred_base = true;  // else the guest's loader must relocate it
};

class ImageLoader {
 public:
  virtual ~ImageLoader() = default;

  // Maps the DLL called `name` into `process`. STATUS_DLL_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT, or why
  // there is no memory for it; then process.load_problem says it in words.
  // STATUS_SUCCESS also when it must be relocated; process.images names it from then on.
  virtual mm::Result<MappedImage> map_dll(Process& process, GuestMemory& memory, std::string_view name) = 0;
};

}  // namespace emu
