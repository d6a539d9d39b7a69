#include "emulator/mmu/memory_references.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

namespace emu {
namespace {

struct StringInstruction {
  uint8_t size = 0;  // 0: not one
  bool reads_source = false;
  bool reads_destination = false;
  bool writes_destination = false;
};

// By opcode: Capstone shares names with SSE instructions.
StringInstruction string_kind(uint8_t opcode, uint8_t operand_bytes) {
  const uint8_t size = opcode & 1 ? operand_bytes : uint8_t{1};
  switch (opcode & 0xfe) {
    case 0xa4: return {size, true, false, true};   // movs
    case 0xa6: return {size, true, true, false};   // cmps
    case 0xaa: return {size, false, false, true};  // stos
    case 0xac: return {size, true, false, false};  // lods
    case 0xae: return {size, false, true, false};  // scas
    case 0x6c: return {size, false, false, true};  // ins
    case 0x6e: return {size, true, false, false};  // outs
    default: return {};
  }
}

// Sizes that Capstone does not give, with 32-bit operands.
uint32_t operand_size(unsigned id, uint32_t given) {
  switch (id) {
    case X86_INS_FXSAVE:
    case X86_INS_FXRSTOR: return 512;
    case X86_INS_FNSAVE:
    case X86_INS_FRSTOR: return 108;
    case X86_INS_FNSTENV:
    case X86_INS_FLDENV: return 28;
    case X86_INS_CMPXCHG8B:
    case X86_INS_BOUND: return 8;
    case X86_INS_FNSTSW: return 2;
    case X86_INS_FBLD:
    case X86_INS_FBSTP: return 10;
    default: return given != 0 ? given : 1;
  }
}

bool is_bit_test(unsigned id) {
  return id == X86_INS_BT || id == X86_INS_BTS || id == X86_INS_BTR || id == X86_INS_BTC;
}

// These were seen to ask for their last byte first (accesses.txt beside the tests).
bool is_whole_state(unsigned id) { return id == X86_INS_FXSAVE || id == X86_INS_FXRSTOR; }

// LEA and the multi-byte NOP have a memory operand and leave it alone.
bool touches_nothing(unsigned id) { return id == X86_INS_LEA || id == X86_INS_NOP; }

bool begins_with_one_of(std::string_view name, std::initializer_list<std::string_view> beginnings) {
  return std::any_of(beginnings.begin(), beginnings.end(),
                     [&](std::string_view beginning) { return name.starts_with(beginning); });
}

struct OperandAccess {
  bool reads, writes;
};

// What an instruction does with its operand `index`, which is in memory. Capstone 4 takes many that store for
// readers (most SSE moves, SETcc, FST, CMPXCHG, ROL, ...) and FRSTOR for a writer, and leaves the access of
// others unsaid.
OperandAccess access_of(const cs_insn& instruction, size_t index, uint8_t said) {
  std::string_view name = instruction.mnemonic;
  name.remove_prefix(name.rfind(' ') + 1);  // lock
  const bool first = index == 0;
  if (begins_with_one_of(name, {"test", "frstor", "fxrstor"})) return {true, false};
  if (begins_with_one_of(name, {"mov", "set", "fst", "fist", "fnst", "stmxcsr", "pextr"}))
    return {!first, first};
  if (begins_with_one_of(name, {"cmpxchg", "rol", "ror", "rcl", "rcr"})) return {true, first};
  if (said == CS_AC_INVALID) return {true, true};
  return {(said & CS_AC_READ) != 0, (said & CS_AC_WRITE) != 0};
}

}  // namespace

MemoryReferences::MemoryReferences(const cs_insn& instruction, const Registers& registers,
                                   mm::VirtualAddress teb)
    : instruction_(instruction),
      x86_(instruction.detail->x86),
      registers_(registers),
      teb_(teb),
      stack_(registers.esp) {
  const auto bytes = static_cast<uint8_t>(operand_bytes());
  if (string_kind(x86_.opcode[0], bytes).size != 0) {
    string_instruction();
    return;
  }
  if (touches_nothing(instruction.id)) return;
  stack_before_operands();
  operands();
  stack_after_operands();
}

void MemoryReferences::string_instruction() {
  const StringInstruction kind = string_kind(x86_.opcode[0], static_cast<uint8_t>(operand_bytes()));
  // CMPS was seen to read its destination operand first, and behind REP its source.
  const bool source_first = x86_.prefix[0] != 0;
  if (kind.reads_source && source_first) source(kind.size);
  if (kind.reads_destination) destination(kind.size, true, false);
  if (kind.reads_source && !source_first) source(kind.size);
  if (kind.writes_destination) destination(kind.size, false, true);
}

void MemoryReferences::source(uint32_t size) {
  add(segment_base(override_or(X86_REG_DS)) + index(registers_.esi), size, true, false);
}
void MemoryReferences::destination(uint32_t size, bool reads, bool writes) {
  add(index(registers_.edi), size, reads, writes);
}

void MemoryReferences::stack_before_operands() {
  switch (instruction_.id) {
    case X86_INS_POP:
    case X86_INS_POPF:
    case X86_INS_POPFD:
    case X86_INS_RET: return pop(1, operand_bytes());
    case X86_INS_RETF: return pop(2, operand_bytes());
    case X86_INS_IRET:
    case X86_INS_IRETD: return pop(3, operand_bytes());
    case X86_INS_POPAW: return pop(8, 2);
    case X86_INS_POPAL: return pop(8, 4);
    case X86_INS_LEAVE: stack_ = registers_.ebp; return pop(1, operand_bytes());
    case X86_INS_ENTER: return enter();
    case X86_INS_XLATB:
      return add(segment_base(override_or(X86_REG_DS)) + index(registers_.ebx + (registers_.eax & 0xff)), 1,
                 true, false);
    case X86_INS_MASKMOVQ:
      return add(segment_base(override_or(X86_REG_DS)) + index(registers_.edi), 8, true, true);
    case X86_INS_MASKMOVDQU:
      return add(segment_base(override_or(X86_REG_DS)) + index(registers_.edi), 16, true, true);
    default: return;
  }
}

void MemoryReferences::stack_after_operands() {
  switch (instruction_.id) {
    case X86_INS_PUSH:
    case X86_INS_PUSHF:
    case X86_INS_PUSHFD:
    case X86_INS_CALL: return push(1, operand_bytes());
    case X86_INS_LCALL: return push(2, operand_bytes());
    case X86_INS_PUSHAW: return push(8, 2);
    case X86_INS_PUSHAL: return push(8, 4);
    default: return;
  }
}

void MemoryReferences::operands() {
  switch (instruction_.id) {  // their operands name what stack_before_operands() has added
    case X86_INS_XLATB:
    case X86_INS_MASKMOVQ:
    case X86_INS_MASKMOVDQU: return;
    default: break;
  }
  for (size_t i = 0; i < x86_.op_count; ++i) {
    const cs_x86_op& operand = x86_.operands[i];
    if (operand.type != X86_OP_MEM) continue;
    const OperandAccess access = access_of(instruction_, i, operand.access);
    add(effective_address(operand), operand_size(instruction_.id, operand.size), access.reads, access.writes);
    if (is_whole_state(instruction_.id)) list_[count_ - 1].last_byte_first = true;
  }
}

void MemoryReferences::push(uint32_t times, uint32_t bytes) {
  for (uint32_t i = 0; i < times; ++i) add(stack_ -= bytes, bytes, false, true);
}

void MemoryReferences::pop(uint32_t times, uint32_t bytes) {
  for (uint32_t i = 0; i < times; ++i, stack_ += bytes) add(stack_, bytes, true, false);
}

void MemoryReferences::enter() {
  const uint32_t bytes = operand_bytes();
  const uint32_t level = static_cast<uint32_t>(x86_.operands[1].imm) & 31;
  push(1, bytes);
  for (uint32_t i = 1; i < level; ++i) {
    add(registers_.ebp - i * bytes, bytes, true, false);
    push(1, bytes);
  }
  if (level != 0) push(1, bytes);
  // A write with the final ESP must not fault (Intel SDM volume 2A, "ENTER").
  add(stack_ - static_cast<uint32_t>(x86_.operands[0].imm), bytes, true, true);
}

void MemoryReferences::add(uint32_t address, uint32_t size, bool reads, bool writes) {
  if (count_ < list_.size()) list_[count_++] = {address, size, reads, writes};
}

uint32_t MemoryReferences::effective_address(const cs_x86_op& operand) const {
  const x86_op_mem& mem = operand.mem;
  uint32_t offset =
      value(mem.base) + value(mem.index) * static_cast<uint32_t>(mem.scale) + static_cast<uint32_t>(mem.disp);
  if (is_bit_test(instruction_.id) && x86_.operands[1].type == X86_OP_REG) {
    const auto bit = static_cast<int32_t>(value(x86_.operands[1].reg));
    offset +=
        static_cast<uint32_t>(operand.size == 2 ? (static_cast<int16_t>(bit) >> 4) * 2 : (bit >> 5) * 4);
  }
  return segment_base(mem.segment) + index(offset);
}

x86_reg MemoryReferences::override_or(x86_reg segment) const {
  switch (x86_.prefix[1]) {
    case X86_PREFIX_FS: return X86_REG_FS;
    case X86_PREFIX_GS: return X86_REG_GS;
    default: return segment;
  }
}

// Every segment but the TEB's is flat.
uint32_t MemoryReferences::segment_base(x86_reg segment) const {
  uint16_t loaded = 0;
  if (segment == X86_REG_FS) loaded = registers_.fs;
  if (segment == X86_REG_GS) loaded = registers_.gs;
  return loaded == selector::kTeb ? teb_.value : 0;
}

uint32_t MemoryReferences::value(x86_reg reg) const {
  switch (reg) {
    case X86_REG_EAX: return registers_.eax;
    case X86_REG_ECX: return registers_.ecx;
    case X86_REG_EDX: return registers_.edx;
    case X86_REG_EBX: return registers_.ebx;
    case X86_REG_ESP: return instruction_.id == X86_INS_POP ? stack_ : registers_.esp;
    case X86_REG_EBP: return registers_.ebp;
    case X86_REG_ESI: return registers_.esi;
    case X86_REG_EDI: return registers_.edi;
    case X86_REG_AX: return registers_.eax & 0xFFFF;
    case X86_REG_CX: return registers_.ecx & 0xFFFF;
    case X86_REG_DX: return registers_.edx & 0xFFFF;
    case X86_REG_BX: return registers_.ebx & 0xFFFF;
    case X86_REG_SP: return registers_.esp & 0xFFFF;
    case X86_REG_BP: return registers_.ebp & 0xFFFF;
    case X86_REG_SI: return registers_.esi & 0xFFFF;
    case X86_REG_DI: return registers_.edi & 0xFFFF;
    default: return 0;
  }
}

}  // namespace emu
