// One process's view of memory: its page directory, its VADs, its working set and what it is charged.
#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>

#include "mm/base/footprint.h"
#include "mm/base/placement.h"
#include "mm/commit/commit_account.h"
#include "mm/inspect/statistics.h"
#include "mm/process/page_runs.h"
#include "mm/process/table_users.h"
#include "mm/process/working_set.h"
#include "mm/vad/vad_tree.h"

namespace mm {

class AddressSpace {
 public:
  AddressSpace(AddressSpaceId id, x86::PagingRoot root, Footprint& footprint)
      : table_users(root.mode()), id_(id), root_(root), footprint_(footprint) {}
  AddressSpace(const AddressSpace&) = delete;
  AddressSpace& operator=(const AddressSpace&) = delete;

  AddressSpaceId id() const { return id_; }
  x86::PagingRoot root() const { return root_; }

  // Set before anything is allocated.
  void place(const Placement& placement) { placement_ = placement; }
  const Placement& placement() const { return placement_; }

  VadTree vads;
  PageRuns runs;  // of the pages of the VADs
  WorkingSet working_set;
  FaultStatistics faults;
  std::shared_ptr<PoolQuota> pool_quota;  // pays for the VADs; null: nobody does
  CommitCharge table_charge;  // the directory, each table that exists, and each that a fault may need
  TableUsers table_users;     // for whom the tables are charged

  // Whoever writes the VADs, the runs or what is charged for the pages of `range` says so.
  void note_pages(PageRange range) { footprint_.note_pages(id_, range); }

  void note_working_set() { working_set_peak_ = std::max(working_set_peak_, working_set.size()); }
  void note_virtual_size() { virtual_size_peak_ = std::max(virtual_size_peak_, vads.pages()); }
  PageCount virtual_size_peak() const { return virtual_size_peak_; }
  void add_private_commit(PageCount pages) {
    private_commit_ += pages;
    private_commit_peak_ = std::max(private_commit_peak_, private_commit_);
  }
  void remove_private_commit(PageCount pages) { private_commit_ -= pages; }
  PageCount private_commit() const { return private_commit_; }
  PageCount private_commit_peak() const { return private_commit_peak_; }
  PageCount working_set_peak() const { return working_set_peak_; }

 private:
  AddressSpaceId id_;
  x86::PagingRoot root_;
  Footprint& footprint_;
  Placement placement_;
  PageCount virtual_size_peak_, working_set_peak_, private_commit_, private_commit_peak_;
};

}  // namespace mm
