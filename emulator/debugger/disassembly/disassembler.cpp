#include "emulator/debugger/disassembly/disassembler.h"

#include <algorithm>
#include <string_view>

#include "emulator/cpu/decoder.h"

namespace emu::debugger {
namespace {

Flow flow_of(const Decoder& decoder, const cs_insn& instruction) {
  if (decoder.in_group(CS_GRP_CALL)) return Flow::Call;
  if (decoder.in_group(CS_GRP_RET) || decoder.in_group(CS_GRP_IRET)) return Flow::Return;
  if (decoder.in_group(CS_GRP_INT)) return Flow::Interrupt;
  if (instruction.id == X86_INS_JMP || instruction.id == X86_INS_LJMP) return Flow::Jump;
  return decoder.loops() || decoder.in_group(CS_GRP_JUMP) ? Flow::Branch : Flow::Next;
}

std::span<const cs_x86_op> operands_of(const cs_insn& instruction) {
  return {instruction.detail->x86.operands, instruction.detail->x86.op_count};
}

std::optional<mm::VirtualAddress> target_of(const cs_insn& instruction, Flow flow) {
  const auto operands = operands_of(instruction);
  const bool transfers = flow == Flow::Call || flow == Flow::Jump || flow == Flow::Branch;
  if (!transfers || operands.size() != 1 || operands[0].type != X86_OP_IMM) return std::nullopt;
  return mm::VirtualAddress{static_cast<uint32_t>(operands[0].imm)};
}

std::optional<mm::VirtualAddress> plain_operand(const cs_insn& instruction) {
  for (const cs_x86_op& operand : operands_of(instruction)) {
    const bool plain = operand.type == X86_OP_MEM && operand.mem.base == X86_REG_INVALID &&
                       operand.mem.index == X86_REG_INVALID && operand.mem.segment == X86_REG_INVALID;
    if (plain) return mm::VirtualAddress{static_cast<uint32_t>(operand.mem.disp)};
  }
  return std::nullopt;
}

// LEA and NOP only name memory.
std::optional<MemoryOperand> memory_of(const Decoder& decoder, const cs_insn& instruction) {
  if (instruction.id == X86_INS_LEA || instruction.id == X86_INS_NOP) return std::nullopt;
  for (const cs_x86_op& operand : operands_of(instruction)) {
    if (operand.type != X86_OP_MEM) continue;
    const bool on_stack = operand.mem.base == X86_REG_EBP || operand.mem.base == X86_REG_ESP;
    MemoryOperand memory{decoder.register_name(operand.mem.segment), decoder.register_name(operand.mem.base),
                         decoder.register_name(operand.mem.index),   static_cast<uint32_t>(operand.mem.scale),
                         static_cast<uint32_t>(operand.mem.disp),    operand.size};
    if (memory.segment.empty()) memory.segment = on_stack ? "ss" : "ds";
    return memory;
  }
  return std::nullopt;
}

bool is_esp(const cs_x86_op& operand) { return operand.type == X86_OP_REG && operand.reg == X86_REG_ESP; }

std::optional<int32_t> stack_change_of(const Decoder& decoder, const cs_insn& instruction) {
  const auto operands = operands_of(instruction);
  const auto by_constant = [&](int32_t sign) -> std::optional<int32_t> {
    if (operands.size() != 2 || !is_esp(operands[0]) || operands[1].type != X86_OP_IMM) return std::nullopt;
    return sign * static_cast<int32_t>(operands[1].imm);
  };
  switch (instruction.id) {
    case X86_INS_PUSH: return -static_cast<int32_t>(operands[0].size);
    case X86_INS_POP:
      if (is_esp(operands[0])) return std::nullopt;
      return static_cast<int32_t>(operands[0].size);
    case X86_INS_PUSHAL: return -32;
    case X86_INS_POPAL: return 32;
    case X86_INS_PUSHFD: return -4;
    case X86_INS_POPFD: return 4;
    case X86_INS_SUB:
      if (is_esp(operands[0])) return by_constant(-1);
      break;
    case X86_INS_ADD:
      if (is_esp(operands[0])) return by_constant(1);
      break;
    default: break;
  }
  if (decoder.writes(X86_REG_ESP) || decoder.writes(X86_REG_SP)) return std::nullopt;
  return 0;
}

bool is_hex_digit(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

// "0ffh" -> "0FFh" for the number that begins at `at`; returns where it ends.
size_t raise_number(std::string& text, size_t at) {
  size_t end = at;
  while (end < text.size() && is_hex_digit(text[end])) ++end;
  if (end == text.size() || text[end] != 'h') return end;
  std::transform(text.begin() + static_cast<std::ptrdiff_t>(at),
                 text.begin() + static_cast<std::ptrdiff_t>(end),
                 text.begin() + static_cast<std::ptrdiff_t>(at),
                 [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return end;
}

// "[ebp - 0ch], eax" -> "[ebp-0Ch],eax", as WinDbg has it.
std::string as_windbg(std::string_view operands) {
  std::string text;
  bool in_brackets = false;
  for (const char c : operands) {
    if (c == '[' || c == ']') in_brackets = c == '[';
    const bool after_comma = !text.empty() && text.back() == ',';
    if (c == ' ' && (in_brackets || after_comma)) continue;
    text += c;
  }
  for (size_t at = 0; at < text.size();) {
    const bool starts_number = text[at] >= '0' && text[at] <= '9';
    const bool in_word = at > 0 && text[at - 1] >= 'a' && text[at - 1] <= 'z';  // xmm0, st1
    at = starts_number && !in_word ? raise_number(text, at) : at + 1;
  }
  return text;
}

}  // namespace

Disassembler::Disassembler(AssemblySyntax syntax)
    : syntax_(syntax),
      decoder_(std::make_unique<Decoder>(syntax == AssemblySyntax::Masm ? Decoder::Syntax::Masm
                                                                        : Decoder::Syntax::Intel)) {}

Disassembler::~Disassembler() = default;

std::optional<Instruction> Disassembler::decode(std::span<const uint8_t> code,
                                                mm::VirtualAddress address) const {
  const cs_insn* instruction = decoder_->decode(std::as_bytes(code), address);
  if (instruction == nullptr) return std::nullopt;
  Instruction result;
  result.address = address;
  result.size = instruction->size;
  result.mnemonic = instruction->mnemonic;
  result.operands = syntax_ == AssemblySyntax::Masm ? as_windbg(instruction->op_str) : instruction->op_str;
  result.flow = flow_of(*decoder_, *instruction);
  result.target = target_of(*instruction, result.flow);
  result.operand = plain_operand(*instruction);
  result.memory = memory_of(*decoder_, *instruction);
  result.stack_change = stack_change_of(*decoder_, *instruction);
  result.writes_ebp = decoder_->writes(X86_REG_EBP) || decoder_->writes(X86_REG_BP);
  return result;
}

}  // namespace emu::debugger
