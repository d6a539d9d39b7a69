// Capstone, opened for 32-bit x86: the one place that calls it. The decoder opens it for the first
// instruction (opening costs a start), and decodes into the same storage again and again. Private to
// what decodes instructions: instruction_scan here, the MMU's operands, the debugger's disassembler.
#pragma once

#include <capstone/capstone.h>

#include <cstddef>
#include <cstdint>
#include <span>

#include "mm/base/types.h"

namespace emu {

class Decoder {
 public:
  enum class Syntax : uint8_t { Intel, Masm };  // of the instruction's text

  explicit Decoder(Syntax syntax = Syntax::Intel) : syntax_(syntax) {}
  ~Decoder();
  Decoder(const Decoder&) = delete;
  Decoder& operator=(const Decoder&) = delete;

  // The instruction, with its details, that `code` begins with, as if it lay at `address`; null when it is
  // none or goes on beyond. It is valid until the next call.
  const cs_insn* decode(std::span<const std::byte> code, mm::VirtualAddress address = {});

  // --- About the instruction that was decoded last.
  bool in_group(cs_group_type group) const { return cs_insn_group(handle_, instruction_, group); }
  // LOOP, LOOPE or LOOPNE, which Capstone 4 has in no group.
  bool loops() const;
  // Lower case; empty when there is no such register.
  const char* register_name(x86_reg reg) const;
  // True also when Capstone does not know.
  bool writes(x86_reg reg) const;

 private:
  void open();

  csh handle_ = 0;  // 0: not opened yet
  cs_insn* instruction_ = nullptr;
  Syntax syntax_;
};

}  // namespace emu
