// The memory references of one decoded instruction, in the order in which they are made (Intel SDM volume 2,
// the "Operation" sections). Private to this folder.
#pragma once

#include <array>
#include <cstdint>
#include <span>

#include "emulator/cpu/decoder.h"
#include "emulator/cpu/registers.h"
#include "mm/base/types.h"

namespace emu {

struct MemoryReference {
  uint32_t address = 0;
  uint32_t size = 0;
  bool reads = false;
  bool writes = false;
  bool last_byte_first = false;  // the processor asks for the last byte before the others
};

class MemoryReferences {
 public:
  MemoryReferences(const cs_insn& instruction, const Registers& registers, mm::VirtualAddress teb);

  std::span<const MemoryReference> all() const { return std::span(list_).first(count_); }

 private:
  void string_instruction();
  void stack_before_operands();
  void operands();
  void stack_after_operands();
  void push(uint32_t times, uint32_t bytes);
  void pop(uint32_t times, uint32_t bytes);
  void enter();
  void source(uint32_t size);
  void destination(uint32_t size, bool reads, bool writes);
  void add(uint32_t address, uint32_t size, bool reads, bool writes);

  uint32_t effective_address(const cs_x86_op& operand) const;
  uint32_t segment_base(x86_reg segment) const;
  uint32_t value(x86_reg reg) const;
  uint32_t operand_bytes() const { return x86_.prefix[2] == X86_PREFIX_OPSIZE ? 2 : 4; }
  uint32_t index(uint32_t full) const { return x86_.addr_size == 2 ? full & 0xFFFF : full; }
  x86_reg override_or(x86_reg segment) const;

  const cs_insn& instruction_;
  const cs_x86& x86_;
  const Registers& registers_;
  mm::VirtualAddress teb_;
  uint32_t stack_;                          // ESP as the instruction changes it
  std::array<MemoryReference, 72> list_{};  // ENTER with 31 levels makes 63
  size_t count_ = 0;
};

}  // namespace emu
