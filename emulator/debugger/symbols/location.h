// Where a variable is at one moment: a DWARF expression evaluated on a thread's registers and memory. Source:
// DWARF 5, chapters 2.5 and 2.6.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <variant>

#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/symbols/debug_information.h"

namespace emu::debugger {

// A frame's registers by DWARF's numbers; none where unwinding lost the value.
using FrameRegisters = std::array<std::optional<uint32_t>, dwarf_register::kCount>;

struct LocationContext {
  FrameRegisters registers;
  const MemoryView* memory = nullptr;  // none: expressions that read memory fail
  std::optional<uint32_t> cfa;         // of the frame
  std::optional<uint32_t> frame_base;  // of the function
  uint32_t module_offset = 0;          // added to the addresses in expressions: load address - preferred base
};

struct InMemory {
  mm::VirtualAddress address;
  bool operator==(const InMemory&) const = default;
};
struct InRegister {
  uint32_t number = 0;  // DWARF's
  bool operator==(const InRegister&) const = default;
};
struct KnownValue {  // nowhere, but computable
  uint32_t value = 0;
  bool operator==(const KnownValue&) const = default;
};
using Place = std::variant<InMemory, InRegister, KnownValue>;

// The error is a short text: "optimized out", "ebx is not known here", ...
tl::expected<Place, std::string> evaluate_location(const LocationExpression& expression,
                                                   const LocationContext& context);

// Evaluates `expression` as the rules of call frame information use it: with `initial` on its stack; the
// answer is the number on top.
tl::expected<uint32_t, std::string> evaluate_number(const LocationExpression& expression,
                                                    const LocationContext& context,
                                                    std::optional<uint32_t> initial);

// Returns the register's name: "eax" to "eip", and "r9" and so on beyond those.
std::string register_name(uint32_t dwarf_number);

}  // namespace emu::debugger
