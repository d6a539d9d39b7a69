#include "emulator/debugger/symbols/location.h"

#include <fmt/core.h>
#include <libdwarf/dwarf.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace emu::debugger {
namespace {

constexpr size_t kDeepestStack = 256;
constexpr uint32_t kMostOperations = 10'000;  // branches may loop

using Failure = tl::unexpected<std::string>;

class StackMachine {
 public:
  StackMachine(const LocationExpression& expression, const LocationContext& context)
      : expression_(expression), context_(context) {}

  void push(uint32_t value) {
    if (stack_.size() == kDeepestStack) return fail("an expression that is too deep");
    stack_.push_back(value);
  }

  void run() {
    for (uint32_t done = 0; next_ < expression_.size() && error_.empty() && !register_; ++done) {
      if (done == kMostOperations) return fail("an expression without end");
      step(expression_[next_++]);
    }
  }

  tl::expected<Place, std::string> place() {
    if (!error_.empty()) return Failure(error_);
    if (register_) return InRegister{*register_};
    if (stack_.empty()) return Failure("optimized out");
    if (is_value_) return KnownValue{stack_.back()};
    return InMemory{{stack_.back()}};
  }

  tl::expected<uint32_t, std::string> number() {
    if (!error_.empty()) return Failure(error_);
    if (register_ || stack_.empty()) return Failure("an expression without a number");
    return stack_.back();
  }

 private:
  void fail(std::string why) { error_ = std::move(why); }

  uint32_t pop() {
    if (stack_.empty()) {
      fail("an expression without operands");
      return 0;
    }
    const uint32_t value = stack_.back();
    stack_.pop_back();
    return value;
  }

  void push_register(uint32_t number, uint64_t offset) {
    if (number >= context_.registers.size() || !context_.registers[number])
      return fail(fmt::format("{} is not known here", register_name(number)));
    push(*context_.registers[number] + static_cast<uint32_t>(offset));
  }

  void push_known(const std::optional<uint32_t>& value, const char* name, uint64_t offset) {
    if (!value) return fail(fmt::format("the {} is not known here", name));
    push(*value + static_cast<uint32_t>(offset));
  }

  void pick(uint64_t depth) {
    if (depth >= stack_.size()) return fail("an expression without operands");
    push(stack_[stack_.size() - 1 - static_cast<size_t>(depth)]);
  }

  void load(uint64_t size) {
    const mm::VirtualAddress from{pop()};
    uint32_t value = 0;
    const auto bytes = std::as_writable_bytes(std::span(&value, 1));
    if (size == 0 || size > bytes.size()) return fail("a read of an odd size");
    const size_t wanted = static_cast<size_t>(size);
    if (context_.memory == nullptr || context_.memory->read(from, bytes.first(wanted)) != wanted)
      return fail(fmt::format("memory at {:08x} cannot be read", from.value));
    push(value);
  }

  void swap_tops(size_t count) {  // the top goes below the others
    if (stack_.size() < count) return fail("an expression without operands");
    const auto begin = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::rotate(begin, stack_.end() - 1, stack_.end());
  }

  // `distance` counts from the end of the branch: an operation byte and two bytes of distance.
  void branch(const LocationOperation& from, uint64_t distance) {
    const uint32_t target = from.offset + 3 + static_cast<uint32_t>(static_cast<int16_t>(distance));
    const auto at = std::find_if(expression_.begin(), expression_.end(),
                                 [&](const LocationOperation& o) { return o.offset == target; });
    next_ = static_cast<size_t>(at - expression_.begin());
  }

  void step(const LocationOperation& operation) {
    const uint8_t code = operation.code;
    if (code >= DW_OP_lit0 && code <= DW_OP_lit31) return push(code - uint32_t{DW_OP_lit0});
    if (code >= DW_OP_reg0 && code <= DW_OP_reg31) return in_register(code - uint32_t{DW_OP_reg0});
    if (code >= DW_OP_breg0 && code <= DW_OP_breg31)
      return push_register(code - uint32_t{DW_OP_breg0}, operation.first);
    if (!constant(operation) && !frame(operation) && !stack(operation) && !arithmetic(code) &&
        !control(operation))
      fail(fmt::format("an operation {:#04x} that is not supported", code));
  }

  void in_register(uint64_t number) {
    if (number >= dwarf_register::kCount) return fail("in a register that is not shown");
    register_ = static_cast<uint32_t>(number);
    if (next_ < expression_.size()) fail("in pieces");
  }

  bool constant(const LocationOperation& operation) {
    switch (operation.code) {
      case DW_OP_addr: push(static_cast<uint32_t>(operation.first) + context_.module_offset); return true;
      case DW_OP_const1u:
      case DW_OP_const1s:
      case DW_OP_const2u:
      case DW_OP_const2s:
      case DW_OP_const4u:
      case DW_OP_const4s:
      case DW_OP_const8u:
      case DW_OP_const8s:
      case DW_OP_constu:
      case DW_OP_consts: push(static_cast<uint32_t>(operation.first)); return true;
      default: return false;
    }
  }

