#include "emulator/cpu/unicorn_handle.h"

#include <sys/mman.h>

#include <array>

namespace emu {
namespace {

// SSE2 and SSE4.2, but no RDRAND, RDSEED or RDTSCP, through which the host's randomness and clock would reach
// the guest.
constexpr int kProcessorModel = UC_CPU_X86_NEHALEM;

// Intel SDM volume 3, 2.5: protected mode with x87 exceptions as vector 16, SSE allowed, and alignment checks
// for who sets EFLAGS.AC.
constexpr uint32_t kCr0 = 1u << 0 | 1u << 1 | 1u << 4 | 1u << 5 | 1u << 18;  // PE, MP, ET, NE, AM
constexpr uint32_t kCr4 = 1u << 9 | 1u << 10;                                // OSFXSR, OSXMMEXCPT

// Translated code: when it is full Unicorn drops all of it and translates anew. Unicorn's own choice is 1 GB,
// which children that run one after another fill, since each has its code in other frames.
constexpr uint32_t kTranslationBuffer = 64 << 20;
// What Unicorn allocates besides until it is ready to run: 9 MB.
constexpr size_t kTranslatorState = size_t{16} << 20;

// In the order of enum Register.
constexpr std::array<int, kRegisterCount> kIds = {
    UC_X86_REG_EAX, UC_X86_REG_ECX, UC_X86_REG_EDX, UC_X86_REG_EBX, UC_X86_REG_ESP,
    UC_X86_REG_EBP, UC_X86_REG_ESI, UC_X86_REG_EDI, UC_X86_REG_EIP, UC_X86_REG_EFLAGS};

struct SegmentField {
  int id;
  uint16_t Registers::*field;
};
// CS first: the privilege level decides what the others may hold.
constexpr std::array<SegmentField, 6> kSegments = {{{UC_X86_REG_CS, &Registers::cs},
                                                    {UC_X86_REG_SS, &Registers::ss},
                                                    {UC_X86_REG_DS, &Registers::ds},
                                                    {UC_X86_REG_ES, &Registers::es},
                                                    {UC_X86_REG_FS, &Registers::fs},
                                                    {UC_X86_REG_GS, &Registers::gs}}};

std::array<void*, kRegisterCount> slots(Registers& r) {
  return {&r.eax, &r.ecx, &r.edx, &r.ebx, &r.esp, &r.ebp, &r.esi, &r.edi, &r.eip, &r.eflags};
}

}  // namespace

int unicorn_register(Register which) { return kIds[static_cast<size_t>(which)]; }

bool UnicornHandle::host_has_room() {
  void* room = mmap(nullptr, kTranslationBuffer + kTranslatorState, PROT_READ | PROT_WRITE | PROT_EXEC,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (room == MAP_FAILED) return false;
  munmap(room, kTranslationBuffer + kTranslatorState);
  return true;
}

UnicornHandle::UnicornHandle(mm::PhysicalMemory ram) {
  uc_engine* engine = nullptr;
  check(uc_open(UC_ARCH_X86, UC_MODE_32, &engine));
  engine_.reset(engine);
  check(uc_ctl_set_tcg_buffer_size(engine, kTranslationBuffer));
  check(uc_ctl_set_cpu_model(engine, kProcessorModel));
  check(uc_ctl_tlb_mode(engine, UC_TLB_VIRTUAL));
  check(uc_ctl_exits_enable(engine));
  check(uc_mem_map_ptr(engine, 0, ram.bytes().size(), UC_PROT_ALL, ram.bytes().data()));
  write(UC_X86_REG_CR0, kCr0);
  write(UC_X86_REG_CR4, kCr4);
}

Registers UnicornHandle::registers() const {
  Registers result;
  auto values = slots(result);
  check(uc_reg_read_batch(get(), kIds.data(), values.data(), kRegisterCount));
  for (const SegmentField& segment : kSegments) {
    result.*segment.field = static_cast<uint16_t>(read(segment.id));
  }
  return result;
}

void UnicornHandle::set_registers(const Registers& registers) const {
  for (const SegmentField& segment : kSegments) {
    const uint16_t wanted = registers.*segment.field;
    if (read(segment.id) != wanted) write(segment.id, wanted);
  }
  Registers copy = registers;
  const auto values = slots(copy);
  check(uc_reg_write_batch(get(), kIds.data(), values.data(), kRegisterCount));
}

}  // namespace emu
