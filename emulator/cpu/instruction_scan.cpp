#include "emulator/cpu/instruction_scan.h"

#include "emulator/cpu/decoder.h"

namespace emu {

namespace {

// Whether bytes that do not decode may be the beginning of an instruction that goes on beyond them.
bool may_be_cut_off(std::span<const std::byte> code) { return code.size() < kLongestInstruction; }

bool loads_segment_register(unsigned id, const cs_x86& x86) {
  if (id == X86_INS_PUSH || x86.op_count == 0 || x86.operands[0].type != X86_OP_REG) return false;
  switch (x86.operands[0].reg) {
    case X86_REG_DS:
    case X86_REG_ES:
    case X86_REG_FS:
    case X86_REG_GS:
    case X86_REG_SS: return true;
    default: return false;
  }
}

bool repeats(const cs_x86& x86) {
  return x86.prefix[0] == X86_PREFIX_REP || x86.prefix[0] == X86_PREFIX_REPNE;
}

bool is_string(unsigned id) {
  switch (id) {
    case X86_INS_MOVSB:
    case X86_INS_MOVSW:
    case X86_INS_MOVSD:
    case X86_INS_STOSB:
    case X86_INS_STOSW:
    case X86_INS_STOSD:
    case X86_INS_LODSB:
    case X86_INS_LODSW:
    case X86_INS_LODSD:
    case X86_INS_CMPSB:
    case X86_INS_CMPSW:
    case X86_INS_CMPSD:
    case X86_INS_SCASB:
    case X86_INS_SCASW:
    case X86_INS_SCASD:
    case X86_INS_INSB:
    case X86_INS_INSW:
    case X86_INS_INSD:
    case X86_INS_OUTSB:
    case X86_INS_OUTSW:
    case X86_INS_OUTSD: return true;
    default: return false;
  }
}

// SSE has its own MOVSD and CMPSD, with an opcode of two bytes and F2 as part of it.
bool is_one_byte_opcode(const cs_x86& x86) { return x86.opcode[0] != 0x0f; }

}  // namespace

InstructionScan::InstructionScan() : decoder_(std::make_unique<Decoder>()) {}
InstructionScan::~InstructionScan() = default;

size_t InstructionScan::length(std::span<const std::byte> code) {
  const cs_insn* instruction = decoder_->decode(code);
  return instruction != nullptr ? instruction->size : 0;
}

bool InstructionScan::branches() const {
  return decoder_->loops() || decoder_->in_group(CS_GRP_JUMP) || decoder_->in_group(CS_GRP_CALL) ||
         decoder_->in_group(CS_GRP_RET);
}

size_t InstructionScan::first_incomplete(std::span<const std::byte> code) {
  size_t at = 0;
  while (at < code.size()) {
    const auto rest = code.subspan(at);
    const size_t size = length(rest);
    if (size == 0) return may_be_cut_off(rest) ? at : 0;
    at += size;
  }
  return at;
}

size_t InstructionScan::end_of_branch(std::span<const std::byte> code, int most) {
  size_t at = 0;
  for (int i = 0; i < most; ++i) {
    const size_t size = length(code.subspan(at));
    if (size == 0) return 0;
    at += size;
    if (branches()) return at;
  }
  return 0;
}

bool InstructionScan::branches_to(std::span<const std::byte> code, uint32_t address, uint32_t target) {
  const cs_insn* instruction = decoder_->decode(code);
  if (instruction == nullptr || !branches()) return false;
  const cs_x86& x86 = instruction->detail->x86;
  const bool direct = x86.op_count > 0 && x86.operands[0].type == X86_OP_IMM;
  // Decoded as if it lay at 0.
  return !direct || address + static_cast<uint32_t>(x86.operands[0].imm) == target;
}

InstructionKind InstructionScan::kind(std::span<const std::byte> code) {
  const cs_insn* decoded = decoder_->decode(code);
  if (decoded == nullptr) return InstructionKind::Other;
  const cs_insn& instruction = *decoded;
  const cs_x86& x86 = instruction.detail->x86;
  if (is_string(instruction.id) && is_one_byte_opcode(x86)) {
    return repeats(x86) ? InstructionKind::RepeatedString : InstructionKind::Other;
  }
  switch (instruction.id) {
    case X86_INS_LDS:
    case X86_INS_LES:
    case X86_INS_LFS:
    case X86_INS_LGS:
    case X86_INS_LSS:
    case X86_INS_LAR:
    case X86_INS_LSL:
    case X86_INS_VERR:
    case X86_INS_VERW:
    case X86_INS_LJMP:
    case X86_INS_LCALL:
    case X86_INS_RETF:
    case X86_INS_IRET:
    case X86_INS_IRETD: return InstructionKind::SegmentLoad;
    default: break;
  }
  if (loads_segment_register(instruction.id, x86)) return InstructionKind::SegmentLoad;
  if (branches()) return InstructionKind::Branch;
  return InstructionKind::Other;
}

}  // namespace emu
