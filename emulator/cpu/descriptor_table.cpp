#include "emulator/cpu/descriptor_table.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace emu {
namespace {

constexpr size_t kTebEntry = selector::kTeb >> 3;
constexpr size_t kEntries = kTebEntry + 1;

// A present, accessed segment of 4 GB; `access` is the byte with type, S, DPL and P.
constexpr uint64_t flat_descriptor(uint8_t access, uint32_t base = 0) {
  uint64_t descriptor = 0x00CF'0000'0000'FFFF | uint64_t{access} << 40;
  descriptor |= uint64_t{base & 0xFFFFFF} << 16;
  return descriptor | uint64_t{base >> 24} << 56;
}
// Accessed is set from the start: the processor never writes to the table.
constexpr uint8_t kKernelCode = 0x9B, kKernelData = 0x93, kUserCode = 0xFB, kUserData = 0xF3;

static_assert(flat_descriptor(kUserData, 0x12345678) == 0x12CF'F334'5678'FFFF);

// FS: the page of the TEB, counted in bytes, as 32-bit Windows has it (a kernel debugger's `dg 3b` shows
// limit 00000fff).
constexpr uint64_t teb_descriptor(uint32_t base) {
  constexpr uint64_t kGranularity = uint64_t{1} << 55, kLimit = 0x000F'0000'0000'FFFF;
  return (flat_descriptor(kUserData, base) & ~kGranularity & ~kLimit) | 0xFFF;
}

static_assert(teb_descriptor(0x7FFDE000) == 0x7F40'F3FD'E000'0FFF);

constexpr uint32_t kCodeAt = 0x800, kStackAt = 0x900;  // of the way into ring 3, in the table's frame

}  // namespace

void DescriptorTable::write_descriptors() const {
  std::array<uint64_t, kEntries> table{};
  table[selector::kKernelCode >> 3] = flat_descriptor(kKernelCode);
  table[selector::kKernelData >> 3] = flat_descriptor(kKernelData);
  table[selector::kUserCode >> 3] = flat_descriptor(kUserCode);
  table[selector::kUserData >> 3] = flat_descriptor(kUserData);
  table[kTebEntry] = teb_descriptor(0);
  const auto frame = ram_.frame(place_.frame);
  std::fill(frame.begin(), frame.end(), std::byte{0});
  std::memcpy(frame.data(), table.data(), sizeof table);
}

// mov eax, 0x23; mov ds, ax; mov es, ax; iretd, into an INT3 in ring 3 that the caller is stopped at.
uint32_t DescriptorTable::write_trampoline() const {
  constexpr uint8_t kCode[] = {0xb8, selector::kUserData, 0, 0, 0, 0x8e, 0xd8, 0x8e, 0xc0, 0xcf, 0xcc};
  const uint32_t code = place_.address.value + kCodeAt;
  const uint32_t landing = code + sizeof kCode - 1;
  const uint32_t stack[] = {landing, selector::kUserCode, Registers{}.eflags, 0, selector::kUserData};
  const auto frame = ram_.frame(place_.frame);
  std::memcpy(frame.data() + kCodeAt, kCode, sizeof kCode);
  std::memcpy(frame.data() + kStackAt, stack, sizeof stack);
  return code;
}

void DescriptorTable::enter_user_mode(const UnicornHandle& engine) const {
  write_descriptors();
  uc_x86_mmr gdtr{0, place_.address.value, kEntries * sizeof(uint64_t) - 1, 0};
  UnicornHandle::check(uc_reg_write(engine.get(), UC_X86_REG_GDTR, &gdtr));
  engine.write(UC_X86_REG_CS, selector::kKernelCode);  // CS before SS: its RPL must match
  engine.write(UC_X86_REG_SS, selector::kKernelData);
  const uint32_t code = write_trampoline();
  engine.write(UC_X86_REG_ESP, place_.address.value + kStackAt);
  UnicornHandle::check(uc_emu_start(engine.get(), code, 0, 0, 0));
  MM_CHECK((engine.read(UC_X86_REG_CS) & 3) == 3, "the IRET did not reach ring 3");
  write_descriptors();  // without the trampoline
  engine.write(UC_X86_REG_FS, selector::kTeb);
  engine.set_registers(Registers{});
  engine.set_floating_state(FloatingState{});
}

void DescriptorTable::set_teb(const UnicornHandle& engine, mm::VirtualAddress teb) const {
  const uint64_t descriptor = teb_descriptor(teb.value);
  std::memcpy(ram_.frame(place_.frame).data() + kTebEntry * sizeof descriptor, &descriptor,
              sizeof descriptor);
  engine.write(UC_X86_REG_FS, selector::kTeb);
}

}  // namespace emu
