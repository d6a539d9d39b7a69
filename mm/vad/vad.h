// A virtual address descriptor: one allocation of an address space (Windows Internals, "Virtual address
// descriptors").
#pragma once

#include <cstdint>
#include <memory>

#include "mm/base/types.h"
#include "mm/commit/commit_account.h"
#include "mm/commit/pool.h"
#include "mm/vad/vad_type.h"
#include "mm/x86/protection.h"

namespace mm {

// What a PTE of all zeros means inside the VAD.
enum class VadBacking : uint8_t { Reserved, Committed };

class Vad {
 public:
  Vad(PageRange range, x86::Protection protection, VadBacking backing)
      : range_(range), protection_(protection), backing_(backing) {}

  PageRange range() const { return range_; }
  x86::Protection protection() const { return protection_; }  // as it was allocated
  VadBacking backing() const { return backing_; }
  VadSecurity security() const { return security_; }
  VadType type() const { return type_; }
  PageCount committed() const { return charge_.pages(); }

  void secure() { security_ = VadSecurity::Secured; }
  void set_type(VadType type) { type_ = type; }
  CommitCharge& charge() { return charge_; }
  // What the process pays for the VAD itself.
  PoolCharge& pool_charge() { return pool_charge_; }
  static constexpr uint64_t kPoolSize = 256;  // bytes

 private:
  friend class VadTree;

  PageRange range_;
  x86::Protection protection_;
  VadBacking backing_;
  VadSecurity security_ = VadSecurity::Open;
  VadType type_ = VadType::Private;
  CommitCharge charge_;  // one page for each committed page
  PoolCharge pool_charge_;

  // The tree's: see vad_tree.h.
  std::unique_ptr<Vad> left_, right_;
  int height_ = 1;
  uint32_t first_ = 0, last_ = 0, gap_ = 0;
};

}  // namespace mm
