// Types by name and size, as far as a list of variables shows them; and what their entries say of themselves.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/dwarf_session.h"

namespace emu::debugger {

TypeId type_id(uint64_t offset);  // 0 where it does not fit
uint32_t size_of(const Die& type);
TypeEncoding encoding_of(const Die& type);
std::vector<uint32_t> element_counts(const DwarfSession& session, const Die& array);  // 0: open

class DwarfTypes {
 public:
  explicit DwarfTypes(const DwarfSession& session) : session_(session) {}

  // Returns the type that the DW_AT_type of `die` refers to; "void" when it has none.
  VariableType type_of(const Die& die) { return type_of(die, 0); }

 private:
  VariableType type_of(const Die& die, uint32_t depth);
  VariableType describe(const Die& type, uint32_t depth);
  VariableType describe_array(const Die& type, uint32_t depth);

  const DwarfSession& session_;
  std::map<uint64_t, VariableType> known_;  // by the entry's offset
};

}  // namespace emu::debugger
