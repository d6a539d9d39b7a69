#include "mm/memory_manager.h"

#include <algorithm>
#include <utility>

#include "mm/balance/aging_policy.h"
#include "mm/balance/idle.h"
#include "mm/balance/reclaim.h"
#include "mm/base/check.h"
#include "mm/fault/dispatcher.h"
#include "mm/inspect/counters.h"
#include "mm/process/allocations.h"
#include "mm/process/machine_state.h"
#include "mm/process/system_half.h"
#include "mm/process/user_half.h"
#include "mm/verify/step_audit.h"
#include "mm/verify/verify.h"

namespace mm {
namespace {

// The RAM that can be given out and the paging file as it is ("Introduction to page files" in Microsoft's
// documentation; Windows Internals, "Commit charge and the system commit limit"). What cannot be given out is
// the reserve, which new content never gets: with it, a full RAM and a full paging file can exchange pages.
PageCount commit_limit(PhysicalMemory ram, const PagingFile& file) {
  return ram.frames() - full_reserve(file) + file.size();
}

void make_frames_available(MachineState& machine, VirtualAddress instruction) {
  machine.announce({.kind = Event::Kind::FramesShort, .value = machine.pfns.available().value});
  reclaim(machine, {instruction});
}

// When there are more frames than before, the caller tries again.
bool find_frames(MachineState& machine, VirtualAddress instruction) {
  const PageCount before = machine.pfns.available();
  make_frames_available(machine, instruction);
  return machine.pfns.available() > before;
}

// Windows keeps some frames available before anyone has to wait for one. While there is no paging file, or it
// cannot be written, there is little to be found, and whoever finds none looks then.
void keep_frames_available(MachineState& machine, VirtualAddress instruction) {
  if (!can_be_written(machine.pagefile)) return;
  const PageCount low = watermarks(machine.ram.frames()).low;
  if (expected(machine) < low) make_frames_available(machine, instruction);
}

// Makes an attempt again and again, as long as frames can be found that it is starved of.
template <class Attempted>
auto attempt_with_frames(MachineState& machine, Attempted&& attempt) {
  machine.transfers.end_due();
  keep_frames_available(machine, {});
  for (;;) {
    auto result = attempt();
    if (result || !result.error().starved()) return result;
    if (!find_frames(machine, {}) && !machine.transfers.wait_for_next()) return result;
  }
}

// The same, for those above, who are told a status.
template <class Attempted>
auto with_frames(MachineState& machine, Attempted&& attempt) {
  return attempt_with_frames(machine, attempt).map_error([](Impediment why) { return why.status(); });
}

// A service on an address space that makes page tables on its way: when it fails, they go again, and with
// them what they were charged.
template <class Service>
auto with_page_tables(MachineState& machine, AddressSpace& space, Service&& service) {
  const PageCount peak = machine.commit.peak();
  auto result = with_frames(machine, service);
  if (result) return result;
  drop_empty_tables(machine, space, {VirtualPageNumber(0), kSystemBase.page()});
  machine.commit.restore_peak(peak);
  return result;
}

// Out of frames: nothing can be trimmed, or what is trimmed cannot be written.
FaultOutcome out_of_frames(MachineState& machine) {
  const NtStatus writing = machine.pagefile.writing();
  if (succeeded(writing))
    return FaultOutcome::raise(NtStatus::NoMemory, NtStatus::Success, FaultKind::OutOfFrames);
  machine.frames.keep_reserve(kReadersReserve);
  return FaultOutcome::raise(NtStatus::InPageError, writing, FaultKind::InPageError);
}

FaultOutcome serve_with_frames(MachineState& machine, AddressSpace& space, const Fault& fault,
                               VirtualAddress instruction) {
  for (;;) {
    const Served served = serve_fault(machine, space, fault);
    if (served) return *served;
    if (find_frames(machine, instruction)) continue;
    if (const auto end = machine.transfers.next_end()) return FaultOutcome::wait(*end);
    return out_of_frames(machine);
  }
}

bool held_back(const MachineState& machine, const AddressSpace& space, const Fault& fault) {
  if (fault.access != Access::Write) return false;
  return machine.tables.read(machine.tables.find(space.root(), fault.address.page()).at()).held_back();
}

// What is written needs its page first, and then perhaps the right to write it.
FaultOutcome serve_to_the_end(MachineState& machine, AddressSpace& space, const Fault& fault,
                              VirtualAddress instruction) {
  const FaultOutcome found = serve_with_frames(machine, space, fault, instruction);
  FaultOutcome last = found;
  while (last.kind == FaultOutcome::Kind::Retry && held_back(machine, space, fault))
    last = serve_with_frames(machine, space, fault, instruction);
  // A page table that was made for a page that then found no frame, for good or for now.
  if (last.kind != FaultOutcome::Kind::Retry && fault.address < kSystemBase)
    drop_empty_tables(machine, space, PageRange::touching(fault.address, 1));
  return last.kind == FaultOutcome::Kind::Retry ? found : last;
}

// A fault that waits counts when it is made again.
void note_fault(MachineState& machine, AddressSpace& space, const Fault& fault, const FaultOutcome& outcome) {
  if (outcome.kind == FaultOutcome::Kind::Wait) return;
  count(outcome.fault, space.faults);
  count(outcome.fault, machine.faults);
  machine.announce({.kind = outcome.raised() ? Event::Kind::FaultRaised : Event::Kind::FaultResolved,
                    .space = space.id(),
                    .address = fault.address,
                    .value = outcome.raised() ? static_cast<uint32_t>(outcome.status)
                                              : static_cast<uint32_t>(outcome.fault)});
}

void stop_at(const std::optional<std::string>& disagreement) {
  if (disagreement) check_failed("mm::verify", disagreement->c_str(), __FILE__, __LINE__);
}

}  // namespace

Result<std::unique_ptr<MemoryManager>> MemoryManager::create(PhysicalMemory ram, Tlb& tlb,
                                                             std::unique_ptr<PagingFileStorage> storage,
                                                             MemoryConfiguration configuration) {
  if (ram.frames() < kMinimumRam) return fail(NtStatus::NoMemory);
  Result<PagingFile> file = PagingFile();
  if (configuration.paging_file_maximum > PageCount{0}) {
    file = PagingFile::create(std::move(storage), configuration.paging_file_size,
                              configuration.paging_file_maximum);
  }
  if (!file) return fail(file.error());
  const PageCount limit = commit_limit(ram, *file);
  auto state = std::make_unique<MachineState>(configuration.paging_mode, ram, tlb, std::move(*file),
                                              PagingDevice(configuration.device), configuration.clock, limit,
                                              std::make_unique<AgingPolicy>());
  state->frames.keep_reserve(full_reserve(state->pagefile));
  make_shared_user_data(*state);
  return std::unique_ptr<MemoryManager>(new MemoryManager(std::move(state)));
}

MemoryManager::MemoryManager(std::unique_ptr<MachineState> state) : state_(std::move(state)) {}
MemoryManager::~MemoryManager() {
  while (!state_->spaces.empty()) delete_address_space(*state_->spaces.back());
}

void MemoryManager::listen(EventSink* sink) { state_->announce.listen(sink); }

Result<AddressSpace*> MemoryManager::create_address_space(std::shared_ptr<PoolQuota> payer,
                                                          const Placement& placement) {
  const auto space = with_frames(*state_, [&] { return mm::create_address_space(*state_); });
  if (!space) return space;
  (*space)->pool_quota = std::move(payer);
  (*space)->place(placement);
  return space;
}

void MemoryManager::delete_address_space(AddressSpace& space) { mm::delete_address_space(*state_, space); }

x86::PagingRoot MemoryManager::root(const AddressSpace& space) const { return space.root(); }

void MemoryManager::make_current(AddressSpace& space) {
  state_->current = &space;
  state_->tables.set_current(space.id());
}

Result<PageFrameNumber> MemoryManager::map_system_page(VirtualPageNumber page) {
  return with_frames(*state_, [&] { return mm::map_system_page(*state_, page); });
}

std::shared_ptr<PoolQuota> MemoryManager::make_process_quota() const {
  return std::make_shared<PoolQuota>(state_->pool, state_->pool->limit() / 2);
}

std::shared_ptr<PoolQuota> MemoryManager::make_system_quota() const {
  return std::make_shared<PoolQuota>(state_->pool, state_->pool->limit());
}

PageFrameNumber MemoryManager::shared_user_data() const { return state_->shared_user_data; }

FaultOutcome MemoryManager::fault(AddressSpace& space, const Fault& fault, VirtualAddress instruction) {
  state_->transfers.end_due();
  keep_frames_available(*state_, instruction);
  const FaultOutcome outcome = serve_to_the_end(*state_, space, fault, instruction);
  note_fault(*state_, space, fault, outcome);
  return outcome;
}

Result<MemoryRegion> MemoryManager::allocate_virtual_memory(AddressSpace& space,
                                                            const AllocateRequest& request) {
  return with_page_tables(*state_, space,
                          [&] { return mm::allocate_virtual_memory(*state_, space, request); });
}

Result<MemoryRegion> MemoryManager::free_virtual_memory(AddressSpace& space, MemoryRegion region,
                                                        uint32_t type, VadSecurity security) {
  return mm::free_virtual_memory(*state_, space, region, type, security);
}

Result<MemoryRegion> MemoryManager::unmap_view_of_section(AddressSpace& space, VirtualAddress address) {
  return mm::unmap_view_of_section(*state_, space, address);
}

Result<ProtectedRegion> MemoryManager::protect_virtual_memory(AddressSpace& space, MemoryRegion region,
                                                              uint32_t protect) {
  return with_page_tables(*state_, space,
                          [&] { return mm::protect_virtual_memory(*state_, space, region, protect); });
}

Result<RegionInformation> MemoryManager::query_virtual_memory(const AddressSpace& space,
                                                              VirtualAddress address) const {
  return mm::query_virtual_memory(*state_, space, address);
}

NtStatus MemoryManager::after_fork() { return state_->pagefile.after_fork(); }

void MemoryManager::time_passed() { state_->transfers.end_due(); }

void MemoryManager::run_idle_work() { mm::run_idle_work(*state_); }

MemoryStatistics MemoryManager::statistics() const { return machine_statistics(*state_); }

ProcessStatistics MemoryManager::statistics(const AddressSpace& space) const {
  return process_statistics(*state_, space);
}

const FaultStatistics& MemoryManager::faults(const AddressSpace& space) const { return space.faults; }

const MachineState& MemoryManager::state() const { return *state_; }

void MemoryManager::verify() const { stop_at(find_disagreement(*state_)); }

void MemoryManager::verify_step() {
  if (step_audit_ != nullptr) return stop_at(step_audit_->find_disagreement());
  verify();
  step_audit_ = std::make_unique<StepAudit>(*state_);
}

}  // namespace mm
