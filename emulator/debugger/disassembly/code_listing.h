// Code as WinDbg's u, ub and uf show it:
//   hello!main+0x4 [hello.c @ 12]:
//   00401534 e8c7ffffff      call    hello!add (00401500)
// A heading stands before the first line, and where a symbol or another source line begins.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/debugger/disassembly/disassembler.h"
#include "emulator/debugger/expression/expression_context.h"
#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/symbols/symbol_table.h"
#include "mm/base/types.h"

namespace emu::debugger {

struct CodeText {
  std::vector<std::string> lines;
  mm::VirtualAddress next;  // where `u` goes on
};

class CodeListing {
 public:
  CodeListing(const MemoryView& memory, const SymbolTable& symbols)
      : memory_(memory), symbols_(symbols), disassembler_(AssemblySyntax::Masm) {}

  // Lists `count` instructions from `from` on; ends early with a line of question marks where memory cannot
  // be read.
  CodeText forward(mm::VirtualAddress from, uint64_t count) const;
  // Lists the instructions that begin at `from` up to `last`, both included.
  CodeText until(mm::VirtualAddress from, mm::VirtualAddress last) const;
  // Lists the `count` instructions before `end`, as far as they can be told. When `end` lies in the middle of
  // an instruction, that is the last one.
  CodeText backward(mm::VirtualAddress end, uint32_t count) const;
  // Lists the whole function that `inside` lies in; without a symbol, up to the first return or jump.
  CodeText function(mm::VirtualAddress inside) const;

  // Returns what WinDbg's r shows behind the instruction: where its operand in memory lies now, and what is
  // there, " ss:0023:0012ff7c=00000001"; for a call or jump through it " ds:0023:004020a0={msvcrt!puts
  // (6f001000)}". "" when it has no such operand.
  std::string operand_text(mm::VirtualAddress at, const ExpressionContext& registers) const;

  // Returns one instruction without a heading, "00401534 c3              ret".
  std::string line(mm::VirtualAddress at) const;

  // Returns the instruction at `at`; none where none can be read.
  std::optional<Instruction> instruction_at(mm::VirtualAddress at) const;

 private:
  struct Decoded {
    std::vector<uint8_t> bytes;  // none: memory cannot be read
    std::optional<Instruction> instruction;

    uint32_t size() const { return instruction ? instruction->size : 1; }
  };

  Decoded decode(mm::VirtualAddress at) const;
  std::string text_of(const Decoded& decoded, mm::VirtualAddress at) const;
  std::string operands_of(const Instruction& instruction) const;
  std::string heading(mm::VirtualAddress at) const;
  std::vector<mm::VirtualAddress> boundaries_from(mm::VirtualAddress begin, mm::VirtualAddress end) const;
  std::vector<mm::VirtualAddress> boundaries_by_votes(mm::VirtualAddress end, uint32_t count) const;
  std::vector<mm::VirtualAddress> boundaries_around(mm::VirtualAddress inside, uint32_t count) const;

  // Lists while `wanted` says so; `wanted` is asked before each instruction, with how many there are already.
  template <class Wanted>
  CodeText list(mm::VirtualAddress from, Wanted wanted) const;

  const MemoryView& memory_;
  const SymbolTable& symbols_;
  Disassembler disassembler_;
};

}  // namespace emu::debugger
