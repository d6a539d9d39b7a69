// NtAllocateVirtualMemory and its family: capture, then the memory manager, then the answers.
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr uint32_t kMemoryBasicInformation = 0;

// Base and size, which are in and out: both are probed for writing before anything is done. What was done is
// not undone when they cannot be written any more, as when they lie in the pages that were freed: NT ignores
// that.
struct CapturedRegion {
  mm::VirtualAddress base_at, size_at;
  mm::MemoryRegion region;

  NtStatus put_back(GuestMemory& memory, const mm::MemoryRegion& done) const {
    (void)memory.store(base_at, done.base.value);
    (void)memory.store(size_at, done.size);
    return NtStatus::Success;
  }
};

mm::Result<uint32_t> capture_in_out(GuestMemory& memory, mm::VirtualAddress at) {
  if (const NtStatus status = memory.probe_for_write(at, sizeof(uint32_t)); status != NtStatus::Success)
    return mm::fail(status);
  return memory.load<uint32_t>(at);
}

mm::Result<CapturedRegion> capture_region(ServiceCall& call, size_t base_argument, size_t size_argument) {
  CapturedRegion captured{call.pointer(base_argument), call.pointer(size_argument), {}};
  const auto base = capture_in_out(call.memory, captured.base_at);
  if (!base) return mm::fail(base.error());
  const auto size = capture_in_out(call.memory, captured.size_at);
  if (!size) return mm::fail(size.error());
  captured.region = {{*base}, *size};
  return captured;
}

// The process that the first argument names, while it has memory.
mm::Result<Ref<Process>> target(const ServiceCall& call, AccessMask desired) {
  auto process = call.reference<Process>(call.handle(0), desired);
  if (process && !(*process)->running()) return mm::fail(NtStatus::ProcessIsTerminating);
  return process;
}

abi::MemoryBasicInformation to_guest(const mm::RegionInformation& region) {
  return {.BaseAddress = region.base.value,
          .AllocationBase = region.allocation_base.value,
          .AllocationProtect = region.allocation_protect,
          .RegionSize = region.size,
          .State = region.state,
          .Protect = region.protect,
          .Type = region.type};
}

}  // namespace

ServiceResult NtAllocateVirtualMemory(ServiceCall& call, mm::MemoryManager& memory) {
  const auto captured = capture_region(call, 1, 3);
  if (!captured) return captured.error();
  const auto process = target(call, process_access::kVmOperation);
  if (!process) return process.error();
  const auto done = memory.allocate_virtual_memory((*process)->space(), {.base = captured->region.base,
                                                                         .zero_bits = call.word(2),
                                                                         .size = captured->region.size,
                                                                         .type = call.word(4),
                                                                         .protect = call.word(5)});
  return done ? captured->put_back(call.memory, *done) : done.error();
}

ServiceResult NtFreeVirtualMemory(ServiceCall& call, mm::MemoryManager& memory) {
  if (const NtStatus status = mm::check_free_type(call.word(3)); status != NtStatus::Success) return status;
  const auto captured = capture_region(call, 1, 2);
  if (!captured) return captured.error();
  const auto process = target(call, process_access::kVmOperation);
  if (!process) return process.error();
  const auto done = memory.free_virtual_memory((*process)->space(), captured->region, call.word(3));
  return done ? captured->put_back(call.memory, *done) : done.error();
}

ServiceResult NtProtectVirtualMemory(ServiceCall& call, mm::MemoryManager& memory) {
  const auto captured = capture_region(call, 1, 2);
  if (!captured) return captured.error();
  const NtStatus probed = call.memory.probe_for_write(call.pointer(4), sizeof(uint32_t));
  if (probed != NtStatus::Success) return probed;
  const auto process = target(call, process_access::kVmOperation);
  if (!process) return process.error();
  const auto done = memory.protect_virtual_memory((*process)->space(), captured->region, call.word(3));
  if (!done) return done.error();
  (void)call.memory.store(call.pointer(4), done->old_protect);
  return captured->put_back(call.memory, done->region);
}

ServiceResult NtQueryVirtualMemory(ServiceCall& call, mm::MemoryManager& memory) {
  if (call.word(2) != kMemoryBasicInformation) return NtStatus::InvalidInfoClass;
  if (call.word(4) < sizeof(abi::MemoryBasicInformation)) return NtStatus::InfoLengthMismatch;
  const auto process = target(call, process_access::kQueryInformation);
  if (!process) return process.error();
  const auto region = memory.query_virtual_memory((*process)->space(), call.pointer(1));
  if (!region) return region.error();
  const auto information = to_guest(*region);
  const NtStatus status = call.memory.store(call.pointer(3), information);
  if (status != NtStatus::Success || call.word(5) == 0) return status;
  return call.memory.store(call.pointer(5), static_cast<uint32_t>(sizeof information));
}

}  // namespace emu::services
