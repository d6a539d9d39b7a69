#include "emulator/kernel/processes/user_entry.h"

#include <array>

#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/registers/context.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint32_t kStackAlignment = 16;

// What the entry finds at ESP: `words`, then the CONTEXT with its extension.
template <size_t kWords>
struct Frame {
  std::array<uint32_t, kWords> words;
  abi::ExtendedContext extended;
};

// `words_at`: the words, given the address of the CONTEXT.
template <size_t kWords, class Words>
NtStatus enter(GuestMemory& memory, Thread& thread, mm::VirtualAddress entry, Words words_at) {
  Frame<kWords> frame{};
  const uint32_t at = (thread.registers.esp & ~(kStackAlignment - 1)) - uint32_t{sizeof frame};
  frame.words = words_at(at + uint32_t{offsetof(Frame<kWords>, extended)});
  frame.extended = extended_context(thread.registers, thread.floating_state, thread.debug_registers);
  const NtStatus status = memory.store({at}, frame);
  if (status != NtStatus::Success) return status;
  Registers fresh;
  fresh.esp = at;
  fresh.eip = entry.value;
  thread.registers = fresh;
  thread.debug_registers.resumes = false;
  return NtStatus::Success;
}

NtStatus enter_loader(GuestMemory& memory, Thread& thread) {
  const NtdllEntries& ntdll = thread.process().ntdll;
  const NtStatus status = enter<4>(memory, thread, ntdll.loader, [&](uint32_t context) {
    return std::array<uint32_t, 4>{0, context, ntdll.base.value, 0};
  });
  if (status == NtStatus::Success) thread.first_run = FirstRun::Done;
  return status;
}

NtStatus enter_apc(GuestMemory& memory, Thread& thread) {
  const UserApc& apc = thread.apcs.front();
  const NtStatus status = enter<4>(memory, thread, thread.process().ntdll.apc_dispatcher, [&](uint32_t) {
    return std::array<uint32_t, 4>{apc.routine, apc.arguments[0], apc.arguments[1], apc.arguments[2]};
  });
  if (status != NtStatus::Success) return status;
  thread.apcs.pop_front();
  thread.apc_due = false;
  return status;
}

}  // namespace

bool has_user_entry(const Thread& thread) {
  return thread.apc_due || thread.first_run == FirstRun::ThroughLoader;
}

NtStatus make_user_entry(GuestMemory& memory, Thread& thread) {
  if (thread.first_run == FirstRun::ThroughLoader) return enter_loader(memory, thread);
  return enter_apc(memory, thread);
}

}  // namespace emu
