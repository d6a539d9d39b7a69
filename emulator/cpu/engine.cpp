#include "emulator/cpu/engine.h"

namespace emu {
namespace {

// A page at the top of the system half, which no address space maps: through it drop_code() shows Unicorn the
// frame whose code is void, since the frame may belong to a process that is not current.
constexpr mm::VirtualAddress kAliasWindow{0xFFFFE000};

}  // namespace

Cpu::Engine::Engine(Cpu& owner, mm::PhysicalMemory ram, TlbFiller& filler)
    : owner_(owner), ram_(ram), filler_(filler), unicorn_(ram) {
  hook_everything();
  unicorn_.set_floating_state(FloatingState{});
}

Cpu::Engine::~Engine() = default;

void Cpu::Engine::enter_user_mode(DescriptorTablePlace place) {
  MM_CHECK(!descriptors_, "the processor is in user mode already");
  descriptors_.emplace(ram_, place);
  owner_loads_segments_ = true;
  descriptors_->enter_user_mode(unicorn_);
  owner_loads_segments_ = false;
  flush_tlb();
}

void Cpu::Engine::set_teb(mm::VirtualAddress teb) {
  MM_CHECK(descriptors_, "no descriptor table: enter user mode first");
  teb_ = teb;
  owner_loads_segments_ = true;
  descriptors_->set_teb(unicorn_, teb);
  owner_loads_segments_ = false;
}

void Cpu::Engine::set_registers(const Registers& registers) {
  owner_loads_segments_ = true;
  unicorn_.set_registers(registers);
  owner_loads_segments_ = false;
}

void Cpu::Engine::request_stop() {
  stop_requested_.store(true, std::memory_order_relaxed);
  // With a block hook the stop is made there, where it cannot hide how far a block came.
  if (!block_hook_) uc_emu_stop(unicorn_.get());
}

// Our callbacks see the request when they end, and so do counted blocks; a step is over soon.
void Cpu::Engine::request_stop_from_signal() {
  stop_requested_.store(true, std::memory_order_relaxed);
  const bool free = pace_ == Pace::Free && !block_hook_;
  if (free && in_guest_code_.load(std::memory_order_relaxed)) uc_emu_stop(unicorn_.get());
}

void Cpu::Engine::leave(Leave why, uint8_t vector) {
  leave_ = why;
  vector_ = vector;
  uc_emu_stop(unicorn_.get());
}

void Cpu::Engine::flush_tlb() {
  UnicornHandle::check(uc_ctl_flush_tlb(unicorn_.get()));
  alias_cached_ = false;
}

void Cpu::Engine::drop_code(mm::PageFrameNumber frame) {
  if (alias_cached_) flush_tlb();
  alias_frame_ = frame;
  dropping_ = true;
  UnicornHandle::check(uc_ctl_remove_cache(unicorn_.get(), uint64_t{kAliasWindow.value},
                                           uint64_t{kAliasWindow.value + mm::kPageSize}));
  dropping_ = false;
  alias_cached_ = true;
}

InstructionKind Cpu::Engine::kind_at(uint32_t eip) { return scan_.kind(code_at(eip).bytes()); }

// ECX, or CX with an address-size prefix.
uint32_t Cpu::Engine::repeat_count(uint32_t eip) const {
  const uint32_t ecx = unicorn_.read(UC_X86_REG_ECX);
  const GuestCode code = code_at(eip);
  for (const std::byte prefix : code.bytes()) {
    if (prefix == std::byte{0x67}) return ecx & 0xFFFF;
    if (prefix < std::byte{0x26} || (prefix > std::byte{0x66} && prefix < std::byte{0xf2})) break;
  }
  return ecx;
}

}  // namespace emu
