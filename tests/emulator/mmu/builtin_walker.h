// Unicorn with its own page walker (CR0.PG, CR3, CR4.PSE): the reference that our MMU is compared with.
#pragma once

#include <unicorn/unicorn.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>

#include "mm/base/fault.h"
#include "mm/base/ports.h"
#include "mm/x86/walk.h"

namespace emu::test {

class BuiltinWalker {
 public:
  struct Outcome {
    std::optional<uint32_t> fault;  // CR2
    uint32_t eax = 0;
    uint32_t eip = 0;
  };

  // The directory must map `stubs` (user) and `descriptors` (supervisor) to their frames by now.
  BuiltinWalker(mm::PhysicalMemory ram, mm::PageFrameNumber directory, mm::VirtualAddress stubs,
                mm::VirtualAddress descriptors)
      : ram_(ram) {
    uc_open(UC_ARCH_X86, UC_MODE_32, &engine_);
    uc_ctl_exits_enable(engine_);
    uc_mem_map_ptr(engine_, 0, ram.bytes().size(), UC_PROT_ALL, ram.bytes().data());
    uc_hook hook;
    uc_hook_add(engine_, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(&BuiltinWalker::on_interrupt), this, 1,
                0);
    set(UC_X86_REG_CR3, static_cast<uint32_t>(directory.address().value));
    set(UC_X86_REG_CR4, get(UC_X86_REG_CR4) | 0x10);  // PSE
    set(UC_X86_REG_CR0, 0x80000011);                  // PG, ET, PE
    uc_context_alloc(engine_, &ring0_);
    uc_context_save(engine_, ring0_);
    enter_ring3(stubs, descriptors);
    uc_context_alloc(engine_, &ring3_);
    uc_context_save(engine_, ring3_);
  }
  ~BuiltinWalker() {
    uc_context_free(ring0_);
    uc_context_free(ring3_);
    uc_close(engine_);
  }
  BuiltinWalker(const BuiltinWalker&) = delete;
  BuiltinWalker& operator=(const BuiltinWalker&) = delete;

  bool in_ring3() const { return (get(UC_X86_REG_CS) & 3) == 3; }

  // Runs from `eip` to the next INT3 or page fault.
  Outcome run(mm::Mode mode, mm::x86::WriteProtect wp, uint32_t eip, uint32_t edi, uint32_t eax) {
    uc_context_restore(engine_, mode == mm::Mode::User ? ring3_ : ring0_);
    set(UC_X86_REG_CR0, 0x80000011 | (wp == mm::x86::WriteProtect::On ? 0x10000u : 0));
    uc_ctl_flush_tlb(engine_);
    uc_ctl_flush_tb(engine_);
    set(UC_X86_REG_EDI, edi);
    set(UC_X86_REG_EAX, eax);
    vector_ = 0;
    uc_emu_start(engine_, eip, 0, 0, 0);
    Outcome outcome{std::nullopt, get(UC_X86_REG_EAX), get(UC_X86_REG_EIP)};
    if (vector_ == 14) outcome.fault = get(UC_X86_REG_CR2);
    return outcome;
  }
  uint32_t vector() const { return vector_; }

 private:
  static void on_interrupt(uc_engine* engine, uint32_t vector, void* self) {
    static_cast<BuiltinWalker*>(self)->vector_ = vector;
    uc_emu_stop(engine);
  }
  uint32_t get(int id) const {
    uint64_t value = 0;
    uc_reg_read(engine_, id, &value);
    return static_cast<uint32_t>(value);
  }
  void set(int id, uint32_t value) {
    const uint64_t wide = value;
    uc_reg_write(engine_, id, &wide);
  }
  // At stubs + 0x100: mov eax, 0x23; mov ds, ax; mov es, ax; iret to the int3 behind it.
  void enter_ring3(mm::VirtualAddress stubs, mm::VirtualAddress descriptors) {
    const uint64_t gdt[] = {0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff,
                            0x00cff3000000ffff};
    write(descriptors.value, gdt, sizeof gdt);
    const uint8_t code[] = {0xb8, 0x23, 0, 0, 0, 0x8e, 0xd8, 0x8e, 0xc0, 0xcf, 0xcc};
    write(stubs.value + 0x100, code, sizeof code);
    const uint32_t stack[] = {stubs.value + 0x10a, 0x1b, 0x202, 0, 0x23};
    write(descriptors.value + 0x800, stack, sizeof stack);
    uc_x86_mmr gdtr{0, descriptors.value, sizeof gdt - 1, 0};
    uc_reg_write(engine_, UC_X86_REG_GDTR, &gdtr);
    set(UC_X86_REG_CS, 0x08);
    set(UC_X86_REG_SS, 0x10);
    set(UC_X86_REG_ESP, descriptors.value + 0x800);
    uc_emu_start(engine_, stubs.value + 0x100, 0, 0, 0);
  }
  void write(uint32_t address, const void* bytes, size_t size) {
    const auto directory = mm::PhysicalAddress{get(UC_X86_REG_CR3)}.frame();
    const auto walk =
        mm::x86::walk(ram_, {mm::x86::PagingMode::ThirtyTwoBit, directory}, mm::VirtualAddress{address});
    std::memcpy(ram_.bytes().data() + walk.physical().value, bytes, size);
  }

  mm::PhysicalMemory ram_;
  uc_engine* engine_ = nullptr;
  uc_context* ring0_ = nullptr;
  uc_context* ring3_ = nullptr;
  uint32_t vector_ = 0;
};

}  // namespace emu::test