  bool frame(const LocationOperation& operation) {
    switch (operation.code) {
      case DW_OP_fbreg: push_known(context_.frame_base, "frame base", operation.first); return true;
      case DW_OP_call_frame_cfa: push_known(context_.cfa, "frame", 0); return true;
      case DW_OP_regx: in_register(operation.first); return true;
      case DW_OP_bregx:
        push_register(static_cast<uint32_t>(std::min<uint64_t>(operation.first, dwarf_register::kCount)),
                      operation.second);
        return true;
      default: return false;
    }
  }

  bool stack(const LocationOperation& operation) {
    switch (operation.code) {
      case DW_OP_dup: pick(0); return true;
      case DW_OP_over: pick(1); return true;
      case DW_OP_pick: pick(operation.first); return true;
      case DW_OP_drop: pop(); return true;
      case DW_OP_swap: swap_tops(2); return true;
      case DW_OP_rot: swap_tops(3); return true;
      case DW_OP_deref: load(sizeof(uint32_t)); return true;
      case DW_OP_deref_size: load(operation.first); return true;
      default: return false;
    }
  }

  bool control(const LocationOperation& operation) {
    switch (operation.code) {
      case DW_OP_nop: return true;
      case DW_OP_skip: branch(operation, operation.first); return true;
      case DW_OP_bra:
        if (pop() != 0) branch(operation, operation.first);
        return true;
      case DW_OP_stack_value:
        is_value_ = true;
        if (next_ < expression_.size()) fail("in pieces");
        return true;
      case DW_OP_piece:
      case DW_OP_bit_piece: fail("in pieces"); return true;
      case DW_OP_entry_value:
      case DW_OP_GNU_entry_value: fail("only known when the function was entered"); return true;
      case DW_OP_implicit_pointer:
      case DW_OP_GNU_implicit_pointer: fail("points to what was optimized out"); return true;
      default: return false;
    }
  }

  bool arithmetic(uint8_t code) {
    switch (code) {
      case DW_OP_neg: push(0u - pop()); return true;
      case DW_OP_not: push(~pop()); return true;
      case DW_OP_abs: {
        const uint32_t value = pop();
        push(static_cast<int32_t>(value) < 0 ? 0u - value : value);
        return true;
      }
      case DW_OP_plus_uconst: push(pop() + static_cast<uint32_t>(expression_[next_ - 1].first)); return true;
      default: return binary(code);
    }
  }

  bool binary(uint8_t code) {
    const bool known = (code >= DW_OP_and && code <= DW_OP_xor && code != DW_OP_plus_uconst) ||
                       (code >= DW_OP_eq && code <= DW_OP_ne);
    if (!known) return false;
    const uint32_t right = pop(), left = pop();
    const auto signed_left = static_cast<int32_t>(left), signed_right = static_cast<int32_t>(right);
    switch (code) {
      case DW_OP_and: push(left & right); return true;
      case DW_OP_or: push(left | right); return true;
      case DW_OP_xor: push(left ^ right); return true;
      case DW_OP_plus: push(left + right); return true;
      case DW_OP_minus: push(left - right); return true;
      case DW_OP_mul: push(left * right); return true;
      case DW_OP_shl: push(right < 32 ? left << right : 0); return true;
      case DW_OP_shr: push(right < 32 ? left >> right : 0); return true;
      case DW_OP_shra: push(static_cast<uint32_t>(signed_left >> std::min(right, 31u))); return true;
      case DW_OP_eq: push(left == right); return true;
      case DW_OP_ne: push(left != right); return true;
      case DW_OP_lt: push(signed_left < signed_right); return true;
      case DW_OP_le: push(signed_left <= signed_right); return true;
      case DW_OP_gt: push(signed_left > signed_right); return true;
      case DW_OP_ge: push(signed_left >= signed_right); return true;
      case DW_OP_div:
      case DW_OP_mod: divide(code, left, right); return true;
      default: return false;
    }
  }

  void divide(uint8_t code, uint32_t left, uint32_t right) {
    if (right == 0) return fail("an expression that divides by zero");
    if (code == DW_OP_mod) return push(left % right);
    const int64_t quotient = int64_t{static_cast<int32_t>(left)} / int64_t{static_cast<int32_t>(right)};
    push(static_cast<uint32_t>(quotient));
  }

  const LocationExpression& expression_;
  const LocationContext& context_;
  std::vector<uint32_t> stack_;
  size_t next_ = 0;
  std::optional<uint32_t> register_;
  bool is_value_ = false;
  std::string error_;
};

}  // namespace

tl::expected<Place, std::string> evaluate_location(const LocationExpression& expression,
                                                   const LocationContext& context) {
  StackMachine machine(expression, context);
  machine.run();
  return machine.place();
}

tl::expected<uint32_t, std::string> evaluate_number(const LocationExpression& expression,
                                                    const LocationContext& context,
                                                    std::optional<uint32_t> initial) {
  StackMachine machine(expression, context);
  if (initial) machine.push(*initial);
  machine.run();
  return machine.number();
}

std::string register_name(uint32_t dwarf_number) {
  constexpr std::array<const char*, dwarf_register::kCount> kNames{"eax", "ecx", "edx", "ebx", "esp",
                                                                   "ebp", "esi", "edi", "eip"};
  return dwarf_number < kNames.size() ? kNames[dwarf_number] : fmt::format("r{}", dwarf_number);
}

}  // namespace emu::debugger
