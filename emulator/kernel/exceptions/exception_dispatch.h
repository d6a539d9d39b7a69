// First chance: an exception goes up into the guest, where ntdll's KiUserExceptionDispatcher finds it on the
// user stack and asks the handlers (guest/ntdll/exceptions).
#pragma once

#include "emulator/cpu/registers.h"
#include "emulator/kernel/exceptions/exception.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/registers/debug_registers.h"

namespace emu {

// Puts record and context (abi::UserExceptionFrame) below ESP and makes `registers` those with which
// `dispatcher` begins. If there is no room on the stack for the exception, but there is for the news of that,
// the handlers get STATUS_STACK_OVERFLOW in its place. Any other status than success: the stack is unusable,
// and `registers` are as they were. Breakpoints stay as they are: the handlers can meet them.
mm::NtStatus enter_exception_dispatcher(GuestMemory& memory, const Exception& exception,
                                        mm::VirtualAddress dispatcher, Registers& registers,
                                        const FloatingState& floating, DebugRegisters& debug);

}  // namespace emu
