// What a guest thread's context consists of: the integer registers, and the x87/SSE state.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace emu {

enum class Register : uint8_t { Eax, Ecx, Edx, Ebx, Esp, Ebp, Esi, Edi, Eip, Eflags };
inline constexpr size_t kRegisterCount = 10;

// The descriptors of the flat layout that Cpu::enter_user_mode builds, as selectors with their RPL.
namespace selector {
inline constexpr uint16_t kKernelCode = 0x08;
inline constexpr uint16_t kKernelData = 0x10;
inline constexpr uint16_t kUserCode = 0x1b;
inline constexpr uint16_t kUserData = 0x23;
inline constexpr uint16_t kTeb = 0x3b;  // FS: its base is the current thread's TEB
}  // namespace selector

struct Registers {
  uint32_t eax = 0;
  uint32_t ecx = 0;
  uint32_t edx = 0;
  uint32_t ebx = 0;
  uint32_t esp = 0;
  uint32_t ebp = 0;
  uint32_t esi = 0;
  uint32_t edi = 0;
  uint32_t eip = 0;
  uint32_t eflags = 0x202;  // IF and the bit that is always set
  uint16_t cs = selector::kUserCode;
  uint16_t ss = selector::kUserData;
  uint16_t ds = selector::kUserData;
  uint16_t es = selector::kUserData;
  uint16_t fs = selector::kTeb;
  uint16_t gs = 0;

  bool operator==(const Registers&) const = default;
};

// The x87, MMX and SSE state in the layout of FXSAVE outside 64-bit mode (Intel SDM volume 1, table 10-2);
// the same bytes stand in CONTEXT.ExtendedRegisters. Default: the state in which a thread of Windows begins:
// after FNINIT, but with 53 bits of precision (Microsoft, "_control87": _PC_53 is the default on x86), MXCSR
// 0x1F80, and all registers zero.
struct FloatingState {
  alignas(16) std::array<std::byte, 512> fxsave = initial();

  bool operator==(const FloatingState&) const = default;

 private:
  static constexpr std::array<std::byte, 512> initial() {
    std::array<std::byte, 512> image{};
    image[0] = std::byte{0x7f};  // FCW 0x027F
    image[1] = std::byte{0x02};
    image[24] = std::byte{0x80};  // MXCSR 0x1F80
    image[25] = std::byte{0x1f};
    return image;
  }
};

}  // namespace emu
