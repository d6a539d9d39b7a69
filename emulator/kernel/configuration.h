// How a machine is made: the board and the kernel on it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "emulator/board/board.h"
#include "emulator/kernel/verification.h"
#include "mm/base/device_kind.h"
#include "mm/base/types.h"

namespace emu {

struct KernelConfiguration {
  mm::PageCount pagefile_size{0};     // 0: none
  mm::PageCount pagefile_maximum{0};  // it grows up to here
  std::string pagefile_folder = "/tmp";
  mm::DeviceKind pagefile_device = mm::DeviceKind::None;
  Verification verification = Verification::Off;
  std::optional<uint64_t> max_instructions;
  uint32_t max_processes = 256;       // that run at one time
  std::optional<uint64_t> aslr_seed;  // none: everything is where it always is
};

struct MachineConfiguration : BoardConfiguration, KernelConfiguration {};

}  // namespace emu
