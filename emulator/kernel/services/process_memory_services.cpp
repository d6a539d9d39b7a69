// Another process's memory: NtReadVirtualMemory, NtWriteVirtualMemory, and how its addresses translate.
#include <algorithm>
#include <array>

#include "emulator/board/board.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/capture.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

enum class Direction : uint8_t { Read, Write };

// A process that is not the caller, or is: its memory through its own page tables.
struct OtherMemory {
  OtherMemory(const Board& board, FaultPath& faults, Process& process)
      : pages(faults, process, nullptr), memory(board.ram(), process.root(), pages) {}

  ProcessPages pages;
  GuestMemory memory;
};

// Copies until something cannot be accessed; how many bytes it copied, and why it ended.
struct Copied {
  uint32_t bytes = 0;
  NtStatus status = NtStatus::Success;
};

Copied copy(GuestMemory& from, mm::VirtualAddress source, GuestMemory& to, mm::VirtualAddress target,
            uint32_t size) {
  std::array<std::byte, mm::kPageSize> buffer;
  Copied copied;
  while (copied.bytes < size) {
    // To the end of a page at a time, so that what lies before a bad page is copied.
    const uint32_t to_source_end = mm::kPageSize - (source + copied.bytes).offset();
    const uint32_t to_target_end = mm::kPageSize - (target + copied.bytes).offset();
    const auto chunk = std::span(buffer).first(std::min({size - copied.bytes, to_source_end, to_target_end}));
    copied.status = from.read(source + copied.bytes, chunk);
    if (copied.status == NtStatus::Success) copied.status = to.write(target + copied.bytes, chunk);
    if (copied.status != NtStatus::Success) break;
    copied.bytes += static_cast<uint32_t>(chunk.size());
  }
  return copied;
}

// What does not lie in user space as a whole is refused before anything is copied.
bool in_user_space(mm::VirtualAddress address, uint32_t size) {
  return uint64_t{address.value} + size <= uint64_t{mm::kHighestUserAddress.value} + 1;
}

NtStatus copy_between(ServiceCall& call, const Board& board, FaultPath& faults, Direction direction) {
  const bool reading = direction == Direction::Read;
  const mm::VirtualAddress there = call.pointer(1), here = call.pointer(2);
  const uint32_t size = call.word(3);
  if (!in_user_space(there, size) || !in_user_space(here, size)) return NtStatus::AccessViolation;
  if (const NtStatus status = probe_optional<uint32_t>(call, 4); status != NtStatus::Success) return status;
  const auto process = call.reference<Process>(
      call.handle(0),
      reading ? process_access::kVmRead : process_access::kVmWrite | process_access::kVmOperation);
  if (!process) return process.error();
  if (!(*process)->running()) return NtStatus::ProcessIsTerminating;
  OtherMemory other(board, faults, **process);
  const Copied copied = reading ? copy(other.memory, there, call.memory, here, size)
                                : copy(call.memory, here, other.memory, there, size);
  (void)store_optional(call, 4, copied.bytes);  // it was probed: that it was lost since changes nothing
  return copied.status == NtStatus::Success ? NtStatus::Success : NtStatus::PartialCopy;
}

abi::AddressTranslation to_guest(const mm::x86::Walk& walk, mm::x86::PagingRoot root) {
  return {.PageDirectory = static_cast<uint32_t>(root.frame().address().value),
          .DirectoryEntry = static_cast<uint32_t>(walk.pde().raw),
          .TableEntry = static_cast<uint32_t>(walk.pte().raw),
          .PhysicalAddress = static_cast<uint32_t>(walk.physical().value),
          .Present = walk.present() ? 1u : 0u};
}

}  // namespace

ServiceResult NtReadVirtualMemory(ServiceCall& call, const Board& board, FaultPath& faults) {
  return copy_between(call, board, faults, Direction::Read);
}

ServiceResult NtWriteVirtualMemory(ServiceCall& call, const Board& board, FaultPath& faults) {
  return copy_between(call, board, faults, Direction::Write);
}

ServiceResult PwTranslateAddress(ServiceCall& call, const Board& board) {
  const auto process = call.reference<Process>(call.handle(0), process_access::kQueryInformation);
  if (!process) return process.error();
  if (!(*process)->running()) return NtStatus::ProcessIsTerminating;
  const mm::x86::PagingRoot root = (*process)->root();
  return call.memory.store(call.pointer(2),
                           to_guest(mm::x86::walk(board.ram(), root, call.pointer(1)), root));
}

}  // namespace emu::services
