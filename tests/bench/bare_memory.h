// A memory manager without a processor: one address space, and nothing that listens.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <utility>
#include <vector>

#include "mm/memory_manager.h"
#include "mm/process/machine_state.h"
#include "mm/x86/marks.h"
#include "mm/x86/protection.h"

namespace bench {

struct NoTlb final : mm::Tlb {
  void invalidate(mm::VirtualPageNumber, mm::PageFrameNumber) override {}
  void invalidate_all() override {}
  void discard_code(mm::PageFrameNumber) override {}
};

class BareMemory {
 public:
  explicit BareMemory(uint32_t ram = 128u << 20, std::unique_ptr<mm::PagingFileStorage> storage = nullptr,
                      mm::MemoryConfiguration configuration = {})
      : ram_(ram) {
    manager_ =
        must(mm::MemoryManager::create(mm::PhysicalMemory(ram_), tlb_, std::move(storage), configuration));
    space_ = must(manager_->create_address_space());
    manager_->make_current(*space_);
  }

  mm::MemoryManager& manager() { return *manager_; }
  mm::AddressSpace& space() { return *space_; }

  void allocate(uint32_t base, uint32_t bytes, uint32_t type) {
    must(manager_->allocate_virtual_memory(
        *space_, {.base = {base}, .size = bytes, .type = type, .protect = mm::x86::page::kReadWrite}));
  }
  void release(uint32_t base, uint32_t bytes) {
    must(manager_->free_virtual_memory(*space_, {{base}, bytes}, mm::allocation::kRelease));
  }
  // The frames that were given back are zeroed, as an idle machine's are.
  void zero_free_frames() {
    while (manager_->statistics().physical.free > mm::PageCount{0}) manager_->run_idle_work();
  }
  // An access to a page that is not there, with what the processor notes of it.
  mm::FaultOutcome touch(uint32_t address, mm::Access access = mm::Access::Write) {
    const auto outcome = manager_->fault(*space_, {{address}, access, mm::Mode::User}, {0x401000});
    const mm::PhysicalMemory ram = manager_->state().ram;
    const auto walk = mm::x86::walk(ram, manager_->root(*space_), {address});
    if (walk.present()) mm::x86::mark_access(ram, walk, access);
    return outcome;
  }

 private:
  template <class T>
  static T must(mm::Result<T> result) {
    if (!result) std::abort();
    return std::move(*result);
  }

  std::vector<std::byte> ram_;
  NoTlb tlb_;
  std::unique_ptr<mm::MemoryManager> manager_;
  mm::AddressSpace* space_ = nullptr;
};

}  // namespace bench
