// The memory of the process that the debugger looks at. Reads leave no trace in the guest (no fault, no
// Accessed bit).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "mm/base/types.h"

namespace emu::debugger {

class MemoryView {
 public:
  virtual ~MemoryView() = default;

  // Reads from `from` on into `to`, and returns how many bytes could be read: all of them, or fewer when
  // memory ends before.
  virtual size_t read(mm::VirtualAddress from, std::span<std::byte> to) const = 0;

  template <class T>
  std::optional<T> load(mm::VirtualAddress from) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value{};
    if (read(from, std::as_writable_bytes(std::span(&value, 1))) != sizeof value) return std::nullopt;
    return value;
  }
};

}  // namespace emu::debugger
