// The guest's RAM: one anonymous mapping of the host, zero-filled, that costs nothing until it is touched.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <tl/expected.hpp>

#include "mm/base/ports.h"
#include "mm/base/types.h"

namespace emu {

class GuestRam {
 public:
  // Else a sentence that says why the host refused.
  static tl::expected<GuestRam, std::string> map(mm::PageCount size);
  ~GuestRam();
  GuestRam(GuestRam&& other) noexcept;
  GuestRam& operator=(GuestRam&&) = delete;
  GuestRam(const GuestRam&) = delete;

  mm::PhysicalMemory memory() const { return mm::PhysicalMemory(bytes_); }

 private:
  explicit GuestRam(std::span<std::byte> bytes) : bytes_(bytes) {}

  std::span<std::byte> bytes_;
};

}  // namespace emu
