// What a thread has in user memory: its stack and its TEB. TEBs lie below KUSER_SHARED_DATA, in blocks of 64
// KB, from the top down; the first block begins with the PEB, at 0x7FFDF000 unless the machine randomizes
// addresses.
#pragma once

#include <cstdint>
#include <span>

#include "emulator/kernel/processes/threads.h"
#include "mm/base/ports.h"
#include "mm/base/result.h"
#include "mm/base/types.h"

namespace mm {
class AddressSpace;
class MemoryManager;
}  // namespace mm

namespace emu {

class AddressRandomizer;
class ClientIds;
class FaultPath;
class Process;
class Thread;
struct StackShift;

struct StackSize {
  uint32_t reserve = 0;  // 0: 1 MB
  uint32_t commit = 0;   // at least a page
};

struct UserStack {
  mm::VirtualAddress base;          // the highest address + 1
  mm::VirtualAddress begin;         // where ESP begins
  mm::VirtualAddress limit;         // the lowest committed address; the guard page is below
  mm::VirtualAddress deallocation;  // the lowest reserved address
};

// A stack as Windows lays it out: reserved as a whole at the lowest place, or `shift` above it, committed at
// its top, a guard page below that.
mm::Result<UserStack> create_user_stack(mm::MemoryManager& memory, mm::AddressSpace& space, StackSize size,
                                        const StackShift& shift);

// A committed, zeroed page for the process's PEB, and the block for TEBs below it. Once per process.
mm::Result<mm::VirtualAddress> create_peb_page(mm::MemoryManager& memory, Process& process);

// Whether DLLs hear of a thread's beginning and end.
enum class LoaderNotices : uint8_t { No, Yes };

struct ThreadStart {
  mm::VirtualAddress start;
  uint32_t argument = 0;
  StackSize stack{};  // 0: the process's
  Suspended suspended = Suspended::No;
  LoaderNotices loader_notices = LoaderNotices::Yes;
};

// Makes threads with what they need in user memory. Both ways give stack and TEB back when the thread cannot
// be made: STATUS_NO_MEMORY, STATUS_COMMITMENT_LIMIT, and what Threads::charge() and GuestMemory::write()
// fail with.
class UserThreads {
 public:
  // What threads are made with; all of it outlives this.
  struct Surroundings {
    mm::MemoryManager& memory;
    FaultPath& faults;
    mm::PhysicalMemory ram;
    AddressRandomizer& randomizer;
    ClientIds& ids;
    Threads& threads;
  };
  explicit UserThreads(const Surroundings& surroundings) : with_(surroundings) {}

  // Makes a thread of a process with an ntdll: it begins at RtlUserThreadStart with EAX = start and EBX =
  // argument, as a debugger or an injector finds it; LdrInitializeThunk runs before.
  mm::Result<Thread*> create_for_program(Process& process, const ThreadStart& start) const;

  // Makes a thread of a process without an ntdll: it begins at `start` with `words` on its stack, the first
  // of them where a return address would be.
  mm::Result<Thread*> create(Process& process, StackSize size, mm::VirtualAddress start,
                             std::span<const uint32_t> words) const;

 private:
  Surroundings with_;
};

}  // namespace emu
