// Who refers to what, counted by looking.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>

#include "emulator/kernel/objects/kernel_object.h"

namespace emu {

class ReferenceCensus final : public ReferenceVisitor {
 public:
  // Counts as a handle, and after now_counting_references() as a reference of the kernel's.
  void visit(const KernelObject& object) override;
  void now_counting_references() { handles_ = false; }

  // Stops the program when the object has counted otherwise.
  void check(const KernelObject& object) const;
  // The difference in words; empty when there is none.
  std::string difference(const KernelObject& object) const;

 private:
  struct Counts {
    uint32_t handles = 0;
    uint32_t references = 0;
  };
  bool handles_ = true;
  std::unordered_map<const KernelObject*, Counts> counts_;
};

}  // namespace emu
