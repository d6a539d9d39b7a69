#include "emulator/mmu/operand_finder.h"

#include <algorithm>

#include "emulator/cpu/decoder.h"
#include "emulator/mmu/memory_references.h"

namespace emu {

namespace {

// The byte of `reference` in the page that the processor asks for first, if it has one there. References may
// wrap at 4 GB.
std::optional<mm::VirtualAddress> within(const MemoryReference& reference, mm::VirtualPageNumber page) {
  const mm::VirtualAddress first{reference.address};
  const mm::VirtualAddress last{reference.address + reference.size - 1};
  if (reference.last_byte_first && last.page() == page) return last;
  if (first.page() == page) return first;
  if (last.page() == page) return page.address();
  return std::nullopt;
}

bool matches(const MemoryReference& reference, mm::Access access) {
  return access == mm::Access::Write ? reference.writes : reference.reads;
}

}  // namespace

OperandFinder::OperandFinder() : decoder_(std::make_unique<Decoder>()) {}
OperandFinder::~OperandFinder() = default;

std::vector<OperandFinder::Operand> OperandFinder::all(std::span<const std::byte> code,
                                                       const Registers& registers, mm::VirtualAddress teb) {
  std::vector<Operand> operands;
  const cs_insn* instruction = decoder_->decode(code);
  if (instruction == nullptr) return operands;
  const MemoryReferences references(*instruction, registers, teb);
  for (const MemoryReference& reference : references.all())
    operands.push_back({{reference.address}, reference.size, reference.reads, reference.writes});
  return operands;
}

std::optional<mm::VirtualAddress> OperandFinder::find(std::span<const std::byte> code,
                                                      const Registers& registers, mm::VirtualAddress teb,
                                                      mm::VirtualPageNumber page, mm::Access access) {
  const cs_insn* instruction = decoder_->decode(code);
  if (instruction == nullptr) return std::nullopt;
  const MemoryReferences references(*instruction, registers, teb);
  std::optional<mm::VirtualAddress> of_other_access;
  for (const MemoryReference& reference : references.all()) {
    const auto byte = within(reference, page);
    if (byte && matches(reference, access)) return byte;
    if (byte && !of_other_access) of_other_access = byte;
  }
  return of_other_access;
}

}  // namespace emu
