#include "emulator/debugger/text/memory_names.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/debugger/memory/guest_heaps.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"
#include "mm/inspect/counters.h"
#include "mm/memory_manager.h"

namespace emu::debugger {
namespace {

std::string heap_detail(size_t number, const GuestHeap& heap, std::string_view type) {
  return fmt::format("[ID: {}; Handle: {:08x}; Type: {}]", number, heap.handle.value, type);
}

}  // namespace

const Process* SessionProcessNames::process_of(mm::AddressSpaceId space) const {
  for (const Process* process : session_.processes())
    if (mm::id_of(process->space()) == space) return process;
  return nullptr;
}

std::string SessionProcessNames::name(mm::AddressSpaceId space) const {
  const Process* process = process_of(space);
  return process != nullptr ? fmt::format("process {:x} ({})", process->id(), process->name())
                            : fmt::format("address space {}", space.value());
}

uint32_t SessionProcessNames::stack_owner(mm::AddressSpaceId space, mm::VirtualAddress address) const {
  const Process* process = process_of(space);
  if (process == nullptr) return 0;
  for (const Thread* thread : session_.threads_of(*process)) {
    abi::Teb teb{};
    const auto bytes = std::as_writable_bytes(std::span(&teb, 1));
    const size_t there = peek_user_memory(session_.kernel().ram(), process->root(), thread->teb(), bytes);
    if (there == bytes.size() && address.value >= teb.DeallocationStack && address.value < teb.StackBase)
      return thread->id();
  }
  return 0;
}

SessionRegionNames::SessionRegionNames(const Session& session) : session_(session) {
  const Process& process = session.process();
  add_images(process);
  add_threads(process);
  add_page(process.peb, {"PEB", fmt::format("[{:x}]", process.id())});
  const auto peb = session.memory().load<abi::Peb>(process.peb);
  if (!peb) return;
  add_heaps(*peb);
  add_parameters(*peb);
}

// Whatever lies in the same allocation; what was said of it first stays.
void SessionRegionNames::add(uint32_t address, const RegionUsage& usage) {
  const auto region = session_.kernel().memory().query_virtual_memory(session_.process().space(), {address});
  if (region && region->state != mm::allocation::kFree)
    allocations_.try_emplace(region->allocation_base, usage);
}

// The kernel keeps the PEB and the TEBs, a page each, in one allocation.
void SessionRegionNames::add_page(mm::VirtualAddress address, const RegionUsage& usage) {
  static_assert(sizeof(abi::Peb) <= mm::kPageSize && sizeof(abi::Teb) <= mm::kPageSize);
  add(address.value, {"Other", "[PEB and TEBs]"});
  pages_.try_emplace(address.page().address(), usage);
}

void SessionRegionNames::add_images(const Process& process) {
  for (const LoadedImage& image : process.images) {
    const std::string_view name(image.name);
    add(image.base.value,
        {"Image", fmt::format("[{}; \"{}\"]", name.substr(0, name.rfind('.')), image.name)});
  }
}

// A thread's number is the one that ~ shows.
void SessionRegionNames::add_threads(const Process& process) {
  size_t number = 0;
  for (const Thread* thread : session_.threads_of(process)) {
    const std::string detail = fmt::format("[~{}; {:x}.{:x}]", number++, process.id(), thread->id());
    add_page(thread->teb(), {"TEB", detail});
    if (const auto teb = session_.memory().load<abi::Teb>(thread->teb()))
      add(teb->DeallocationStack, {"Stack", detail});
  }
}

// Those that are allocations of their own: what was set later lies in a heap.
void SessionRegionNames::add_parameters(const abi::Peb& peb) {
  add(peb.ProcessParameters, {"Other", "[Process parameters]"});
  if (const auto parameters = session_.memory().load<abi::ProcessParameters>({peb.ProcessParameters}))
    add(parameters->Environment, {"Other", "[Environment]"});
}

void SessionRegionNames::add_heaps(const abi::Peb& peb) {
  GuestHeaps found = read_heaps(session_.memory(), {peb.ProcessHeap});
  for (size_t number = 0; number < found.heaps.size(); ++number) {
    const GuestHeap& heap = found.heaps[number];
    add(heap.handle.value, {"Heap", heap_detail(number, heap, "Segment")});
    for (const mm::VirtualAddress segment : heap.segments)
      add(segment.value, {"Heap", heap_detail(number, heap, "Segment")});
    for (const mm::VirtualAddress block : heap.large_blocks)
      add(block.value, {"Heap", heap_detail(number, heap, "Large block")});
  }
  damage_ = std::move(found.damage);
}

RegionPart SessionRegionNames::part_at(const mm::RegionInformation& region, mm::VirtualAddress from) const {
  const mm::VirtualAddress end = region.base + region.size;
  const auto page = pages_.lower_bound(from);
  if (page != pages_.end() && page->first == from) return {page->second, from + mm::kPageSize};
  const auto found = allocations_.find(region.allocation_base);
  const RegionUsage usage = found != allocations_.end() ? found->second : RegionUsage{};
  return {usage, page != pages_.end() ? std::min(end, page->first) : end};
}

}  // namespace emu::debugger
