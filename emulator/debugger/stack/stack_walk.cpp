#include "emulator/debugger/stack/stack_walk.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/debugger/stack/unwinder.h"

namespace emu::debugger {
namespace {

namespace reg = dwarf_register;

FrameRegisters frame_registers(const Registers& r) {
  return {r.eax, r.ecx, r.edx, r.ebx, r.esp, r.ebp, r.esi, r.edi, r.eip};
}

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
  frame.interrupted = true;
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
    frame.interrupted = caller->interrupted;
    frame.guessed = frames.back().guessed || caller->guessed;
  }
  return frames;
}

bool begins_guessing(const std::vector<StackFrame>& frames, size_t number) {
  return number > 0 && frames[number].guessed && !frames[number - 1].guessed;
}

std::string describe_frame(const StackFrame& frame, const SymbolTable& symbols) {
  std::string name = symbols.describe(frame.instruction);
  if (name.empty()) name = fmt::format("0x{:x}", frame.instruction.value);
  const auto source = symbols.source_at(frame.lookup());
  return source ? fmt::format("{} [{} @ {}]", name, source->file, source->line) : name;
}

std::vector<std::string> stack_lines(const std::vector<StackFrame>& frames, const SymbolTable& symbols) {
  std::vector<std::string> lines{"ChildEBP RetAddr"};
  for (size_t i = 0; i < frames.size(); ++i) {
    if (begins_guessing(frames, i)) lines.emplace_back(kGuessWarning);
    lines.push_back(fmt::format("{:08x} {:08x} {}", frames[i].child_ebp.value, frames[i].return_address.value,
                                describe_frame(frames[i], symbols)));
  }
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
