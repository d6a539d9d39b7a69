#include "emulator/kernel/processes/user_thread.h"

#include <algorithm>
#include <cstddef>

#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/kernel/processes/client_ids.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint32_t kDefaultReserve = 1 << 20;
constexpr uint32_t kFirstFrame = 16;          // bytes below the stack's base where a thread begins
constexpr uint32_t kEndOfChain = 0xFFFFFFFF;  // of exception frames

constexpr uint64_t round_up(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

// Whole pages to commit, and room for them, the guard page and the page that is never given.
StackSize whole_pages(StackSize size) {
  const uint64_t commit = std::max<uint64_t>(round_up(size.commit, mm::kPageSize), mm::kPageSize);
  uint64_t reserve = size.reserve != 0 ? size.reserve : kDefaultReserve;
  if (commit + 2 * mm::kPageSize > reserve) reserve = round_up(commit + 2 * mm::kPageSize, kDefaultReserve);
  reserve = std::min<uint64_t>(round_up(reserve, mm::kAllocationGranularity), mm::kSystemBase.value);
  return {static_cast<uint32_t>(reserve),
          static_cast<uint32_t>(std::min(commit, reserve - 2 * mm::kPageSize))};
}

class UserMemory {
 public:
  UserMemory(mm::MemoryManager& memory, mm::AddressSpace& space,
             mm::VadSecurity security = mm::VadSecurity::Open)
      : memory_(memory), space_(space), security_(security) {}

  mm::Result<mm::VirtualAddress> reserve(mm::VirtualAddress base, uint32_t size, uint32_t how = 0) {
    return base_of(memory_.allocate_virtual_memory(space_, {.base = base,
                                                            .size = size,
                                                            .type = mm::allocation::kReserve | how,
                                                            .protect = mm::x86::page::kReadWrite,
                                                            .security = security_}));
  }
  mm::Result<mm::VirtualAddress> commit(mm::VirtualAddress base, uint32_t size, uint32_t guard = 0) {
    return base_of(memory_.allocate_virtual_memory(space_, {.base = base,
                                                            .size = size,
                                                            .type = mm::allocation::kCommit,
                                                            .protect = mm::x86::page::kReadWrite | guard,
                                                            .security = security_}));
  }
  void release(mm::VirtualAddress base) {
    (void)memory_.free_virtual_memory(space_, {base, 0}, mm::allocation::kRelease);
  }

 private:
  static mm::Result<mm::VirtualAddress> base_of(const mm::Result<mm::MemoryRegion>& region) {
    if (!region) return mm::fail(region.error());
    return region->base;
  }

  mm::MemoryManager& memory_;
  mm::AddressSpace& space_;
  mm::VadSecurity security_;
};

mm::Result<mm::VirtualAddress> reserve_teb_block(UserMemory& user, Process& process) {
  const auto block = user.reserve({}, mm::kAllocationGranularity, mm::allocation::kTopDown);
  if (block) process.free_teb_pages = mm::PageRange::touching(*block, mm::kAllocationGranularity);
  return block;
}

mm::Result<mm::VirtualAddress> spare_teb_page(UserMemory& user, Process& process) {
  const auto page = user.commit(process.spare_tebs.back(), mm::kPageSize);
  if (page) process.spare_tebs.pop_back();
  return page;
}

// From the top of the block down; those of ended threads first.
mm::Result<mm::VirtualAddress> next_teb_page(mm::MemoryManager& memory, Process& process) {
  UserMemory user(memory, process.space(), mm::VadSecurity::Secured);
  if (!process.spare_tebs.empty()) return spare_teb_page(user, process);
  mm::PageRange& free = process.free_teb_pages;
  if (free.empty())
    if (const auto block = reserve_teb_block(user, process); !block) return block;
  const auto page = user.commit((free.end - mm::PageCount{1}).address(), mm::kPageSize);
  if (page) free.end = page->page();
  return page;
}

NtStatus write_teb(GuestMemory& memory, mm::VirtualAddress at, const UserStack& stack, const Process& process,
                   uint32_t thread_id, LoaderNotices notices) {
  abi::Teb teb{};
  teb.ExceptionList = kEndOfChain;
  teb.StackBase = stack.base.value;
  teb.StackLimit = stack.limit.value;
  teb.DeallocationStack = stack.deallocation.value;
  teb.Self = at.value;
  teb.ProcessId = process.id();
  teb.ThreadId = thread_id;
  teb.Peb = process.peb.value;
  teb.SameTebFlags = notices == LoaderNotices::No ? PAGEWALK_TEB_SKIP_THREAD_ATTACH : 0;
  return memory.store(at, teb);
}

// The lowest place that has room for `shift` bytes and a stack behind them; without such a place the lowest
// that has room for the stack.
mm::Result<mm::VirtualAddress> reserve_stack(UserMemory& user, uint32_t size, uint32_t shift) {
  if (shift != 0 && size < mm::kSystemBase.value - shift) {
    if (const auto lowest = user.reserve({}, size + shift)) {
      user.release(*lowest);
      return user.reserve(*lowest + shift, size);
    }
  }
  return user.reserve({}, size);
}

}  // namespace

