// Functions with their variables, and global variables (DWARF 5, chapters 3 and 4.1).
#include <utility>

#include "emulator/debugger/symbols/dwarf_parts.h"
#include "emulator/debugger/symbols/dwarf_types.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kDeepestBlock = 128;

class FunctionReader {
 public:
  FunctionReader(const DwarfSession& session, DebugInformation& information)
      : session_(session), types_(session), information_(information) {}

  // What lies directly in a unit, a namespace or a class.
  void read_scope(const Die& scope, uint32_t depth) {
    if (depth > kDeepestBlock) return;
    for (const Die& die : session_.children(scope)) {
      switch (DwarfSession::tag(die).value_or(0)) {
        case DW_TAG_subprogram: read_function(die); break;
        case DW_TAG_variable: read_global(die); break;
        case DW_TAG_namespace:
        case DW_TAG_class_type:
        case DW_TAG_structure_type: read_scope(die, depth + 1); break;
        default: break;
      }
    }
  }

 private:
  void read_function(const Die& die) {
    if (DwarfSession::number(die, DW_AT_inline).value_or(DW_INL_not_inlined) != DW_INL_not_inlined)
      add_inlined(die, std::nullopt);
    DebugFunction function;
    function.ranges = session_.ranges_of(die);
    function.name = session_.name_of(die);
    if (function.ranges.empty() || function.name.empty()) return;  // a declaration, or code that was dropped
    function.frame_base = session_.locations_of(die, DW_AT_frame_base);
    read_block(die, {}, 0, function);
    information_.functions.push_back(std::move(function));
  }

  void read_block(const Die& block, const std::vector<AddressInterval>& scope, uint32_t depth,
                  DebugFunction& function) {
    if (depth > kDeepestBlock) return;
    for (const Die& die : session_.children(block)) {
      switch (DwarfSession::tag(die).value_or(0)) {
        case DW_TAG_formal_parameter:
          add_variable(die, VariableKind::Parameter, scope, depth, function);
          break;
        case DW_TAG_variable: add_variable(die, VariableKind::Local, scope, depth, function); break;
        case DW_TAG_inlined_subroutine:
          if (const auto entry = session_.entry_of(die)) add_inlined(die, entry);
          [[fallthrough]];
        case DW_TAG_lexical_block: {
          // Without addresses it was optimized out, or is abstract.
          const auto inner = session_.ranges_of(die);
          if (!inner.empty()) read_block(die, inner, depth + 1, function);
          break;
        }
        default: break;
      }
    }
  }

  void add_inlined(const Die& die, std::optional<uint32_t> entry) {
    InlinedFunction inlined{session_.name_of(die), session_.linkage_name_of(die), entry};
    if (!inlined.name.empty()) information_.inlined.push_back(std::move(inlined));
  }

  void add_variable(const Die& die, VariableKind kind, const std::vector<AddressInterval>& scope,
                    uint32_t depth, DebugFunction& function) {
    DebugVariable variable = describe(die, kind);
    if (variable.name.empty()) return;
    variable.scope = scope;
    variable.depth = depth;
    function.variables.push_back(std::move(variable));
  }

  void read_global(const Die& die) {
    DebugVariable variable = describe(die, VariableKind::Global);
    if (!variable.name.empty() && !variable.locations.empty())
      information_.globals.push_back(std::move(variable));
  }

  DebugVariable describe(const Die& die, VariableKind kind) {
    DebugVariable variable;
    variable.name = session_.name_of(die);
    variable.kind = kind;
    variable.locations = session_.locations_of(die, DW_AT_location);
    variable.constant = DwarfSession::number(die, DW_AT_const_value);
    const Die origin = typed_entry(die);
    variable.type = types_.type_of(origin ? origin : die);
    return variable;
  }

  // An instance or a definition leaves its type to its origin; null when the entry has its own.
  Die typed_entry(const Die& die) const {
    if (DwarfSession::attribute(die, DW_AT_type)) return nullptr;
    Die origin = session_.referred(die, DW_AT_abstract_origin);
    if (!origin) origin = session_.referred(die, DW_AT_specification);
    return origin;
  }

  const DwarfSession& session_;
  DwarfTypes types_;
  DebugInformation& information_;
};

}  // namespace

void read_functions(const DwarfSession& session, const Die& unit, DebugInformation& information) {
  FunctionReader(session, information).read_scope(unit, 0);
}

}  // namespace emu::debugger
