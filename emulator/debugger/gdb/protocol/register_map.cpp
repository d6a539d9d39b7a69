#include "emulator/debugger/gdb/protocol/register_map.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "emulator/cpu/fxsave.h"
#include "emulator/debugger/gdb/protocol/hex.h"
#include "emulator/kernel/registers/x87_save_area.h"

namespace emu::debugger::gdb {
namespace {

using enum RegisterGroup;
constexpr std::array kDescriptions = std::to_array<RegisterDescription>({
    {"eax", "int32", 4, Core},          {"ecx", "int32", 4, Core},       {"edx", "int32", 4, Core},
    {"ebx", "int32", 4, Core},          {"esp", "data_ptr", 4, Core},    {"ebp", "data_ptr", 4, Core},
    {"esi", "int32", 4, Core},          {"edi", "int32", 4, Core},       {"eip", "code_ptr", 4, Core},
    {"eflags", "i386_eflags", 4, Core}, {"cs", "int32", 4, Core},        {"ss", "int32", 4, Core},
    {"ds", "int32", 4, Core},           {"es", "int32", 4, Core},        {"fs", "int32", 4, Core},
    {"gs", "int32", 4, Core},           {"st0", "i387_ext", 10, Core},   {"st1", "i387_ext", 10, Core},
    {"st2", "i387_ext", 10, Core},      {"st3", "i387_ext", 10, Core},   {"st4", "i387_ext", 10, Core},
    {"st5", "i387_ext", 10, Core},      {"st6", "i387_ext", 10, Core},   {"st7", "i387_ext", 10, Core},
    {"fctrl", "int", 4, Core},          {"fstat", "int", 4, Core},       {"ftag", "int", 4, Core},
    {"fiseg", "int", 4, Core},          {"fioff", "int", 4, Core},       {"foseg", "int", 4, Core},
    {"fooff", "int", 4, Core},          {"fop", "int", 4, Core},         {"xmm0", "vec128", 16, Sse},
    {"xmm1", "vec128", 16, Sse},        {"xmm2", "vec128", 16, Sse},     {"xmm3", "vec128", 16, Sse},
    {"xmm4", "vec128", 16, Sse},        {"xmm5", "vec128", 16, Sse},     {"xmm6", "vec128", 16, Sse},
    {"xmm7", "vec128", 16, Sse},        {"mxcsr", "i386_mxcsr", 4, Sse},
});

constexpr uint32_t kFirstSegment = 10, kFirstX87 = 16, kFirstX87Word = 24, kFirstXmm = 32, kMxcsr = 40;
static_assert(kDescriptions[kInstructionPointer].name == "eip" && kDescriptions[kMxcsr].name == "mxcsr");
static_assert(kDescriptions[kFirstSegment].name == "cs" && kDescriptions[kFirstX87].name == "st0");
static_assert(kDescriptions[kFirstX87Word].name == "fctrl" && kDescriptions[kFirstXmm].name == "xmm0");

constexpr std::array kIntegers = {&Registers::eax, &Registers::ecx,   &Registers::edx, &Registers::ebx,
                                  &Registers::esp, &Registers::ebp,   &Registers::esi, &Registers::edi,
                                  &Registers::eip, &Registers::eflags};
constexpr std::array kSegments = {&Registers::cs, &Registers::ss, &Registers::ds,
                                  &Registers::es, &Registers::fs, &Registers::gs};

// The environment of the x87 unit as FNSAVE has it, for the full tag word; the words of 16 bits are alone in
// theirs.
using X87Words = std::array<uint32_t, 8>;

X87Words x87_words(const FloatingState& state) {
  abi::FloatingSaveArea area{};
  save_x87(state, area);
  return {area.ControlWord & 0xFFFF, area.StatusWord & 0xFFFF,
          area.TagWord & 0xFFFF,     area.ErrorSelector & 0xFFFF,
          area.ErrorOffset,          area.DataSelector & 0xFFFF,
          area.DataOffset,           area.ErrorSelector >> 16 & 0x7FF};
}

void set_x87_words(FloatingState& state, const X87Words& words) {
  abi::FloatingSaveArea area{};
  save_x87(state, area);  // for the registers
  area.ControlWord = words[0];
  area.StatusWord = words[1];
  area.TagWord = words[2];
  area.ErrorSelector = (words[3] & 0xFFFF) | words[7] << 16;
  area.ErrorOffset = words[4];
  area.DataSelector = words[5];
  area.DataOffset = words[6];
  restore_x87(area, state);
}

// The bytes of a register that FXSAVE keeps as they are on the wire.
size_t fxsave_offset(uint32_t number) {
  if (number >= kMxcsr) return fxsave::kMxcsr;
  return number >= kFirstXmm ? fxsave::kXmm + (number - kFirstXmm) * fxsave::kSlot
                             : fxsave::kStack + (number - kFirstX87) * fxsave::kSlot;
}

bool is_x87_word(uint32_t number) { return number >= kFirstX87Word && number < kFirstXmm; }

using Value = std::span<std::byte>;
using ConstValue = std::span<const std::byte>;

void put(Value to, uint32_t value) { std::memcpy(to.data(), &value, sizeof value); }
uint32_t get(ConstValue from) {
  uint32_t value = 0;
  std::memcpy(&value, from.data(), sizeof value);
  return value;
}

// False when the register is not to be had.
bool load(const ThreadRegisters& registers, uint32_t number, Value to) {
  if (number < kFirstSegment) {
    put(to, registers.integer.*kIntegers[number]);
  } else if (number < kFirstX87) {
    put(to, registers.integer.*kSegments[number - kFirstSegment]);
  } else if (!registers.floating) {
    return false;
  } else if (is_x87_word(number)) {
    put(to, x87_words(*registers.floating)[number - kFirstX87Word]);
  } else {
    std::memcpy(to.data(), registers.floating->fxsave.data() + fxsave_offset(number), to.size());
  }
  return true;
}

bool store(ThreadRegisters& registers, uint32_t number, ConstValue from) {
  if (number < kFirstSegment) {
    registers.integer.*kIntegers[number] = get(from);
  } else if (number < kFirstX87) {
    registers.integer.*kSegments[number - kFirstSegment] = static_cast<uint16_t>(get(from));
  } else if (!registers.floating) {
    return false;
  } else if (is_x87_word(number)) {
    X87Words words = x87_words(*registers.floating);
    words[number - kFirstX87Word] = get(from);
    set_x87_words(*registers.floating, words);
  } else {
    std::memcpy(registers.floating->fxsave.data() + fxsave_offset(number), from.data(), from.size());
  }
  return true;
}

bool is_unavailable(std::string_view text) { return text.find_first_not_of('x') == std::string_view::npos; }

}  // namespace

std::span<const RegisterDescription> register_descriptions() { return kDescriptions; }

std::optional<std::string> register_text(const ThreadRegisters& registers, uint32_t number) {
  if (number >= kDescriptions.size()) return std::nullopt;
  std::array<std::byte, fxsave::kSlot> storage{};
  const Value value(storage.data(), kDescriptions[number].bytes);
  if (!load(registers, number, value)) return std::string(2 * value.size(), 'x');
  return to_hex(value);
}

std::string all_registers_text(const ThreadRegisters& registers) {
  std::string text;
  for (uint32_t number = 0; number < kDescriptions.size(); ++number)
    text += *register_text(registers, number);
  return text;
}

bool set_register(ThreadRegisters& registers, uint32_t number, std::string_view text) {
  if (number >= kDescriptions.size()) return false;
  const auto value = bytes_from_hex(text);
  return value && value->size() == kDescriptions[number].bytes && store(registers, number, *value);
}

bool set_all_registers(ThreadRegisters& registers, std::string_view text) {
  ThreadRegisters changed = registers;
  for (uint32_t number = 0; number < kDescriptions.size() && !text.empty(); ++number) {
    const std::string_view value = text.substr(0, size_t{2} * kDescriptions[number].bytes);
    text.remove_prefix(value.size());
    if (!is_unavailable(value) && !set_register(changed, number, value)) return false;
  }
  if (!text.empty()) return false;
  registers = changed;
  return true;
}

}  // namespace emu::debugger::gdb
