#include "emulator/debugger/stack_walk.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "emulator/debugger/disassembly/code_listing.h"

namespace emu::debugger {
namespace {

namespace reg = dwarf_register;

FrameRegisters frame_registers(const Registers& r) {
  return {r.eax, r.ecx, r.edx, r.ebx, r.esp, r.ebp, r.esi, r.edi, r.eip};
}

// What a frame's caller has in its registers, and the CFA between them.
struct Caller {
  uint32_t cfa = 0;
  FrameRegisters registers;
  UnwindMethod method = UnwindMethod::None;
};

class Unwinder {
 public:
  Unwinder(const MemoryView& memory, const SymbolTable& symbols) : memory_(memory), symbols_(symbols) {}

  std::optional<Caller> caller_of(const StackFrame& frame) const {
    if (const auto row = symbols_.unwind_row_at(frame.lookup())) return by_information(frame, *row);
    if (frame.innermost) {
      if (auto caller = from_nowhere(frame)) return caller;
      if (auto caller = from_entry(frame)) return caller;
    }
    return by_frame_pointer(frame);
  }

 private:
  // DWARF 5, chapter 6.4.4.
  std::optional<Caller> by_information(const StackFrame& frame, const UnwindRowAt& at) const {
    LocationContext context{frame.registers, &memory_, std::nullopt, std::nullopt, at.module_offset};
    const auto cfa = value_of(at.row->cfa, context, reg::kEsp);
    if (!cfa) return std::nullopt;
    context.cfa = cfa;
    Caller caller{*cfa, {}, UnwindMethod::CallFrameInformation};
    for (uint32_t i = 0; i < reg::kCount; ++i)
      caller.registers[i] = value_of(at.row->registers[i], context, i);
    if (at.row->registers[reg::kEsp].kind == RegisterRule::Kind::SameValue)
      caller.registers[reg::kEsp] = *cfa;
    return caller;
  }

