// The parts of a PE32 file that linkers and debuggers share: section headers with their long names, and the
// COFF symbol table. Nothing in the file is trusted: what lies outside it is left out. Source: Microsoft, "PE
// Format", "COFF Symbol Table" and "COFF String Table"; long section names ("/123") are the object files'
// rule, which GNU ld uses in images too.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {

struct CoffSection {
  std::string name;
  uint32_t address = 0;              // RVA
  uint32_t size = 0;                 // bytes in memory
  std::span<const std::byte> bytes;  // from the file, at most `size`; none for zero-filled sections
};

class CoffFile {
 public:
  // `file` must be one that parse_portable_executable accepts, and outlive this.
  explicit CoffFile(std::span<const std::byte> file);

  const std::vector<CoffSection>& sections() const { return sections_; }

  // Returns the symbols defined in sections, without section names and file names, in the file's order.
  std::vector<Symbol> symbols() const;

 private:
  std::optional<Symbol> symbol(std::span<const std::byte> record) const;
  std::string string_at(uint64_t offset) const;
  std::string section_name(std::span<const std::byte> field) const;
  std::string symbol_name(std::span<const std::byte> field) const;

  std::span<const std::byte> file_;
  std::span<const std::byte> records_;  // of the symbol table
  std::span<const std::byte> strings_;  // the string table with its size field
  std::vector<CoffSection> sections_;
};

}  // namespace emu::debugger
