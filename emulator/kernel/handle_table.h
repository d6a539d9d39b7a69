// One process's handles: multiples of 4, the lowest free one first, as on Windows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "emulator/kernel/object.h"
#include "mm/base/result.h"

namespace emu {

struct Handle {
  uint32_t value = 0;

  constexpr bool operator==(const Handle&) const = default;
};

// Pseudo-handles that need no table (Microsoft, GetCurrentProcess and GetCurrentThread).
inline constexpr Handle kCurrentProcess{0xFFFFFFFF};
inline constexpr Handle kCurrentThread{0xFFFFFFFE};

class HandleTable {
 public:
  // STATUS_INSUFFICIENT_RESOURCES when the table is full.
  mm::Result<Handle> open(std::shared_ptr<KernelObject> object);
  mm::NtStatus close(Handle handle);  // STATUS_INVALID_HANDLE
  void close_all() {
    objects_.clear();
    count_ = 0;
  }
  KernelObject* find(Handle handle) const;
  size_t count() const { return count_; }

 private:
  static constexpr size_t kMaximum = size_t{1} << 24;  // as Windows

  std::vector<std::shared_ptr<KernelObject>> objects_;  // handle 4 first
  size_t count_ = 0;
};

}  // namespace emu
