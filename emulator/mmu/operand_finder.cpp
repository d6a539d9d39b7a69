#include "emulator/mmu/operand_finder.h"

#include <algorithm>

#include "emulator/mmu/memory_references.h"
#include "mm/base/check.h"

namespace emu {

struct OperandFinder::Disassembler {
  csh handle = 0;
  cs_insn* instruction = nullptr;

  Disassembler() {
    MM_CHECK(cs_open(CS_ARCH_X86, CS_MODE_32, &handle) == CS_ERR_OK, "Capstone does not open");
    cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
    instruction = cs_malloc(handle);
  }
  ~Disassembler() {
    cs_free(instruction, 1);
    cs_close(&handle);
  }
  bool decode(std::span<const std::byte> code) {
    const auto* bytes = reinterpret_cast<const uint8_t*>(code.data());
    size_t left = code.size();
    uint64_t address = 0;
    return cs_disasm_iter(handle, &bytes, &left, &address, instruction);
  }
};

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

OperandFinder::OperandFinder() : disassembler_(std::make_unique<Disassembler>()) {}
OperandFinder::~OperandFinder() = default;

std::vector<OperandFinder::Operand> OperandFinder::all(std::span<const std::byte> code,
                                                       const Registers& registers, mm::VirtualAddress teb) {
  std::vector<Operand> operands;
  if (!disassembler_->decode(code)) return operands;
  const MemoryReferences references(*disassembler_->instruction, registers, teb);
  for (const MemoryReference& reference : references.all())
    operands.push_back({{reference.address}, reference.size, reference.reads, reference.writes});
  return operands;
}

std::optional<mm::VirtualAddress> OperandFinder::find(std::span<const std::byte> code,
                                                      const Registers& registers, mm::VirtualAddress teb,
                                                      mm::VirtualPageNumber page, mm::Access access) {
  if (!disassembler_->decode(code)) return std::nullopt;
  const MemoryReferences references(*disassembler_->instruction, registers, teb);
  std::optional<mm::VirtualAddress> of_other_access;
  for (const MemoryReference& reference : references.all()) {
    const auto byte = within(reference, page);
    if (byte && matches(reference, access)) return byte;
    if (byte && !of_other_access) of_other_access = byte;
  }
  return of_other_access;
}

}  // namespace emu