  std::optional<uint32_t> value_of(const RegisterRule& rule, const LocationContext& context,
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
  std::optional<Caller> from_entry(const StackFrame& frame) const {
    const auto function = symbols_.function_at(frame.instruction);
    if (!function) return std::nullopt;
    const CodeListing code(memory_, symbols_);
    int32_t change = 0;
    mm::VirtualAddress at = function->begin;
    while (at < frame.instruction) {
      const auto instruction = code.instruction_at(at);
      const bool plain = instruction && instruction->stack_change && !instruction->writes_ebp &&
                         (instruction->flow == Flow::Next || instruction->flow == Flow::Interrupt);
      if (!plain) return std::nullopt;
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

  // A call to an address that is in no module has done nothing yet.
  std::optional<Caller> from_nowhere(const StackFrame& frame) const {
    if (symbols_.module_at(frame.instruction) != nullptr) return std::nullopt;
    const Caller caller = returning_from(frame, *frame.registers[reg::kEsp]);
    const auto to = caller.registers[reg::kEip];
    return to && symbols_.module_at({*to}) != nullptr ? std::optional(caller) : std::nullopt;
  }

  // With all other registers as they are.
  Caller returning_from(const StackFrame& frame, uint32_t return_at) const {
    Caller caller{return_at + 4, frame.registers, UnwindMethod::FromEntry};
    caller.registers[reg::kEip] = memory_.load<uint32_t>({return_at});
    caller.registers[reg::kEsp] = return_at + 4;
    return caller;
  }

  std::optional<Caller> by_frame_pointer(const StackFrame& frame) const {
    const auto ebp = frame.registers[reg::kEbp];
    if (!ebp) return std::nullopt;
    const auto saved = memory_.load<uint32_t>({*ebp});
    const auto return_address = memory_.load<uint32_t>({*ebp + 4});
    if (!saved || !return_address) return std::nullopt;
    Caller caller{*ebp + 8, {}, UnwindMethod::FramePointer};
    caller.registers[reg::kEbp] = saved;
    caller.registers[reg::kEsp] = *ebp + 8;
    caller.registers[reg::kEip] = return_address;
    return caller;
  }

  const MemoryView& memory_;
  const SymbolTable& symbols_;
};

// Fills in what the frame's caller tells about the frame. False when the caller cannot be right: it must lie
// higher on the stack.
bool complete(StackFrame& frame, const Caller& caller) {
  const bool higher = caller.cfa > frame.registers[reg::kEsp].value_or(0);
  if (!higher || !caller.registers[reg::kEip]) return false;
  frame.cfa = {caller.cfa};
  frame.child_ebp = {caller.cfa - 8};
  frame.return_address = {*caller.registers[reg::kEip]};
  frame.method = caller.method;
  return true;
}

}  // namespace

std::vector<StackFrame> walk_stack(const Registers& registers, const MemoryView& memory,
                                   const SymbolTable& symbols, size_t most_frames) {
  const Unwinder unwinder(memory, symbols);
  std::vector<StackFrame> frames;
  StackFrame frame;
  frame.innermost = true;
  frame.registers = frame_registers(registers);
  while (frames.size() < std::min(most_frames, kMostFrames)) {
    frame.instruction = {*frame.registers[reg::kEip]};
    const auto caller = unwinder.caller_of(frame);
    const bool found = caller && complete(frame, *caller);
    if (!found) frame.child_ebp = {frame.registers[reg::kEbp].value_or(0)};
    frames.push_back(frame);
    if (!found || frame.return_address.value == 0) break;
    frame = {};
    frame.registers = caller->registers;
  }
  return frames;
}

std::string describe_frame(const StackFrame& frame, const SymbolTable& symbols) {
  std::string name = symbols.describe(frame.instruction);
  if (name.empty()) name = fmt::format("0x{:x}", frame.instruction.value);
  const auto source = symbols.source_at(frame.lookup());
  return source ? fmt::format("{} [{} @ {}]", name, source->file, source->line) : name;
}

std::vector<std::string> stack_lines(const std::vector<StackFrame>& frames, const SymbolTable& symbols) {
  std::vector<std::string> lines{"ChildEBP RetAddr"};
  for (const StackFrame& frame : frames)
    lines.push_back(fmt::format("{:08x} {:08x} {}", frame.child_ebp.value, frame.return_address.value,
                                describe_frame(frame, symbols)));
  return lines;
}

LocationContext location_context(const StackFrame& frame, const MemoryView& memory,
                                 const SymbolTable& symbols) {
  LocationContext context;
  context.registers = frame.registers;
  context.memory = &memory;
  if (frame.cfa.value != 0) context.cfa = frame.cfa.value;
  context.module_offset = symbols.module_offset_at(frame.lookup());
  const LocationExpression* base = symbols.frame_base_at(frame.lookup());
  if (base == nullptr) return context;
  const auto place = evaluate_location(*base, context);
  if (!place) return context;
  if (const auto* in_memory = std::get_if<InMemory>(&*place)) context.frame_base = in_memory->address.value;
  if (const auto* in_register = std::get_if<InRegister>(&*place))
    context.frame_base = context.registers[in_register->number];
  if (const auto* known = std::get_if<KnownValue>(&*place)) context.frame_base = known->value;
  return context;
}

std::vector<FrameVariable> frame_variables(const StackFrame& frame, const MemoryView& memory,
                                           const SymbolTable& symbols) {
  const LocationContext context = location_context(frame, memory, symbols);
  std::vector<FrameVariable> variables;
  for (const VariableAt& found : symbols.variables_at(frame.lookup())) {
    const auto& constant = found.variable->constant;
    tl::expected<Place, std::string> place = tl::unexpected<std::string>("optimized out");
    if (found.location != nullptr)
      place = evaluate_location(*found.location, context);
    else if (constant)
      place = KnownValue{static_cast<uint32_t>(*constant)};
    variables.push_back({found.variable, std::move(place)});
  }
  return variables;
}

}  // namespace emu::debugger
