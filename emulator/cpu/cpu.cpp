#include "emulator/cpu/cpu.h"

#include "emulator/cpu/engine.h"

namespace emu {

bool Cpu::host_has_room() { return UnicornHandle::host_has_room(); }

Cpu::Cpu(mm::PhysicalMemory ram, TlbFiller& filler) : engine_(std::make_unique<Engine>(*this, ram, filler)) {}
Cpu::~Cpu() = default;

void Cpu::enter_user_mode(DescriptorTablePlace place) { engine_->enter_user_mode(place); }
void Cpu::set_teb(mm::VirtualAddress teb) { engine_->set_teb(teb); }
void Cpu::set_interrupt_handler(InterruptHandler* handler) { engine_->set_interrupt_handler(handler); }

uint32_t Cpu::get(Register which) const { return engine_->unicorn().read(unicorn_register(which)); }
void Cpu::set(Register which, uint32_t value) { engine_->unicorn().write(unicorn_register(which), value); }
Registers Cpu::registers() const { return engine_->unicorn().registers(); }
void Cpu::set_registers(const Registers& registers) { engine_->set_registers(registers); }
FloatingState Cpu::floating_state() const { return engine_->unicorn().floating_state(); }
void Cpu::set_floating_state(const FloatingState& state) { engine_->unicorn().set_floating_state(state); }
uint8_t Cpu::privilege_level() const { return engine_->unicorn().read(UC_X86_REG_CS) & 3; }
mm::VirtualAddress Cpu::teb() const { return engine_->teb(); }

Stop Cpu::run() { return engine_->run(); }
Stop Cpu::step() { return engine_->step(); }
void Cpu::request_stop() { engine_->request_stop(); }
void Cpu::request_stop_from_signal() { engine_->request_stop_from_signal(); }
bool Cpu::stop_requested() const { return engine_->stop_requested(); }
void Cpu::set_breakpoints(std::span<const mm::VirtualAddress> addresses, BreakpointsOf whose) {
  engine_->set_breakpoints(addresses, whose);
}

void Cpu::count_instructions(CountInstructions mode) { engine_->count_instructions(mode); }
uint64_t Cpu::instructions_retired() const { return engine_->instructions_retired(); }
void Cpu::set_instruction_limit(uint64_t limit) { engine_->set_instruction_limit(limit); }
void Cpu::count_code_bytes(CountCodeBytes mode) { engine_->count_code_bytes(mode); }
void Cpu::set_code_byte_limit(uint64_t limit) { engine_->set_code_byte_limit(limit); }
CountCodeBytes Cpu::counts_code_bytes() const { return engine_->counts_code_bytes(); }
uint64_t Cpu::code_bytes_retired() const { return engine_->code_bytes_retired(); }
bool Cpu::code_byte_limit_reached() const { return engine_->code_byte_limit_reached(); }

void Cpu::flush_tlb() { engine_->flush_tlb(); }
void Cpu::drop_code(mm::PageFrameNumber frame) { engine_->drop_code(frame); }
const mm::PhysicalMemory& Cpu::ram() const { return engine_->ram(); }

}  // namespace emu
