#include "emulator/cpu/decoder.h"

#include <algorithm>

#include "mm/base/check.h"

namespace emu {

Decoder::~Decoder() {
  if (handle_ == 0) return;
  cs_free(instruction_, 1);
  cs_close(&handle_);
}

void Decoder::open() {
  MM_CHECK(cs_open(CS_ARCH_X86, CS_MODE_32, &handle_) == CS_ERR_OK, "Capstone does not open");
  cs_option(handle_, CS_OPT_DETAIL, CS_OPT_ON);
  if (syntax_ == Syntax::Masm) cs_option(handle_, CS_OPT_SYNTAX, CS_OPT_SYNTAX_MASM);
  instruction_ = cs_malloc(handle_);
  MM_CHECK(instruction_ != nullptr, "Capstone has no room for an instruction");
}

const cs_insn* Decoder::decode(std::span<const std::byte> code, mm::VirtualAddress address) {
  if (handle_ == 0) open();
  const auto* bytes = reinterpret_cast<const uint8_t*>(code.data());
  size_t left = code.size();
  uint64_t at = address.value;
  return cs_disasm_iter(handle_, &bytes, &left, &at, instruction_) ? instruction_ : nullptr;
}

bool Decoder::loops() const {
  const unsigned id = instruction_->id;
  return id == X86_INS_LOOP || id == X86_INS_LOOPE || id == X86_INS_LOOPNE;
}

const char* Decoder::register_name(x86_reg reg) const {
  const char* name = reg == X86_REG_INVALID ? nullptr : cs_reg_name(handle_, reg);
  return name != nullptr ? name : "";
}

bool Decoder::writes(x86_reg reg) const {
  cs_regs read{}, written{};
  uint8_t read_count = 0, written_count = 0;
  if (cs_regs_access(handle_, instruction_, read, &read_count, written, &written_count) != CS_ERR_OK)
    return true;
  const uint16_t* const begin = written;
  return std::find(begin, begin + written_count, reg) != begin + written_count;
}

}  // namespace emu
