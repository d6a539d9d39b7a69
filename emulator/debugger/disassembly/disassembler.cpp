#include "emulator/cli/disassembly.h"

#include <capstone/capstone.h>
#include <fmt/format.h>

namespace emu {

Disassembled disassemble(std::span<const uint8_t> code, mm::VirtualAddress address) {
  const Disassembled none{"(no instruction)", 0};
  csh capstone = 0;
  if (cs_open(CS_ARCH_X86, CS_MODE_32, &capstone) != CS_ERR_OK) return none;
  cs_insn* instruction = nullptr;
  const size_t count = cs_disasm(capstone, code.data(), code.size(), address.value, 1, &instruction);
  Disassembled result = none;
  if (count == 1) {
    const bool operands = instruction->op_str[0] != '\0';
    result = {fmt::format("{}{}{}", instruction->mnemonic, operands ? " " : "", instruction->op_str),
              instruction->size};
    cs_free(instruction, count);
  }
  cs_close(&capstone);
  return result;
}

}  // namespace emu
