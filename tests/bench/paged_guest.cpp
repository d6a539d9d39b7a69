#include "tests/bench/paged_guest.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace bench {
namespace {

constexpr mm::VirtualAddress kDescriptorTable{0x80000000};
constexpr uint32_t kReadWrite = 0x04, kExecuteReadWrite = 0x40;
constexpr uint32_t kReserveAndCommit = 0x3000, kRelease = 0x8000;

template <class T>
auto must(T&& result, const char* what) {
  if (!result) {
    std::fprintf(stderr, "benchmark: %s failed\n", what);
    std::exit(1);
  }
  return std::move(*result);
}

}  // namespace

PagedGuest::PagedGuest(GuestSize size)
    : ram_(must(emu::GuestRam::map(size.ram), "mapping RAM")),
      mmu_(ram_.memory(), *this),
      cpu_(ram_.memory(), mmu_) {
  manager_ = must(
      mm::MemoryManager::create(ram_.memory(), mmu_, std::move(size.storage), {size.pagefile, size.pagefile}),
      "the memory manager");
  cpu_.enter_user_mode(
      {must(manager_->map_system_page(kDescriptorTable.page()), "a page"), kDescriptorTable});
  space_ = must(manager_->create_address_space(), "an address space");
  manager_->make_current(*space_);
  mmu_.set_address_space(manager_->root(*space_));
  allocate(kCode, 0x10000, kExecuteReadWrite);
  allocate(kData, kDataBytes, kReadWrite);
}

void PagedGuest::allocate(uint32_t base, uint32_t size, uint32_t protect) {
  must(manager_->allocate_virtual_memory(
           *space_, {.base = {base}, .size = size, .type = kReserveAndCommit, .protect = protect}),
       "allocating");
}

void PagedGuest::renew_data() {
  must(manager_->free_virtual_memory(*space_, {{kData}, 0}, kRelease), "freeing");
  allocate(kData, kDataBytes, kReadWrite);
}

void PagedGuest::zero_free_frames() {
  while (manager_->statistics().physical.free > mm::PageCount{0}) manager_->run_idle_work();
}

void PagedGuest::write_code(const Loop& loop) {
  if (!mmu_.walk({kCode}).present()) manager_->fault(*space_, {{kCode}, mm::Access::Write}, {});
  const mm::PhysicalAddress at = mmu_.walk({kCode}).physical();
  mmu_.discard_code(at.frame());
  std::memcpy(ram_.memory().frame(at.frame()).data(), loop.code.data(), loop.code.size());
}

void PagedGuest::run(const Loop& loop, uint32_t count) {
  write_code(loop);
  emu::Registers registers;
  registers.ecx = count;
  registers.eip = kCode;
  cpu_.set_registers(registers);
  const emu::Stop stop = cpu_.run();
  if (stop.reason == emu::StopReason::Interrupt && stop.vector == kEndVector) return;
  std::fprintf(stderr, "benchmark: the guest stopped for another reason\n");
  std::exit(1);
}

emu::FaultAnswer PagedGuest::handle(const mm::Fault& fault) {
  const mm::FaultOutcome outcome = manager_->fault(*space_, fault, {kCode});
  return outcome.kind == mm::FaultOutcome::Kind::Retry ? emu::FaultAnswer::Retry : emu::FaultAnswer::Refused;
}

}  // namespace bench
