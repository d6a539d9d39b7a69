// One system service at work: who calls it, and with which arguments. What it acts on besides are its own
// parameters (service_parts.h).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/objects/handle_table.h"
#include "mm/base/nt_status.h"

namespace emu {

class Process;
class Thread;

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
  static constexpr size_t kMaximumWords = 11;

  uint32_t number;  // the service's (guest/abi/services.h)
  Thread& thread;
  Process& process;
  HandleTable& handles;  // the process's
  GuestMemory& memory;   // the process's, with `thread` on its way into it
  std::array<uint32_t, kMaximumWords> words{};

  uint32_t word(size_t index) const { return words[index]; }
  mm::VirtualAddress pointer(size_t index) const { return {words[index]}; }
  Handle handle(size_t index) const { return {words[index]}; }

  // Returns the object that an argument names, with the specific rights that are needed; pseudo-handles mean
  // the caller's process and thread, with every right. STATUS_INVALID_HANDLE, STATUS_OBJECT_TYPE_MISMATCH,
  // STATUS_ACCESS_DENIED.
  template <class T>
  mm::Result<Ref<T>> reference(Handle named, AccessMask desired) const {
    if (KernelObject* self = pseudo(named); self != nullptr) {
      T* object = object_cast<T>(self);
      if (object == nullptr) return mm::fail(mm::NtStatus::ObjectTypeMismatch);
      return Ref<T>(object);
    }
    return handles.reference<T>(named, desired);
  }
  mm::Result<Ref<KernelObject>> reference_any(Handle named, AccessMask desired) const {
    if (KernelObject* self = pseudo(named); self != nullptr) return Ref<KernelObject>(self);
    return handles.reference_any(named, desired);
  }
  // Returns what pays for what the caller has the kernel make; null: nobody does.
  const std::shared_ptr<mm::PoolQuota>& pool_quota() const;
  // Returns the object behind a pseudo-handle; null for any other handle.
  KernelObject* pseudo(Handle named) const {
    if (named == kCurrentProcess) return as_kernel_object(&process);
    return named == kCurrentThread ? as_kernel_object(&thread) : nullptr;
  }
};

}  // namespace emu