mm::Result<UserStack> create_user_stack(mm::MemoryManager& memory, mm::AddressSpace& space, StackSize wanted,
                                        const StackShift& shift) {
  const StackSize size = whole_pages(wanted);
  UserMemory user(memory, space);
  const auto bottom = reserve_stack(user, size.reserve, shift.reservation);
  if (!bottom) return mm::fail(bottom.error());
  const mm::VirtualAddress base = *bottom + size.reserve;
  const mm::VirtualAddress limit{base.value - size.commit};
  auto committed = user.commit(limit, size.commit);
  if (committed) committed = user.commit({limit.value - mm::kPageSize}, mm::kPageSize, mm::x86::page::kGuard);
  if (!committed) {
    user.release(*bottom);
    return mm::fail(committed.error());
  }
  return UserStack{base, {base.value - shift.pointer}, limit, *bottom};
}

mm::Result<mm::VirtualAddress> create_peb_page(mm::MemoryManager& memory, Process& process) {
  UserMemory user(memory, process.space(), mm::VadSecurity::Secured);
  if (const auto block = reserve_teb_block(user, process); !block) return block;
  return next_teb_page(memory, process);
}

namespace {

// Stack and TEB on their way to a thread; given back unless kept.
class Parts {
 public:
  Parts(const UserThreads::Surroundings& with, Process& process)
      : with_(with),
        process_(process),
        pages_(with.faults, process, nullptr),
        memory_(with.ram, process.root(), pages_) {}
  ~Parts() {
    if (kept_) return;
    UserMemory user(with_.memory, process_.space());
    if (stack_.base.value != 0) user.release(stack_.deallocation);
    if (teb_.value == 0) return;
    const auto freed = with_.memory.free_virtual_memory(process_.space(), {teb_, mm::kPageSize},
                                                        mm::allocation::kDecommit, mm::VadSecurity::Secured);
    if (freed) process_.spare_tebs.push_back(teb_);
  }
  Parts(const Parts&) = delete;
  Parts& operator=(const Parts&) = delete;

  NtStatus make(uint32_t id, StackSize size, LoaderNotices notices) {
    auto charge = Threads::charge(process_);
    if (!charge) return charge.error();
    charge_ = std::move(*charge);
    const auto stack = create_user_stack(with_.memory, process_.space(), size, with_.randomizer.stack());
    if (!stack) return stack.error();
    stack_ = *stack;
    const auto teb = next_teb_page(with_.memory, process_);
    if (!teb) return teb.error();
    teb_ = *teb;
    return write_teb(memory_, teb_, stack_, process_, id, notices);
  }

  const UserStack& stack() const { return stack_; }
  GuestMemory& memory() { return memory_; }
  Thread& keep(uint32_t id, const Registers& registers, Suspended suspended) {
    Thread& thread = with_.threads.begin(id, process_, teb_, registers, suspended, std::move(charge_));
    thread.stack = stack_.deallocation;
    kept_ = true;
    return thread;
  }

 private:
  const UserThreads::Surroundings& with_;
  Process& process_;
  ProcessPages pages_;
  GuestMemory memory_;
  mm::PoolCharge charge_;
  UserStack stack_{};
  mm::VirtualAddress teb_{};
  bool kept_ = false;
};

}  // namespace

mm::Result<Thread*> UserThreads::create(Process& process, StackSize size, mm::VirtualAddress start,
                                        std::span<const uint32_t> words) const {
  const uint32_t id = with_.ids.next();
  Parts parts(with_, process);
  if (const NtStatus status = parts.make(id, size, LoaderNotices::No); status != NtStatus::Success)
    return mm::fail(status);
  Registers registers;
  registers.eip = start.value;
  registers.esp = parts.stack().begin.value - static_cast<uint32_t>(words.size_bytes());
  registers.ebx = process.peb.value;  // as the kernel of Windows leaves it
  if (const NtStatus status = parts.memory().write({registers.esp}, std::as_bytes(words));
      status != NtStatus::Success)
    return mm::fail(status);
  Thread& thread = parts.keep(id, registers, Suspended::No);
  thread.start_address = start;
  return &thread;
}

mm::Result<Thread*> UserThreads::create_for_program(Process& process, const ThreadStart& start) const {
  const uint32_t id = with_.ids.next();
  Parts parts(with_, process);
  const StackSize size{start.stack.reserve != 0 ? start.stack.reserve : process.stack_reserve,
                       start.stack.commit != 0 ? start.stack.commit : process.stack_commit};
  if (const NtStatus status = parts.make(id, size, start.loader_notices); status != NtStatus::Success)
    return mm::fail(status);
  Registers registers;
  registers.eip = process.ntdll.thread_start.value;
  registers.eax = start.start.value;
  registers.ebx = start.argument;
  registers.esp = parts.stack().begin.value - kFirstFrame;
  Thread& thread = parts.keep(id, registers, start.suspended);
  thread.start_address = start.start;
  thread.first_run = FirstRun::ThroughLoader;
  return &thread;
}

}  // namespace emu
