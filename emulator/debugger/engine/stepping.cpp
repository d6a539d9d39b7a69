#include "emulator/debugger/engine/stepping.h"

#include <array>
#include <cstddef>
#include <span>

#include "emulator/cpu/cpu.h"
#include "emulator/cpu/instruction_scan.h"
#include "emulator/debugger/memory/process_memory.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/processes/thread.h"

namespace emu::debugger {
namespace {

using Kind = Resume::Kind;

bool is_repeated(const Instruction& instruction) { return instruction.mnemonic.starts_with("rep"); }

// What a step over takes as one: a call with all that it calls, a string instruction with its repetitions.
bool is_stepped_over(const Instruction& instruction) {
  return instruction.flow == Flow::Call || is_repeated(instruction);
}

}  // namespace

std::optional<Instruction> Stepping::instruction_at(const Thread& thread, uint32_t eip) const {
  std::array<uint8_t, kLongestInstruction> code{};
  const ProcessMemory memory(kernel_, &thread.process());  // also where the page is not in RAM
  const size_t there = memory.read({eip}, std::as_writable_bytes(std::span(code)));
  return disassembler_.decode(std::span(code).first(there), {eip});
}

bool Stepping::repeats_at(const Thread& thread, uint32_t eip) const {
  const auto instruction = instruction_at(thread, eip);
  return instruction && is_repeated(*instruction);
}

void Stepping::begin(Thread& thread, const Registers& registers, const Resume& resume) {
  thread_ = &thread;
  resume_ = resume;
  left_ = resume.count;
  prepare(registers);
}

// The next part: one instruction, or up to what lies behind a call.
void Stepping::prepare(const Registers& registers) {
  ran_ = false;
  target_.reset();
  stack_ = 0;
  if (resume_.kind == Kind::RunTo) {
    target_ = resume_.address;
    stack_ = resume_.stack;
    return;
  }
  if (resume_.kind == Kind::StepInto) return;
  const auto next = instruction_at(*thread_, registers.eip);
  if (!next || !is_stepped_over(*next)) return;
  target_ = next->end();
  stack_ = registers.esp;
}

bool Stepping::arrived(const Registers& registers) const {
  if (!target_) return ran_;
  return ran_ && registers.eip == target_->value && registers.esp >= stack_;
}

bool Stepping::done(Thread& thread) {
  if (!of(thread)) return false;
  const Registers registers = kernel_.board().cpu().registers();
  if (!arrived(registers)) return false;
  bool more = resume_.kind != Kind::RunTo && --left_ != 0;
  if (resume_.kind == Kind::StepToReturn) {
    const auto next = instruction_at(*thread_, registers.eip);
    more = !next || next->flow != Flow::Return;
  }
  if (more) {
    prepare(registers);
    return false;
  }
  cancel();
  return true;
}

}  // namespace emu::debugger
