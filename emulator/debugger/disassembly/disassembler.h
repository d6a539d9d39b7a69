// Instructions in words, by Capstone.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "mm/base/types.h"

namespace emu {
class Decoder;
}

namespace emu::debugger {

// How instructions are written. Intel: "mov dword ptr [eax], 0x10". Masm is WinDbg's way: "mov dword ptr
// [eax],10h".
enum class AssemblySyntax : uint8_t { Intel, Masm };

// Where execution goes on after an instruction.
enum class Flow : uint8_t { Next, Call, Jump, Branch, Return, Interrupt };

// What an operand in memory names; registers by their lower-case names, empty when there is none.
struct MemoryOperand {
  std::string segment;  // never empty: DS or SS where nothing is said
  std::string base, index;
  uint32_t scale = 1;
  uint32_t displacement = 0;
  uint32_t size = 0;  // bytes
};

struct Instruction {
  mm::VirtualAddress address;
  uint32_t size = 0;  // bytes, 1-15
  std::string mnemonic;
  std::string operands;  // "" when there are none
  Flow flow = Flow::Next;
  std::optional<mm::VirtualAddress> target;   // of a direct call or jump
  std::optional<mm::VirtualAddress> operand;  // of a memory operand that is a plain address
  std::optional<MemoryOperand> memory;        // the first that is accessed
  // Of ESP, for one that goes to the next instruction; none: unknown.
  std::optional<int32_t> stack_change;
  bool writes_ebp = false;

  mm::VirtualAddress end() const { return address + size; }
  std::string text() const { return operands.empty() ? mnemonic : mnemonic + " " + operands; }
};

class Disassembler {
 public:
  explicit Disassembler(AssemblySyntax syntax);
  ~Disassembler();
  Disassembler(const Disassembler&) = delete;
  Disassembler& operator=(const Disassembler&) = delete;

  // Returns the instruction that `code` begins with, as if it lay at `address`; none when it is no
  // instruction.
  std::optional<Instruction> decode(std::span<const uint8_t> code, mm::VirtualAddress address) const;

 private:
  AssemblySyntax syntax_;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace emu::debugger
