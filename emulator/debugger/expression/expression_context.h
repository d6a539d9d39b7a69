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

  // Returns the value of a whole register by its lower-case name (eax ... edi, ebp, esp, eip, efl, cs ...
  // gs), or of a pseudo-register ($ra, $peb, $t0 ...); none for any other name. Parts (ax, ah), flags (zf),
  // the aliases $ip, $csp and $retreg, and the extension by the sign are the evaluator's business.
  virtual std::optional<uint64_t> read_register(std::string_view name) const = 0;

  virtual const MemoryView& memory() const = 0;

  // Returns the address that "main", "hello!main" or "hello.c:12" stands for. The error is a sentence: "there
  // is no symbol named x".
  virtual tl::expected<uint32_t, std::string> resolve_symbol(std::string_view text) const = 0;
};

}  // namespace emu::debugger
