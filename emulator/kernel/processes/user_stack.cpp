#include "emulator/kernel/processes/user_stack.h"

#include <cstddef>

#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using mm::FaultOutcome;
using mm::NtStatus;

mm::Result<StackBounds> read_bounds(GuestMemory& memory, mm::VirtualAddress teb) {
  const auto base = memory.load<uint32_t>(teb + offsetof(abi::Teb, StackBase));
  const auto deallocation = memory.load<uint32_t>(teb + offsetof(abi::Teb, DeallocationStack));
  const auto guaranteed = memory.load<uint32_t>(teb + offsetof(abi::Teb, GuaranteedStackBytes));
  if (!base || !deallocation || !guaranteed) return mm::fail(NtStatus::AccessViolation);
  return StackBounds{*base, *deallocation, *guaranteed};
}

// The page below it is never given.
uint64_t lowest_given(const StackBounds& bounds) { return uint64_t{bounds.deallocation} + mm::kPageSize; }

class StackGrowth {
 public:
  StackGrowth(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory,
              mm::VirtualAddress teb)
      : manager_(manager), space_(space), memory_(memory), teb_(teb) {}

  FaultOutcome grow(const StackBounds& bounds, mm::VirtualAddress touched) {
    const uint32_t page = touched.page().address().value;
    if (guard_touch(bounds, touched) == GuardTouch::OverflowsStack)
      return overflow(static_cast<uint32_t>(lowest_given(bounds)), page);
    if (!commit(page - mm::kPageSize, mm::kPageSize, mm::x86::page::kReadWrite | mm::x86::page::kGuard))
      return overflow(page, page);
    set_limit(page);
    return FaultOutcome::retry();
  }

 private:
  // The last pages, [limit, page), are given without a guard, so that a handler has something to run on.
  FaultOutcome overflow(uint32_t limit, uint32_t page) {
    if (limit < page && !commit(limit, page - limit, mm::x86::page::kReadWrite)) limit = page;
    set_limit(limit);
    return FaultOutcome::raise(NtStatus::StackOverflow);
  }

  bool commit(uint32_t base, uint32_t size, uint32_t protect) {
    return manager_
        .allocate_virtual_memory(
            space_, {.base = {base}, .size = size, .type = mm::allocation::kCommit, .protect = protect})
        .has_value();
  }

  void set_limit(uint32_t limit) {
    // The TEB was read a moment ago; a guest that made it read-only keeps the old limit there.
    (void)memory_.store<uint32_t>(teb_ + offsetof(abi::Teb, StackLimit), limit);
  }

  mm::MemoryManager& manager_;
  mm::AddressSpace& space_;
  GuestMemory& memory_;
  mm::VirtualAddress teb_;
};

}  // namespace

GuardTouch guard_touch(const StackBounds& bounds, mm::VirtualAddress address) {
  if (address.value < bounds.deallocation || address.value >= bounds.base) return GuardTouch::OtherMemory;
  const uint64_t reserve = uint64_t{bounds.guaranteed} + mm::kPageSize - 1;  // whole pages of it
  const uint64_t last_guard = lowest_given(bounds) + (reserve & ~uint64_t{mm::kPageSize - 1}) + mm::kPageSize;
  return address.page().address().value < last_guard ? GuardTouch::OverflowsStack : GuardTouch::GrowsStack;
}

FaultOutcome grow_user_stack(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory,
                             mm::VirtualAddress teb, mm::VirtualAddress address) {
  const auto bounds = read_bounds(memory, teb);
  if (!bounds || guard_touch(*bounds, address) == GuardTouch::OtherMemory)
    return FaultOutcome::raise(NtStatus::GuardPageViolation);
  return StackGrowth(manager, space, memory, teb).grow(*bounds, address);
}

}  // namespace emu
