// How a user stack grows: the page below the committed ones is a guard page. Touching it makes it an ordinary
// page and the next one the guard page, until only the lowest page of the reservation is left, which is never
// given (Microsoft, "Thread Stack Size"; Windows Internals, "User stacks").
#pragma once

#include <cstdint>

#include "emulator/kernel/memory/guest_memory.h"
#include "mm/base/fault.h"

namespace mm {
class AddressSpace;
class MemoryManager;
}  // namespace mm

namespace emu {

// What the TEB says about its thread's stack. The guest may have written anything there.
struct StackBounds {
  uint32_t base;          // the end
  uint32_t deallocation;  // the lowest reserved address
  uint32_t guaranteed;    // bytes that an overflow handler asked to have left
};

// What becomes of a guard page that is touched: of a page that is not of this stack, an exception.
enum class GuardTouch : uint8_t { OtherMemory, GrowsStack, OverflowsStack };
GuardTouch guard_touch(const StackBounds& bounds, mm::VirtualAddress address);

// What a guard-page violation at `address` becomes, the guard having been removed by then: Retry when the
// stack of `teb` grew; STATUS_STACK_OVERFLOW when it cannot; STATUS_GUARD_PAGE_VIOLATION when that page is
// not of this stack, [DeallocationStack, StackBase). StackLimit does not count: a program that has handled an
// overflow puts the guard page back and leaves StackLimit below it (Microsoft, "_resetstkoflw").
// `memory` must not itself grow stacks.
mm::FaultOutcome grow_user_stack(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory,
                                 mm::VirtualAddress teb, mm::VirtualAddress address);

}  // namespace emu
