// The MMU: answers the processor's TLB misses by walking the guest's page tables, sets Accessed and Dirty,
// turns what the tables do not permit into faults, and keeps the processor's caches true when entries are
// taken away.
//
// Sources: Intel SDM volume 3, 4.3 (walk), 4.6 (rights), 4.7 (error code), 4.8 (Accessed, Dirty), 4.10 (TLB).
//
// Invariants:
// 1. Whatever the guest executes agrees with the page tables and frames as they are now, as if it ran without
//    any cache: a lost right holds from the next access on, replaced code from the next instruction on.
// 2. An entry is given write permission only when Dirty is set; execute permission only to frames marked as
//    executed, and a frame with translated code is marked.
// 3. A FetchAhead never faults and never changes the page tables.
// 4. A miss allocates nothing, locks nothing, logs nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/cpu/cpu.h"
#include "emulator/cpu/tlb_filler.h"
#include "emulator/mmu/fault_handler.h"
#include "emulator/mmu/listener_list.h"
#include "emulator/mmu/operand_finder.h"
#include "emulator/mmu/page_watch.h"
#include "emulator/mmu/read_observer.h"
#include "emulator/mmu/reference_recorder.h"
#include "emulator/mmu/tlb_growth.h"
#include "mm/base/fault.h"
#include "mm/base/ports.h"
#include "mm/x86/walk.h"

namespace emu {

// The fault for which the processor stopped with FaultRefused.
struct RefusedFault {
  //   Handler: the FaultHandler refused it. BusError: the walk leads to where there is no RAM, or by an entry
  //   with a reserved bit set, and nobody was asked.
  enum class Cause : uint8_t { Handler, BusError };

  mm::Fault fault;  // the address is exact to the byte: what CR2 would hold
  Cause cause = Cause::Handler;
  uint32_t error_code = 0;         // Intel SDM volume 3, 4.7
  mm::VirtualAddress instruction;  // EIP
};

// Whether FaultHandler::handle gets the exact byte (costs a decoded instruction each) or the page.
enum class FaultDetail : uint8_t { Page, Byte };

struct MmuStatistics {
  uint64_t misses = 0;    // answered walks, fetches ahead included
  uint64_t faults = 0;    // times the handler was asked
  uint64_t refused = 0;   // of these, not retried
  uint64_t restarts = 0;  // misses refused to get out of code that was void
  uint64_t flushes = 0;   // of the processor's TLB, for whatever reason
};

class Mmu final : public mm::Tlb, public TlbFiller {
 public:
  // Until it is connected every access that the page tables do not permit is refused.
  explicit Mmu(mm::PhysicalMemory ram);
  Mmu(mm::PhysicalMemory ram, FaultHandler& handler) : Mmu(ram) { connect(handler); }
  void connect(FaultHandler& handler) { handler_ = &handler; }

  // Sets CR3, the address space that the guest runs in. The processor forgets its cached translations.
  void set_address_space(mm::x86::PagingRoot root);
  mm::x86::PagingRoot address_space() const { return root_; }

  // Sets CR0.WP, which is On after construction, as Windows runs.
  void set_write_protect(mm::x86::WriteProtect wp);
  void set_fault_detail(FaultDetail detail) { detail_ = detail; }

  // The recorders are told of every miss. While there is one the processor keeps a single translation at a
  // time, so that every change of page is a miss; this gives the guest's reference string, and makes the run
  // 10 to 100 times as long.
  ListenerList<ReferenceRecorder>& reference_recorders() { return recorders_; }

  // Tells `observer` of every read of `page`, in all address spaces, for which the processor keeps no
  // translation of the page.
  void observe_reads(mm::VirtualPageNumber page, ReadObserver& observer);

  // --- Watched pages (page_watch.h). The processor stops (Requested) before each access that one of the
  // watches wants to see and that the page tables permit. watch() is called again when `watch` wants to see
  // other accesses. Both calls forget the processor's cached translations.
  void watch(const PageWatch& watch);
  void unwatch(const PageWatch& watch);
  // Tells whether the processor has stopped for a watch. The instruction at EIP is then executed alone,
  // between open_watches() and close_watches().
  bool stopped_at_watch() const { return watches_.stopped(); }
  void open_watches() { watches_.open(); }
  void close_watches();

  // Returns the walk for `address` in the current address space, without side effects.
  mm::x86::Walk walk(mm::VirtualAddress address) const { return mm::x86::walk(ram_, root_, address); }

  // Valid after run() or step() returned FaultRefused, until the guest runs on.
  const RefusedFault& refused_fault() const { return refused_fault_; }
  const MmuStatistics& statistics() const { return statistics_; }

  // mm::Tlb. These cost little: they note what the processor must forget before the guest's next instruction.
  void invalidate(mm::VirtualPageNumber page, mm::PageFrameNumber frame) override;
  void invalidate_all() override;
  void discard_code(mm::PageFrameNumber frame) override;

  // TlbFiller.
  TlbAnswer fill(Cpu& cpu, mm::VirtualAddress address, MissKind kind) override;
  std::optional<mm::PageFrameNumber> peek(mm::VirtualPageNumber page) const override;
  bool must_settle_outside() const override { return !void_code_.empty(); }
  void settle(Cpu& cpu) override;
  void settle_inside(Cpu& cpu) override;

 private:
  struct Request {
    mm::VirtualAddress address;  // of the page
    mm::Access access;
    mm::Mode mode;
  };

  TlbAnswer translate(Cpu& cpu, const Request& request);
  TlbAnswer grant(Cpu& cpu, const mm::x86::Walk& walk, const Request& request);
  TlbAnswer look_ahead(Cpu& cpu, const Request& request);
  bool observed(const Request& request) const;
  TlbAnswer admit_observed(const mm::x86::Walk& walk, const Request& request);
  TlbAnswer admit(Cpu& cpu, const mm::x86::Walk& walk, const Request& request);
  FaultAnswer resolve(Cpu& cpu, const mm::x86::Walk& walk, const Request& request);
  TlbAnswer refuse(Cpu& cpu, const mm::x86::Walk& walk, const Request& request);
  bool permits(const mm::x86::Walk& walk, const Request& request) const;
  bool watched(const mm::x86::Walk& walk, const Request& request) const;
  uint8_t withheld(const mm::x86::Walk& walk, const Request& request) const;
  uint8_t rights(const mm::x86::Walk& walk, const Request& request) const;
  void note_execution(Cpu& cpu, mm::PageFrameNumber frame);
  mm::VirtualAddress exact_byte(const Cpu& cpu, const Request& request);
  void flush(Cpu& cpu);
  void void_code(mm::PageFrameNumber frame);

  mm::PhysicalMemory ram_;
  FaultHandler* handler_ = nullptr;
  OperandFinder operands_;
  TlbGrowth growth_;
  mm::x86::PagingRoot root_;
  mm::x86::WriteProtect wp_ = mm::x86::WriteProtect::On;
  FaultDetail detail_ = FaultDetail::Page;
  RefusedFault refused_fault_;
  MmuStatistics statistics_;
  ListenerList<ReferenceRecorder> recorders_;
  ReadObserver* read_observer_ = nullptr;
  mm::VirtualPageNumber observed_page_{};
  PageWatches watches_;
  std::vector<bool> executed_;                  // by frame: code may have been translated from it
  std::vector<mm::PageFrameNumber> void_code_;  // frames whose code is to be dropped; room for all of them
  bool flush_due_ = false;
};

}  // namespace emu
