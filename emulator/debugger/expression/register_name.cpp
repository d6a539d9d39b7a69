#include "emulator/debugger/expression/register_name.h"

#include <array>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {
namespace {

struct Flag {
  std::string_view name;
  uint32_t bit, bits = 1;
};
// EFLAGS (Intel SDM volume 1, 3.4.3), by WinDbg's names.
constexpr std::array<Flag, 13> kFlags{{{"cf", 0},
                                       {"pf", 2},
                                       {"af", 4},
                                       {"zf", 6},
                                       {"sf", 7},
                                       {"tf", 8},
                                       {"if", 9},
                                       {"df", 10},
                                       {"of", 11},
                                       {"iopl", 12, 2},
                                       {"vm", 17},
                                       {"vif", 19},
                                       {"vip", 20}}};

constexpr std::array<std::string_view, 8> kWords{"ax", "bx", "cx", "dx", "si", "di", "bp", "sp"};

bool is_word(std::string_view name) {
  for (const std::string_view word : kWords)
    if (name == word) return true;
  return name == "ip";
}

// al, ah, bl, ...
bool is_byte(std::string_view name) {
  const bool letter = name.size() == 2 && name[0] >= 'a' && name[0] <= 'd';
  return letter && (name[1] == 'l' || name[1] == 'h');
}

}  // namespace

RegisterPart register_part(std::string_view any_case) {
  const std::string name = lower_case(any_case);
  if (name == "$ip") return {"eip"};
  if (name == "$csp") return {"esp"};
  if (name == "$retreg") return {"eax"};
  if (name == "eflags") return {"efl"};
  if (name == "fl") return {"efl", 0, 16};
  if (is_word(name)) return {"e" + name, 0, 16};
  if (is_byte(name)) return {std::string("e") + name[0] + "x", name[1] == 'h' ? 8u : 0u, 8};
  for (const Flag& flag : kFlags)
    if (flag.name == name) return {"efl", flag.bit, flag.bits};
  return {name};
}

std::optional<uint64_t> read_register(const ExpressionContext& context, std::string_view name) {
  const RegisterPart part = register_part(name);
  const auto value = context.read_register(part.whole);
  if (!value) return std::nullopt;
  const bool extended = part.bits == 32 && part.whole.front() != '$' && part.whole != "efl";
  if (extended) return static_cast<uint64_t>(int64_t{static_cast<int32_t>(*value)});
  return part.of(*value);
}

}  // namespace emu::debugger
