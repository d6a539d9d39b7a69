#include "emulator/kernel/exceptions/instruction.h"

#include <algorithm>
#include <array>

namespace emu {
namespace {

bool is_prefix(uint8_t byte) {
  constexpr std::array<uint8_t, 11> kPrefixes{0xF0, 0xF2, 0xF3, 0x2E, 0x36, 0x3E,
                                              0x26, 0x64, 0x65, 0x66, 0x67};
  return std::find(kPrefixes.begin(), kPrefixes.end(), byte) != kPrefixes.end();
}

uint8_t register_field(uint8_t modrm) { return (modrm >> 3) & 7; }

bool privileged_one_byte(uint8_t opcode) {
  if (opcode >= 0x6C && opcode <= 0x6F) return true;          // INS, OUTS
  if (opcode >= 0xE4 && opcode <= 0xE7) return true;          // IN, OUT with an immediate port
  if (opcode >= 0xEC && opcode <= 0xEF) return true;          // IN, OUT with DX
  return opcode == 0xF4 || opcode == 0xFA || opcode == 0xFB;  // HLT, CLI, STI
}

bool privileged_two_bytes(uint8_t opcode, uint8_t modrm) {
  const uint8_t field = register_field(modrm);
  switch (opcode) {
    case 0x00: return field == 2 || field == 3;                              // LLDT, LTR
    case 0x01: return field == 2 || field == 3 || field == 6 || field == 7;  // LGDT, LIDT, LMSW, INVLPG
    case 0x06:                                                               // CLTS
    case 0x08:                                                               // INVD
    case 0x09:                                                               // WBINVD
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:               // MOV to and from control and debug registers
    case 0x30:               // WRMSR
    case 0x32:               // RDMSR
    case 0x33:               // RDPMC, unless CR4.PCE is set
    case 0x35: return true;  // SYSEXIT
    default: return false;
  }
}

}  // namespace

bool has_lock_prefix(std::span<const uint8_t> code) {
  const auto opcode = std::find_if_not(code.begin(), code.end(), is_prefix);
  return std::find(code.begin(), opcode, 0xF0) != opcode;
}

bool has_no_opcode(std::span<const uint8_t> code) { return std::all_of(code.begin(), code.end(), is_prefix); }

bool is_privileged_instruction(std::span<const uint8_t> code) {
  const auto opcode = std::find_if_not(code.begin(), code.end(), is_prefix);
  const auto left = code.end() - opcode;
  if (left < 1) return false;
  if (*opcode != 0x0F) return privileged_one_byte(*opcode);
  if (left < 2) return false;
  return privileged_two_bytes(opcode[1], left < 3 ? uint8_t{0} : opcode[2]);
}

}  // namespace emu
