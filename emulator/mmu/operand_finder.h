// Finds the bytes of memory that an instruction is about to touch, which turns the page of a fault into the
// exact address that CR2 would hold. It decodes with Capstone, which is slow, and is used only where somebody
// will see the address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "emulator/cpu/registers.h"
#include "mm/base/fault.h"
#include "mm/base/types.h"

namespace emu {

class Decoder;

class OperandFinder {
 public:
  OperandFinder();
  ~OperandFinder();

  // A run of bytes that the instruction at the start of `code` is about to touch; all() returns every one.
  struct Operand {
    mm::VirtualAddress address;
    uint32_t size;
    bool reads, writes;
  };
  std::vector<Operand> all(std::span<const std::byte> code, const Registers& registers,
                           mm::VirtualAddress teb);

  // Returns the first byte within `page` that the instruction at the start of `code` accesses that way, in
  // the order in which the processor makes its accesses. None when the instruction is not known to touch the
  // page.
  std::optional<mm::VirtualAddress> find(std::span<const std::byte> code, const Registers& registers,
                                         mm::VirtualAddress teb, mm::VirtualPageNumber page,
                                         mm::Access access);

 private:
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace emu
