// One system service at work: its arguments, captured, and what it acts on.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "emulator/kernel/guest_memory.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/process.h"
#include "emulator/kernel/thread.h"
#include "mm/base/nt_status.h"

namespace emu {

// What a service leaves in EAX, and whether its thread runs on at once.
struct ServiceResult {
  //   Return: the thread runs on. Leave: it waits, has ended, or has something pending.
  enum class Next : uint8_t { Return, Leave };

  uint32_t eax;
  Next next;

  constexpr ServiceResult(mm::NtStatus status,
                          Next then = Next::Return)  // NOLINT(google-explicit-constructor)
      : eax(static_cast<uint32_t>(status)), next(then) {}
  static constexpr ServiceResult value(uint32_t value) {
    ServiceResult result(mm::NtStatus::Success);
    result.eax = value;
    return result;
  }
};

struct ServiceCall {
  static constexpr size_t kMaximumWords = 9;

  Machine& machine;
  Thread& thread;
  Process& process;
  GuestMemory& memory;
  std::array<uint32_t, kMaximumWords> words;

  uint32_t word(size_t index) const { return words[index]; }
  mm::VirtualAddress pointer(size_t index) const { return {words[index]}; }
  Handle handle(size_t index) const { return {words[index]}; }
};

}  // namespace emu
