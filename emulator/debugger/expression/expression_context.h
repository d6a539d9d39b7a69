// What expressions look at: the state of a stopped thread and its process.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "emulator/debugger/memory/memory_view.h"
#include "mm/base/types.h"

namespace emu::debugger {

class ExpressionContext {
 public:
  virtual ~ExpressionContext() = default;

  // Whole registers by their lower-case names (eax ... edi, ebp, esp, eip, efl, cs ... gs), as they are, and
  // pseudo-registers ($ra, $peb, $t0 ...). None for any other name. The evaluator makes parts (ax, ah), flags
  // (zf) and the aliases $ip, $csp and $retreg itself, and extends registers by their sign.
  virtual std::optional<uint64_t> read_register(std::string_view name) const = 0;

  virtual const MemoryView& memory() const = 0;

  // "main", "hello!main", "hello.c:12". The error is a sentence: "there is no symbol named x".
  virtual tl::expected<uint32_t, std::string> resolve_symbol(std::string_view text) const = 0;
};

}  // namespace emu::debugger
