// Everything that one machine's memory consists of. The layers above work on this; nothing here decides.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <vector>

#include "mm/base/events.h"
#include "mm/base/ports.h"
#include "mm/commit/commit_account.h"
#include "mm/commit/pool.h"
#include "mm/pagefile/paging_file.h"
#include "mm/pfn/pfn_database.h"
#include "mm/process/address_space.h"
#include "mm/process/frame_supply.h"
#include "mm/process/page_tables.h"
#include "mm/process/page_transfers.h"
#include "mm/process/paging_file_extender.h"
#include "mm/process/replacement_policy.h"

namespace mm {

// Three quarters of RAM, at most 2 GB: see pool.h.
constexpr uint64_t pool_limit(PageCount ram) { return std::min(ram.bytes() / 4 * 3, uint64_t{2} << 30); }

struct MachineState {
  // `clock` may be null where `device` takes no time.
  MachineState(x86::PagingMode mode, PhysicalMemory memory, Tlb& translations, PagingFile file,
               PagingDevice device, MachineClock* clock, PageCount commit_limit,
               std::unique_ptr<ReplacementPolicy> replacement)
      : ram(memory),
        tlb(translations),
        pfns(memory.frames(), footprint),
        pagefile(std::move(file)),
        transfers(device, clock, pfns),
        commit(commit_limit),
        tables(mode, memory, pfns, translations, announce, footprint),
        frames(memory, pfns, tables, translations, announce),
        policy(std::move(replacement)) {
    commit.set_extender(&extender);
  }
  ~MachineState() { pool->detach(); }
  MachineState(const MachineState&) = delete;
  MachineState& operator=(const MachineState&) = delete;

  // The backing of the page that an entry, or a frame's `original`, names: the paging file has all private
  // pages.
  Backing& backing_of(x86::Pte) { return pagefile; }
  // Null when there is none, or none any more.
  const AddressSpace* find_space(AddressSpaceId id) const {
    const auto found =
        std::find_if(spaces.begin(), spaces.end(), [id](const auto& space) { return space->id() == id; });
    return found != spaces.end() ? found->get() : nullptr;
  }

  PhysicalMemory ram;
  Tlb& tlb;
  Announcer announce;
  Footprint footprint;
  PfnDatabase pfns;
  PagingFile pagefile;
  PageTransfers transfers;
  CommitAccount commit;
  PagingFileExtender extender{pagefile};
  std::shared_ptr<Pool> pool{std::make_shared<Pool>(commit, pool_limit(ram.frames()))};
  PageTables tables;
  FrameSupply frames;
  std::unique_ptr<ReplacementPolicy> policy;
  CommitCharge system_charge;  // pages that are resident for good
  std::vector<std::unique_ptr<AddressSpace>> spaces;
  AddressSpace* current = nullptr;
  PageFrameNumber shared_user_data;
  FaultStatistics faults;  // of all address spaces, also those that are gone
  AddressSpaceId next_space = kFirstAddressSpace;
};

}  // namespace mm
