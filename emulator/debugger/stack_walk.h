// The frames of a thread's stack, innermost first, as WinDbg's k shows them.
//
// A frame's caller is found, in this order, by the module's call frame information (DWARF), by following the
// code from the function's entry while nothing but plain stack operations happens (a function just entered, a
// system service's gate, a call into nowhere), and by the chain of saved EBPs. Whatever lies on the stack,
// the walk ends: at unreadable memory, at a frame that is not above the one before, and after kMostFrames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/cpu/registers.h"
#include "emulator/debugger/memory_view.h"
#include "emulator/debugger/symbols/location.h"
#include "emulator/debugger/symbols/symbol_table.h"
#include "mm/base/types.h"

namespace emu::debugger {

inline constexpr size_t kMostFrames = 256;

enum class UnwindMethod : uint8_t { None, CallFrameInformation, FromEntry, FramePointer };

struct StackFrame {
  mm::VirtualAddress instruction;     // the next one that the frame executes: EIP, or a return address
  mm::VirtualAddress child_ebp;       // where the saved EBP is, or would be: 8 below the CFA
  mm::VirtualAddress return_address;  // 0 when it could not be found, and of the outermost frame
  mm::VirtualAddress cfa;  // the caller's ESP after the return address and before arguments are popped
  UnwindMethod method = UnwindMethod::None;
  FrameRegisters registers;  // as the frame sees them

  // Inside the instruction that the frame is at: one below a return address, whose line and scope may differ.
  mm::VirtualAddress lookup() const {
    return innermost ? instruction : mm::VirtualAddress{instruction.value - 1};
  }
  bool innermost = false;
};

std::vector<StackFrame> walk_stack(const Registers& registers, const MemoryView& memory,
                                   const SymbolTable& symbols, size_t most_frames = kMostFrames);

// "hello!main+0x10 [hello.c @ 12]", or the bare address.
std::string describe_frame(const StackFrame& frame, const SymbolTable& symbols);

// k's lines, with their heading "ChildEBP RetAddr".
std::vector<std::string> stack_lines(const std::vector<StackFrame>& frames, const SymbolTable& symbols);

// For evaluating the locations of the frame's variables. `memory` must outlive it.
LocationContext location_context(const StackFrame& frame, const MemoryView& memory,
                                 const SymbolTable& symbols);

struct FrameVariable {
  const DebugVariable* variable = nullptr;  // lives as long as its module's symbols
  tl::expected<Place, std::string> place;   // the error says why it is nowhere: "optimized out"
};
std::vector<FrameVariable> frame_variables(const StackFrame& frame, const MemoryView& memory,
                                           const SymbolTable& symbols);

}  // namespace emu::debugger
