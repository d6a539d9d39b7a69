// Call frame information (DWARF 5, chapter 6.4): .debug_frame, and .eh_frame for code without it.
#include <algorithm>
#include <array>
#include <set>

#include "emulator/debugger/symbols/dwarf_parts.h"

namespace emu::debugger {
namespace {

constexpr Dwarf_Half kTableSize = 128;  // libdwarf refuses rules for registers beyond it

struct FrameTable {
  Dwarf_Debug debug;
  Dwarf_Cie* cies = nullptr;
  Dwarf_Signed cie_count = 0;
  Dwarf_Fde* fdes = nullptr;
  Dwarf_Signed fde_count = 0;

  explicit FrameTable(Dwarf_Debug of) : debug(of) {}
  FrameTable(const FrameTable&) = delete;
  FrameTable& operator=(const FrameTable&) = delete;
  ~FrameTable() {
    if (fdes != nullptr) dwarf_fde_cie_list_dealloc(debug, cies, cie_count, fdes, fde_count);
  }
};

using ListReader = int (*)(Dwarf_Debug, Dwarf_Cie**, Dwarf_Signed*, Dwarf_Fde**, Dwarf_Signed*, Dwarf_Error*);

RegisterRule rule_of(const DwarfSession& session, const Dwarf_Regtable_Entry3& entry) {
  using Kind = RegisterRule::Kind;
  RegisterRule rule;
  rule.reg = entry.dw_regnum;
  rule.offset = static_cast<int32_t>(entry.dw_offset_or_block_len);
  const auto expression = [&] {
    return session.expression(
        {static_cast<const std::byte*>(entry.dw_block_ptr), entry.dw_offset_or_block_len});
  };
  switch (entry.dw_value_type) {
    case DW_EXPR_EXPRESSION:
      rule.kind = Kind::AtExpression;
      rule.expression = expression();
      return rule;
    case DW_EXPR_VAL_EXPRESSION:
      rule.kind = Kind::ExpressionValue;
      rule.expression = expression();
      return rule;
    case DW_EXPR_VAL_OFFSET: rule.kind = Kind::CfaPlus; return rule;
    default: break;
  }
  if (entry.dw_regnum == DW_FRAME_SAME_VAL)
    rule.kind = Kind::SameValue;
  else if (entry.dw_regnum == DW_FRAME_UNDEFINED_VAL)
    rule.kind = Kind::Undefined;
  else
    rule.kind = entry.dw_offset_relevant != 0 ? Kind::AtCfaPlus : Kind::InRegister;
  return rule;
}

// The CFA's own rule: a register plus an offset, or an expression that gives it.
RegisterRule cfa_rule_of(const DwarfSession& session, const Dwarf_Regtable_Entry3& entry) {
  RegisterRule rule = rule_of(session, entry);
  using Kind = RegisterRule::Kind;
  if (rule.kind == Kind::AtExpression) rule.kind = Kind::ExpressionValue;
  if (rule.kind == Kind::AtCfaPlus || rule.kind == Kind::InRegister) {
    rule.kind = Kind::InRegister;
    if (entry.dw_offset_relevant == 0) rule.offset = 0;
  }
  return rule;
}

class RowReader {
 public:
  RowReader(const DwarfSession& session, DebugInformation& information)
      : session_(session), information_(information) {}

  void read(ListReader list) {
    FrameTable table(session_.get());
    Dwarf_Error error = nullptr;
    if (list(session_.get(), &table.cies, &table.cie_count, &table.fdes, &table.fde_count, &error) !=
        DW_DLV_OK)
      return;
    for (Dwarf_Signed i = 0; i < table.fde_count; ++i) read_function(table.fdes[i]);
  }

 private:
  void read_function(Dwarf_Fde fde) {
    Dwarf_Addr low = 0;
    Dwarf_Unsigned length = 0, byte_length = 0;
    Dwarf_Ptr bytes = nullptr;
    Dwarf_Off cie_offset = 0, fde_offset = 0;
    Dwarf_Signed cie_index = 0;
    Dwarf_Error error = nullptr;
    if (dwarf_get_fde_range(fde, &low, &length, &bytes, &byte_length, &cie_offset, &cie_index, &fde_offset,
                            &error) != DW_DLV_OK)
      return;
    const auto function = session_.interval(low, low + length);
    if (!function || !known_.insert(function->begin).second) return;
    read_rows(fde, low, low + length, *function);
  }

  void read_rows(Dwarf_Fde fde, uint64_t begin, uint64_t end, AddressInterval function) {
    for (uint64_t at = begin; at < end;) {
      const uint64_t next = std::min(next_row(fde, at), end);
      std::array<Dwarf_Regtable_Entry3, kTableSize> rules{};
      Dwarf_Regtable3 table{{}, kTableSize, rules.data()};
      Dwarf_Addr row_at = 0;
      Dwarf_Error error = nullptr;
      if (dwarf_get_fde_info_for_all_regs3(fde, at, &table, &row_at, &error) != DW_DLV_OK) return;
      UnwindRow row;
      row.range = {static_cast<uint32_t>(function.begin + (at - begin)),
                   static_cast<uint32_t>(function.begin + (next - begin))};
      row.function = function.begin;
      row.cfa = cfa_rule_of(session_, table.rt3_cfa_rule);
      for (uint32_t i = 0; i < dwarf_register::kCount; ++i)
        row.registers.push_back(rule_of(session_, rules[i]));
      information_.unwind.push_back(std::move(row));
      at = next;
    }
  }

  // Where the row after the one for `at` begins; the end of the address space when there is none.
  static uint64_t next_row(Dwarf_Fde fde, uint64_t at) {
    constexpr uint64_t kNever = uint64_t{1} << 32;
    Dwarf_Small type = 0;
    Dwarf_Signed relevant = 0, reg = 0, offset = 0;
    Dwarf_Ptr block = nullptr;
    Dwarf_Addr row_at = 0, next = 0;
    Dwarf_Bool more = 0;
    Dwarf_Error error = nullptr;
    if (dwarf_get_fde_info_for_cfa_reg3_b(fde, at, &type, &relevant, &reg, &offset, &block, &row_at, &more,
                                          &next, &error) != DW_DLV_OK)
      return kNever;
    return more != 0 && next > at ? next : kNever;
  }

  const DwarfSession& session_;
  DebugInformation& information_;
  std::set<uint32_t> known_;  // where functions begin that have rows already
};

}  // namespace

void read_unwind_rows(const DwarfSession& session, DebugInformation& information) {
  const Dwarf_Debug debug = session.get();
  dwarf_set_frame_rule_table_size(debug, kTableSize);
  dwarf_set_frame_rule_initial_value(debug, DW_FRAME_SAME_VAL);
  dwarf_set_frame_same_value(debug, DW_FRAME_SAME_VAL);
  dwarf_set_frame_undefined_value(debug, DW_FRAME_UNDEFINED_VAL);
  dwarf_set_frame_cfa_value(debug, DW_FRAME_CFA_COL3);
  RowReader reader(session, information);
  reader.read(dwarf_get_fde_list);
  reader.read(dwarf_get_fde_list_eh);
}

}  // namespace emu::debugger
