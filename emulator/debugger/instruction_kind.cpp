#include "emulator/debugger/instruction_kind.h"

#include <capstone/capstone.h>

#include <array>
#include <cstddef>
#include <memory>
#include <span>

#include "mm/base/check.h"

namespace emu::debugger {
namespace {

constexpr size_t kLongest = 15;  // Intel SDM volume 2, 2.3.11

using Kind = NextInstruction::Kind;

Kind kind_of(csh handle, const cs_insn& instruction) {
  if (cs_insn_group(handle, &instruction, CS_GRP_CALL)) return Kind::Call;
  if (cs_insn_group(handle, &instruction, CS_GRP_RET)) return Kind::Return;
  const uint8_t prefix = instruction.detail->x86.prefix[0];
  return prefix == X86_PREFIX_REP || prefix == X86_PREFIX_REPNE ? Kind::Repetition : Kind::Other;
}

}  // namespace

NextInstruction next_instruction(const Machine& machine, const Thread& thread, mm::VirtualAddress eip) {
  std::array<std::byte, kLongest> bytes{};
  const size_t there = machine.peek(thread.process(), eip, bytes);
  csh handle = 0;
  MM_CHECK(cs_open(CS_ARCH_X86, CS_MODE_32, &handle) == CS_ERR_OK, "Capstone does not open");
  cs_option(handle, CS_OPT_DETAIL, CS_OPT_ON);
  cs_insn* found = nullptr;
  const size_t count =
      cs_disasm(handle, reinterpret_cast<const uint8_t*>(bytes.data()), there, eip.value, 1, &found);
  NextInstruction next;
  if (count != 0) next = {kind_of(handle, *found), found->size};
  if (count != 0) cs_free(found, count);
  cs_close(&handle);
  return next;
}

}  // namespace emu::debugger
