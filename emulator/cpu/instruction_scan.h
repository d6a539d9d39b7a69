// Instruction lengths and the few kinds that the processor must tell apart, through Capstone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "emulator/cpu/registers.h"

namespace emu {

class Decoder;

enum class InstructionKind : uint8_t {
  Other,
  Branch,          // near jump, call or return
  RepeatedString,  // a string instruction with REP, REPE or REPNE
  SegmentLoad,     // reads a descriptor: MOV/POP to a segment register, LDS.., far transfers, LAR, LSL, VERR,
                   // VERW
};

class InstructionScan {
 public:
  InstructionScan();
  ~InstructionScan();
  InstructionScan(const InstructionScan&) = delete;
  InstructionScan& operator=(const InstructionScan&) = delete;

  // Returns the length of the instruction at the start of `code`; 0 if it does not end there or is not known.
  size_t length(std::span<const std::byte> code);
  // Decodes from the start and returns the offset of the first instruction that does not lie wholly in
  // `code`; `size()` if the last one ends with it. 0 also if an instruction within is not known.
  size_t first_incomplete(std::span<const std::byte> code);
  // Returns the offset behind the first branch, if it is among the first `most` instructions; otherwise 0.
  size_t end_of_branch(std::span<const std::byte> code, int most);
  // Tells whether the instruction, which lies at `address`, is a branch that can lead to `target`; an
  // indirect one can lead everywhere.
  bool branches_to(std::span<const std::byte> code, uint32_t address, uint32_t target);
  InstructionKind kind(std::span<const std::byte> code);

 private:
  bool branches() const;  // the instruction decoded last

  std::unique_ptr<Decoder> decoder_;
};

inline constexpr size_t kLongestInstruction = 15;  // Intel SDM volume 2, 2.3.11

}  // namespace emu
