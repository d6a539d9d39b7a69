#include "emulator/debugger/stack/unwinder.h"

#include <algorithm>
#include <array>

namespace emu::debugger {
namespace {

namespace reg = dwarf_register;

// Registers that a called function need not keep (System V ABI, i386 supplement; Windows' conventions agree).
constexpr std::array kScratch{reg::kEax, reg::kEcx, reg::kEdx};

bool is_plain(const Instruction& instruction) {
  return instruction.flow == Flow::Next || instruction.flow == Flow::Interrupt;
}

std::optional<uint32_t> register_named(std::string_view name) {
  constexpr std::array<std::string_view, 8> kNames{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi"};
  const auto found = std::find(kNames.begin(), kNames.end(), name);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<uint32_t>(found - kNames.begin());
}

}  // namespace

std::optional<Caller> Unwinder::caller_of(const StackFrame& frame) const {
  if (const auto row = symbols_.unwind_row_at(frame.lookup())) return by_information(frame, *row);
  if (frame.interrupted) {
    if (auto caller = from_nowhere(frame)) return caller;
    if (auto caller = from_entry(frame)) return caller;
    if (auto caller = to_return(frame)) return caller;
  }
  if (keeps_frame_pointer(frame))
    if (auto caller = by_frame_pointer(frame)) return caller;
  auto caller = by_guess(frame);
  if (caller) caller->guessed = true;
  return caller;
}

// DWARF 5, chapter 6.4.4.
std::optional<Caller> Unwinder::by_information(const StackFrame& frame, const UnwindRowAt& at) const {
  LocationContext context{frame.registers, &memory_, std::nullopt, std::nullopt, at.module_offset};
  const auto cfa = value_of(at.row->cfa, context, reg::kEsp);
  if (!cfa) return std::nullopt;
  context.cfa = cfa;
  Caller caller;
  caller.cfa = *cfa;
  caller.method = UnwindMethod::CallFrameInformation;
  caller.interrupted = at.row->follows_interruption();
  for (uint32_t i = 0; i < reg::kCount; ++i) caller.registers[i] = value_of(at.row->registers[i], context, i);
  if (at.row->registers[reg::kEsp].kind == RegisterRule::Kind::SameValue) caller.registers[reg::kEsp] = *cfa;
  return caller;
}

std::optional<uint32_t> Unwinder::value_of(const RegisterRule& rule, const LocationContext& context,
                                           uint32_t itself) const {
  using Kind = RegisterRule::Kind;
  const uint32_t cfa = context.cfa.value_or(0);
  const auto offset = static_cast<uint32_t>(rule.offset);
  switch (rule.kind) {
    case Kind::Undefined: return std::nullopt;
    case Kind::SameValue: return context.registers[itself];
    case Kind::AtCfaPlus: return memory_.load<uint32_t>({cfa + offset});
    case Kind::CfaPlus: return cfa + offset;
    case Kind::InRegister:
      if (rule.reg >= reg::kCount || !context.registers[rule.reg]) return std::nullopt;
      return *context.registers[rule.reg] + offset;
    case Kind::AtExpression:
    case Kind::ExpressionValue: break;
  }
  const auto number = evaluate_number(rule.expression, context, context.cfa);
  if (!number) return std::nullopt;
  return rule.kind == Kind::ExpressionValue ? *number : memory_.load<uint32_t>({*number});
}

// Follows the code from the function's entry to where the thread is, adding up what it does to ESP.
std::optional<Caller> Unwinder::from_entry(const StackFrame& frame) const {
  const auto function = symbols_.function_at(frame.instruction);
  if (!function) return std::nullopt;
  int32_t change = 0;
  mm::VirtualAddress at = function->begin;
  while (at < frame.instruction) {
    const auto instruction = code_.instruction_at(at);
    if (!instruction || !instruction->stack_change || instruction->writes_ebp || !is_plain(*instruction))
      return std::nullopt;
    change += *instruction->stack_change;
    at = instruction->end();
  }
  if (at != frame.instruction || change > 0) return std::nullopt;
  Caller caller = returning_from(frame, *frame.registers[reg::kEsp] - static_cast<uint32_t>(change));
  if (function->begin != frame.instruction)  // the code may have changed them
    for (const uint32_t i : {reg::kEax, reg::kEcx, reg::kEdx, reg::kEbx, reg::kEsi, reg::kEdi})
      caller.registers[i].reset();
  return caller;
}

// Follows the code from where the thread is to the function's return, past branches, since a function's stack
// is as deep on either way.
std::optional<Caller> Unwinder::to_return(const StackFrame& frame) const {
  constexpr int kMostInstructions = 64;
  StackFrame now = frame;
  uint32_t esp = *frame.registers[reg::kEsp];
  mm::VirtualAddress at = frame.instruction;
  for (int i = 0; i < kMostInstructions; ++i) {
    const auto instruction = code_.instruction_at(at);
    if (!instruction) return std::nullopt;
    if (instruction->flow == Flow::Return) {
      Caller caller = returning_from(now, esp);
      caller.method = UnwindMethod::ToReturn;
      for (const uint32_t scratch : kScratch) caller.registers[scratch].reset();
      return caller;
    }
    if (!is_plain(*instruction) && instruction->flow != Flow::Branch) return std::nullopt;
    at = instruction->end();
    if (instruction->mnemonic == "leave") {
      esp = now.registers[reg::kEbp].value_or(0);
      now.registers[reg::kEbp] = memory_.load<uint32_t>({esp});
      esp += 4;
      continue;
    }
    if (!instruction->stack_change) return std::nullopt;
    const auto popped = instruction->mnemonic == "pop" ? register_named(instruction->operands) : std::nullopt;
    if (popped)
      now.registers[*popped] = memory_.load<uint32_t>({esp});
    else if (instruction->writes_ebp)
      now.registers[reg::kEbp].reset();
    esp += static_cast<uint32_t>(*instruction->stack_change);
  }
  return std::nullopt;
}

// A call to an address that is in no module has done nothing yet.
std::optional<Caller> Unwinder::from_nowhere(const StackFrame& frame) const {
  if (symbols_.module_at(frame.instruction) != nullptr) return std::nullopt;
  const Caller caller = returning_from(frame, *frame.registers[reg::kEsp]);
  const auto to = caller.registers[reg::kEip];
  return to && symbols_.module_at({*to}) != nullptr ? std::optional(caller) : std::nullopt;
}

// With all other registers as they are.
Caller Unwinder::returning_from(const StackFrame& frame, uint32_t return_at) const {
  Caller caller;
  caller.cfa = return_at + 4;
  caller.registers = frame.registers;
  caller.method = UnwindMethod::FromEntry;
  caller.registers[reg::kEip] = memory_.load<uint32_t>({return_at});
  caller.registers[reg::kEsp] = return_at + 4;
  return caller;
}

// Whether EBP is that of the frame: the function makes one at its entry (push ebp; mov ebp, esp).
bool Unwinder::keeps_frame_pointer(const StackFrame& frame) const {
  const auto function = symbols_.function_at(frame.lookup());
  if (!function) return false;
  const auto first = code_.instruction_at(function->begin);
  if (!first || first->mnemonic != "push" || first->operands != "ebp") return false;
  const auto second = code_.instruction_at(first->end());
  return second && second->mnemonic == "mov" && second->operands == "ebp,esp";
}

std::optional<Caller> Unwinder::by_frame_pointer(const StackFrame& frame) const {
  const auto ebp = frame.registers[reg::kEbp];
  if (!ebp) return std::nullopt;
  const auto saved = memory_.load<uint32_t>({*ebp});
  const auto return_address = memory_.load<uint32_t>({*ebp + 4});
  if (!saved || !return_address) return std::nullopt;
  Caller caller;
  caller.cfa = *ebp + 8;
  caller.method = UnwindMethod::FramePointer;
  caller.registers[reg::kEbp] = saved;
  caller.registers[reg::kEsp] = *ebp + 8;
  caller.registers[reg::kEip] = return_address;
  return caller;
}

// What kind of call stands before the address that may have entered `function`: E8, and then its target says
// so, or FF /2 (SDM volume 2, CALL) with 2 to 7 bytes, which may enter any.
Unwinder::CallBefore Unwinder::call_before(mm::VirtualAddress return_address,
                                           std::optional<mm::VirtualAddress> function) const {
  constexpr uint32_t kDirectSize = 5;
  if (symbols_.module_at(return_address) == nullptr) return CallBefore::None;
  const auto direct = code_.instruction_at({return_address.value - kDirectSize});
  if (direct && direct->flow == Flow::Call && direct->target && direct->size == kDirectSize &&
      symbols_.module_at(*direct->target) != nullptr)
    return !function || *direct->target == *function ? CallBefore::Direct : CallBefore::None;
  for (uint32_t size = 2; size <= 7; ++size) {
    const auto call = code_.instruction_at({return_address.value - size});
    if (call && call->flow == Flow::Call && !call->target && call->size == size) return CallBefore::Indirect;
  }
  return CallBefore::None;
}

std::optional<Caller> Unwinder::by_guess(const StackFrame& frame) const {
  auto by_pointer = by_frame_pointer(frame);
  const bool plain_frame = !symbols_.function_at(frame.lookup()) && by_pointer &&
                           call_before({*by_pointer->registers[reg::kEip]}, std::nullopt) != CallBefore::None;
  if (plain_frame) return by_pointer;
  auto scanned = by_scan(frame);
  return scanned ? scanned : by_pointer;
}

// The nearest word on the stack that a call to this function put there; else that an indirect call may have.
std::optional<Caller> Unwinder::by_scan(const StackFrame& frame) const {
  constexpr uint32_t kMostWords = 1024;
  const auto esp = frame.registers[reg::kEsp];
  if (!esp) return std::nullopt;
  const auto function = symbols_.function_at(frame.lookup());
  const auto begin = function ? std::optional(function->begin) : std::nullopt;
  std::optional<Caller> best;
  for (uint32_t i = 0; i < kMostWords; ++i) {
    const uint32_t at = *esp + 4 * i;
    const auto word = memory_.load<uint32_t>({at});
    if (!word) break;
    const CallBefore call = call_before({*word}, begin);
    if (call == CallBefore::None || (call == CallBefore::Indirect && best)) continue;
    Caller caller;
    caller.cfa = at + 4;
    caller.method = UnwindMethod::Scan;
    caller.registers[reg::kEbp] = frame.registers[reg::kEbp];
    caller.registers[reg::kEsp] = at + 4;
    caller.registers[reg::kEip] = *word;
    best = caller;
    if (call == CallBefore::Direct) break;
  }
  return best;
}

}  // namespace emu::debugger
