// The frames of a thread's stack, innermost first, as WinDbg's k shows them.
//
// A frame's caller is found (unwinder.h) by the module's call frame information (DWARF), else by what the
// code does to the stack, by the chain of saved EBPs, and at last by a look for what may be a return address,
// which is a guess. Whatever lies on the stack, the walk ends: at unreadable memory, at a frame that is not
// above the one before, and after kMostFrames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/cpu/registers.h"
#include "emulator/debugger/memory/memory_view.h"
#include "emulator/debugger/symbols/location.h"
#include "emulator/debugger/symbols/symbol_table.h"
#include "mm/base/types.h"

namespace emu::debugger {

inline constexpr size_t kMostFrames = 256;

enum class UnwindMethod : uint8_t { None, CallFrameInformation, FromEntry, ToReturn, FramePointer, Scan };

struct StackFrame {
  mm::VirtualAddress instruction;     // the next one that the frame executes: EIP, or a return address
  mm::VirtualAddress child_ebp;       // where the saved EBP is, or would be: 8 below the CFA
  mm::VirtualAddress return_address;  // 0 when it could not be found, and of the outermost frame
  mm::VirtualAddress cfa;  // the caller's ESP after the return address and before arguments are popped
  UnwindMethod method = UnwindMethod::None;
  FrameRegisters registers;  // as the frame sees them

  // Returns an address inside the instruction that the frame is at: one below a return address, since the
  // line and the scope of the return address itself may be others.
  mm::VirtualAddress lookup() const {
    return interrupted ? instruction : mm::VirtualAddress{instruction.value - 1};
  }
  bool interrupted = false;  // stands at `instruction` without a call: the innermost, or below a dispatcher
  bool guessed = false;      // may not be a frame at all: nothing sure told who called one inside it
};

std::vector<StackFrame> walk_stack(const Registers& registers, const MemoryView& memory,
                                   const SymbolTable& symbols, size_t most_frames = kMostFrames);

// The first tells whether the frame is the first that may be wrong; the second are WinDbg's words for that,
// which stand before it.
bool begins_guessing(const std::vector<StackFrame>& frames, size_t number);
inline constexpr std::string_view kGuessWarning =
    "WARNING: Stack unwind information not available. Following frames may be wrong.";

// Returns "hello!main+0x10 [hello.c @ 12]", or the bare address.
std::string describe_frame(const StackFrame& frame, const SymbolTable& symbols);

// Returns the lines of k, with their heading "ChildEBP RetAddr".
std::vector<std::string> stack_lines(const std::vector<StackFrame>& frames, const SymbolTable& symbols);

// Returns what the locations of the frame's variables are evaluated in. `memory` must outlive it.
LocationContext location_context(const StackFrame& frame, const MemoryView& memory,
                                 const SymbolTable& symbols);

struct FrameVariable {
  const DebugVariable* variable = nullptr;  // lives as long as its module's symbols
  tl::expected<Place, std::string> place;   // the error says why it is nowhere: "optimized out"
};
std::vector<FrameVariable> frame_variables(const StackFrame& frame, const MemoryView& memory,
                                           const SymbolTable& symbols);

}  // namespace emu::debugger
