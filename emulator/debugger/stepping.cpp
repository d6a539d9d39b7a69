#include "emulator/debugger/stepping.h"

#include "emulator/debugger/instruction_kind.h"

namespace emu::debugger {

using Kind = Resume::Kind;

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
  const NextInstruction next = next_instruction(machine_, *thread_, {registers.eip});
  if (next.kind != NextInstruction::Kind::Call && next.kind != NextInstruction::Kind::Repetition) return;
  target_ = mm::VirtualAddress{registers.eip} + next.size;
  stack_ = registers.esp;
}

bool Stepping::arrived(const Registers& registers) const {
  if (!target_) return ran_;
  return ran_ && registers.eip == target_->value && registers.esp >= stack_;
}

bool Stepping::done(Thread& thread) {
  if (!of(thread)) return false;
  const Registers registers = machine_.cpu().registers();
  if (!arrived(registers)) return false;
  const bool to_return = resume_.kind == Kind::StepToReturn;
  const bool more =
      to_return ? next_instruction(machine_, thread, {registers.eip}).kind != NextInstruction::Kind::Return
                : --left_ != 0 && resume_.kind != Kind::RunTo;
  if (more) {
    prepare(registers);
    return false;
  }
  cancel();
  return true;
}

}  // namespace emu::debugger
