// What d*, u, e* and s work on: "address", "address L count", "address L-count" (the count before it),
// "address L?count" (no limit on the count), or "address last", where `last` is the last byte that belongs to
// it. Source: Microsoft, "Address and Address Range Syntax".
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/debugger/expression/expression.h"
#include "mm/base/types.h"

namespace emu::debugger {

struct AddressRange {
  enum class Extent : uint8_t { Unsaid, Count, Last };

  mm::VirtualAddress begin;
  Extent extent = Extent::Unsaid;
  uint32_t count = 0;       // of elements (bytes, dwords, instructions), when the extent is a Count
  mm::VirtualAddress last;  // when the extent is Last; not below begin

  // Returns how many elements of `element_size` bytes the range has, or `usual` when it does not say. It
  // never goes past 4 GB.
  uint64_t elements(uint32_t element_size, uint64_t usual) const;
};

// How many bytes a range may have without "L?", as in WinDbg.
inline constexpr uint64_t kLargestPlainRange = uint64_t{256} << 20;

// Reads the range in `text` from `from` on, and moves `from` behind it. `element_size` is what a count
// counts. A length without an address ("L3") is one from `usual` on, if that is given.
ExpressionResult<AddressRange> parse_range(std::string_view text, size_t& from,
                                           const ExpressionContext& context, uint32_t element_size,
                                           std::optional<mm::VirtualAddress> usual = {});

}  // namespace emu::debugger
