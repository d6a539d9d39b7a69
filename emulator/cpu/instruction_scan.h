// Instruction lengths and the few kinds that the processor must tell apart, through Capstone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "emulator/cpu/registers.h"

namespace emu {

enum class InstructionKind : uint8_t {
  Other,
  RepeatedString,  // a string instruction with REP, REPE or REPNE
  SegmentLoad,     // reads a descriptor: MOV/POP to a segment register, LDS.., far transfers, LAR, LSL, VERR,
                   // VERW
  Divide,          // can raise #DE
  Bound,           // can raise #BR
  FloatingPoint,   // can raise #MF: x87 and WAIT
  Privileged,      // can raise #GP of itself
};

class InstructionScan {
 public:
  InstructionScan();
  ~InstructionScan();
  InstructionScan(const InstructionScan&) = delete;
  InstructionScan& operator=(const InstructionScan&) = delete;

  // The length of the instruction at the start of `code`; 0 if it does not end there or is not known.
  size_t length(std::span<const std::byte> code);
  // The offset of the first instruction, decoding from the start, that does not lie wholly in `code`;
  // `size()` if the last one ends with it. 0 also if an instruction within is not known.
  size_t first_incomplete(std::span<const std::byte> code);
  InstructionKind kind(std::span<const std::byte> code);

 private:
  struct Disassembler;
  std::unique_ptr<Disassembler> disassembler_;
};

inline constexpr size_t kLongestInstruction = 15;

}  // namespace emu
