// The registers in the order and the form of the wire: GDB's numbers for an i386 with SSE (GDB manual, G.5.8
// "i386 Features"), each in the byte order of the guest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/debugger/gdb/protocol/target.h"

namespace emu::debugger::gdb {

enum class RegisterGroup : uint8_t { Core, Sse };

struct RegisterDescription {
  std::string_view name;
  std::string_view type;  // in the target description
  uint32_t bytes;
  RegisterGroup group;
};

inline constexpr uint32_t kStackPointer = 4;
inline constexpr uint32_t kFramePointer = 5;
inline constexpr uint32_t kInstructionPointer = 8;

// Returns the registers; the index of each is its number.
std::span<const RegisterDescription> register_descriptions();

// Returns one register's value in hexadecimal, x's when the value is not available. Nothing when there is no
// such register.
std::optional<std::string> register_text(const ThreadRegisters& registers, uint32_t number);
// Returns all of them, as packet `g` has them.
std::string all_registers_text(const ThreadRegisters& registers);

// Sets a register from its hexadecimal value; a segment register, and the x87 unit's words of 16 bits, keep
// the lower half of theirs. False, and nothing is changed, when `text` is no value of that register or the
// register is not to be had.
bool set_register(ThreadRegisters& registers, uint32_t number, std::string_view text);
// Sets all registers, or as many as the client sent, from the text of packet `G`; x's leave a register alone.
bool set_all_registers(ThreadRegisters& registers, std::string_view text);

}  // namespace emu::debugger::gdb
