#include "emulator/debugger/disassembly/disassembler.h"

#include <capstone/capstone.h>

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

namespace emu::debugger {
namespace {

struct InstructionDeleter {
  void operator()(cs_insn* instruction) const { cs_free(instruction, 1); }
};

bool in_group(const cs_insn& instruction, uint8_t group) {
  const auto& detail = *instruction.detail;
  const auto* const end = detail.groups + detail.groups_count;
  return std::find(detail.groups, end, group) != end;
}

Flow flow_of(const cs_insn& instruction) {
  if (in_group(instruction, CS_GRP_CALL)) return Flow::Call;
  if (in_group(instruction, CS_GRP_RET) || in_group(instruction, CS_GRP_IRET)) return Flow::Return;
  if (in_group(instruction, CS_GRP_INT)) return Flow::Interrupt;
  if (instruction.id == X86_INS_JMP || instruction.id == X86_INS_LJMP) return Flow::Jump;
  const bool loops =
      instruction.id == X86_INS_LOOP || instruction.id == X86_INS_LOOPE || instruction.id == X86_INS_LOOPNE;
  return loops || in_group(instruction, CS_GRP_JUMP) ? Flow::Branch : Flow::Next;
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
std::optional<MemoryOperand> memory_of(csh handle, const cs_insn& instruction) {
  if (instruction.id == X86_INS_LEA || instruction.id == X86_INS_NOP) return std::nullopt;
  const auto name = [&](x86_reg reg) {
    const char* text = reg == X86_REG_INVALID ? nullptr : cs_reg_name(handle, reg);
    return std::string(text != nullptr ? text : "");
  };
  for (const cs_x86_op& operand : operands_of(instruction)) {
    if (operand.type != X86_OP_MEM) continue;
    const bool on_stack = operand.mem.base == X86_REG_EBP || operand.mem.base == X86_REG_ESP;
    MemoryOperand memory{name(operand.mem.segment),
                         name(operand.mem.base),
                         name(operand.mem.index),
                         static_cast<uint32_t>(operand.mem.scale),
                         static_cast<uint32_t>(operand.mem.disp),
                         operand.size};
    if (memory.segment.empty()) memory.segment = on_stack ? "ss" : "ds";
    return memory;
  }
  return std::nullopt;
}

bool is_esp(const cs_x86_op& operand) { return operand.type == X86_OP_REG && operand.reg == X86_REG_ESP; }

// Whether it writes the register or its lower half.
bool writes(csh handle, const cs_insn& instruction, uint16_t whole, uint16_t half) {
  cs_regs read{}, written{};
  uint8_t read_count = 0, written_count = 0;
  if (cs_regs_access(handle, &instruction, read, &read_count, written, &written_count) != CS_ERR_OK)
    return true;
  const uint16_t* const begin = written;
  return std::any_of(begin, begin + written_count, [&](uint16_t r) { return r == whole || r == half; });
}

std::optional<int32_t> stack_change_of(csh handle, const cs_insn& instruction) {
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
  if (writes(handle, instruction, X86_REG_ESP, X86_REG_SP)) return std::nullopt;
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

Disassembler::Disassembler(AssemblySyntax syntax) : syntax_(syntax) {
  if (cs_open(CS_ARCH_X86, CS_MODE_32, &handle_) != CS_ERR_OK) {
    handle_ = 0;
    return;
  }
  cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
  if (syntax == AssemblySyntax::Masm) cs_option(handle_, CS_OPT_SYNTAX, CS_OPT_SYNTAX_MASM);
}

Disassembler::~Disassembler() {
  if (handle_ != 0) cs_close(&handle_);
}

std::optional<Instruction> Disassembler::decode(std::span<const uint8_t> code,
                                                mm::VirtualAddress address) const {
  cs_insn* raw = nullptr;
  if (handle_ == 0 || cs_disasm(handle_, code.data(), code.size(), address.value, 1, &raw) != 1)
    return std::nullopt;
  const std::unique_ptr<cs_insn, InstructionDeleter> instruction(raw);
  Instruction result;
  result.address = address;
  result.size = instruction->size;
  result.mnemonic = instruction->mnemonic;
  result.operands = syntax_ == AssemblySyntax::Masm ? as_windbg(instruction->op_str) : instruction->op_str;
  result.flow = flow_of(*instruction);
  result.target = target_of(*instruction, result.flow);
  result.operand = plain_operand(*instruction);
  result.memory = memory_of(handle_, *instruction);
  result.stack_change = stack_change_of(handle_, *instruction);
  result.writes_ebp = writes(handle_, *instruction, X86_REG_EBP, X86_REG_BP);
  return result;
}

}  // namespace emu::debugger
