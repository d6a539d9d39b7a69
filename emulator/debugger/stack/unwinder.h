// Finds a frame's caller: by call frame information, by what the code does to the stack, or by EBP where the
// function makes a frame of it. Where nothing tells, it guesses as WinDbg does: by EBP if a call stands
// before the return address that is found that way, otherwise by the nearest word on the stack that a call
// may have put there.
#pragma once

#include <cstdint>
#include <optional>

#include "emulator/debugger/disassembly/code_listing.h"
#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/stack/stack_walk.h"
#include "emulator/debugger/symbols/symbol_table.h"

namespace emu::debugger {

// What a frame's caller has in its registers, and the CFA between them.
struct Caller {
  uint32_t cfa = 0;
  FrameRegisters registers;
  UnwindMethod method = UnwindMethod::None;
  bool interrupted = false;  // it did not call
  bool guessed = false;
};

class Unwinder {
 public:
  Unwinder(const MemoryView& memory, const SymbolTable& symbols)
      : memory_(memory), symbols_(symbols), code_(memory, symbols) {}

  std::optional<Caller> caller_of(const StackFrame& frame) const;

 private:
  std::optional<Caller> by_information(const StackFrame& frame, const UnwindRowAt& at) const;
  std::optional<uint32_t> value_of(const RegisterRule& rule, const LocationContext& context,
                                   uint32_t itself) const;
  std::optional<Caller> from_nowhere(const StackFrame& frame) const;
  std::optional<Caller> from_entry(const StackFrame& frame) const;
  std::optional<Caller> to_return(const StackFrame& frame) const;
  std::optional<Caller> by_frame_pointer(const StackFrame& frame) const;
  std::optional<Caller> by_scan(const StackFrame& frame) const;
  std::optional<Caller> by_guess(const StackFrame& frame) const;
  Caller returning_from(const StackFrame& frame, uint32_t return_at) const;
  bool keeps_frame_pointer(const StackFrame& frame) const;
  enum class CallBefore : uint8_t { None, Indirect, Direct };
  CallBefore call_before(mm::VirtualAddress return_address, std::optional<mm::VirtualAddress> function) const;

  const MemoryView& memory_;
  const SymbolTable& symbols_;
  CodeListing code_;
};

}  // namespace emu::debugger
