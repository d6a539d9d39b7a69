#include "emulator/kernel/exceptions/divide_error.h"

#include <array>

namespace emu {
namespace {

// Reads an instruction's bytes; past its end everything is 0 and `complete` turns false.
class Decoder {
 public:
  Decoder(std::span<const uint8_t> code, const Registers& registers, mm::VirtualAddress teb)
      : code_(code),
        teb_(teb),
        registers_{registers.eax, registers.ecx, registers.edx, registers.ebx,
                   registers.esp, registers.ebp, registers.esi, registers.edi},
        fs_(registers.fs),
        gs_(registers.gs) {}

  std::optional<Divisor> divisor() {
    const uint8_t opcode = opcode_after_prefixes();
    if (opcode == 0xD4) return immediate();                     // AAM
    if (opcode != 0xF6 && opcode != 0xF7) return std::nullopt;  // group 3
    const uint8_t modrm = next();
    if ((modrm >> 3 & 7) < 6) return std::nullopt;  // 6: DIV, 7: IDIV
    const uint32_t bytes = opcode == 0xF6 ? 1 : (short_operand_ ? 2 : 4);
    Divisor divisor = modrm >> 6 == 3 ? in_register(modrm & 7, bytes) : in_memory(modrm, bytes);
    return complete_ ? std::optional(divisor) : std::nullopt;
  }

 private:
  uint8_t next() {
    if (at_ < code_.size()) return code_[at_++];
    complete_ = false;
    return 0;
  }
  uint32_t next16() {
    const uint32_t low = next();
    return low | uint32_t{next()} << 8;
  }
  uint32_t next32() {
    const uint32_t low = next16();
    return low | next16() << 16;
  }
  uint32_t next_signed8() { return static_cast<uint32_t>(static_cast<int8_t>(next())); }

  uint8_t opcode_after_prefixes() {
    for (;;) {
      const uint8_t byte = next();
      switch (byte) {
        case 0x66: short_operand_ = true; break;
        case 0x67: short_address_ = true; break;
        case 0x64: segment_ = fs_; break;
        case 0x65: segment_ = gs_; break;
        case 0x26:
        case 0x2E:
        case 0x36:
        case 0x3E: segment_ = selector::kUserData; break;
        case 0xF0:
        case 0xF2:
        case 0xF3: break;
        default: return byte;
      }
    }
  }

  std::optional<Divisor> immediate() {
    const Divisor divisor{Divisor::Place::Value, next(), {}, 1};
    return complete_ ? std::optional(divisor) : std::nullopt;
  }

  Divisor in_register(uint32_t which, uint32_t bytes) const {
    uint32_t value = registers_[which];
    if (bytes == 1 && which >= 4) value = registers_[which - 4] >> 8;  // AH, CH, DH, BH
    if (bytes == 1) value &= 0xFF;
    if (bytes == 2) value &= 0xFFFF;
    return {Divisor::Place::Value, value, {}, bytes};
  }

  Divisor in_memory(uint8_t modrm, uint32_t bytes) {
    const uint32_t offset = short_address_ ? offset16(modrm) : offset32(modrm);
    const uint32_t base = segment_ == selector::kTeb ? teb_.value : 0;
    return {Divisor::Place::Memory, 0, {base + offset}, bytes};
  }

  // Intel SDM volume 2, table 2-2 and 2-3.
  uint32_t offset32(uint8_t modrm) {
    const uint8_t mode = modrm >> 6, rm = modrm & 7;
    uint32_t offset = 0;
    if (rm == 4) {
      const uint8_t sib = next();
      const uint8_t index = sib >> 3 & 7, base = sib & 7;
      if (index != 4) offset = registers_[index] << (sib >> 6);
      offset += base == 5 && mode == 0 ? next32() : registers_[base];
    } else {
      offset = rm == 5 && mode == 0 ? next32() : registers_[rm];
    }
    if (mode == 1) offset += next_signed8();
    if (mode == 2) offset += next32();
    return offset;
  }

  // Intel SDM volume 2, table 2-1.
  uint32_t offset16(uint8_t modrm) {
    constexpr int kBx = 3, kBp = 5, kSi = 6, kDi = 7, kNone = -1;
    constexpr std::array<std::array<int, 2>, 8> kBases = {{{kBx, kSi},
                                                           {kBx, kDi},
                                                           {kBp, kSi},
                                                           {kBp, kDi},
                                                           {kSi, kNone},
                                                           {kDi, kNone},
                                                           {kBp, kNone},
                                                           {kBx, kNone}}};
    const uint8_t mode = modrm >> 6, rm = modrm & 7;
    if (mode == 0 && rm == 6) return next16();
    uint32_t offset = 0;
    for (const int which : kBases[rm])
      if (which != kNone) offset += registers_[static_cast<size_t>(which)];
    if (mode == 1) offset += next_signed8();
    if (mode == 2) offset += next16();
    return offset & 0xFFFF;
  }

  std::span<const uint8_t> code_;
  mm::VirtualAddress teb_;
  std::array<uint32_t, 8> registers_;
  uint16_t fs_, gs_;
  size_t at_ = 0;
  bool complete_ = true;
  bool short_operand_ = false;
  bool short_address_ = false;
  uint16_t segment_ = selector::kUserData;
};

}  // namespace

std::optional<Divisor> divisor_of(std::span<const uint8_t> code, const Registers& registers,
                                  mm::VirtualAddress teb) {
  return Decoder(code, registers, teb).divisor();
}

}  // namespace emu
