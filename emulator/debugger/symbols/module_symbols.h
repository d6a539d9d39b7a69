// What one PE32 file tells about its names and its source: exports and the COFF symbol table at once, DWARF
// data when something first asks for it. Addresses are RVAs. The file is not trusted: at worst something is
// missing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/debugger/symbols/debug_information.h"
#include "emulator/debugger/symbols/debug_types.h"
#include "emulator/debugger/symbols/dwarf_reader.h"
#include "emulator/debugger/symbols/symbol.h"
#include "emulator/debugger/symbols/symbol_index.h"
#include "emulator/loader/portable_executable.h"

namespace emu::debugger {

struct SourceLine {
  std::string_view file;  // as the compiler wrote it; lives as long as the ModuleSymbols
  uint32_t line = 0;
  AddressInterval range;  // the code of this row of the line table
};

struct NearestSymbol {
  const Symbol* symbol = nullptr;
  uint32_t displacement = 0;
};

class ModuleSymbols {
 public:
  // Opens the file. The error is the end of a sentence: "cannot be opened: ...", "is a 64-bit image".
  static tl::expected<std::unique_ptr<ModuleSymbols>, std::string> open(const std::filesystem::path& path);
  static tl::expected<std::unique_ptr<ModuleSymbols>, std::string> parse(std::vector<std::byte> file);

  const PortableExecutable& image() const { return image_; }

  // --- Names.
  const SymbolIndex& symbols() const { return index_; }

  // Returns the nearest name at or below `address` in the same section.
  std::optional<NearestSymbol> nearest(uint32_t address) const;

  // Finds a name with or without its decoration, also one that only DWARF knows. There are several when
  // static functions or data share a name, or when functions of C++ differ in their parameters; when there
  // are public ones, only those are returned.
  std::vector<Symbol> find(std::string_view name) const;
  std::vector<Symbol> match(
      std::string_view pattern) const;  // inlined functions too, at each of their places

  // Returns where functions of that name, which is looked up as `find` does, were inlined, by address;
  // nothing when the compiler left no code of them. None when no function of the name was inlined.
  std::optional<std::vector<Symbol>> find_inlined(std::string_view name) const;

  // Returns the bounds that DWARF tells, otherwise from one name to the next in the section.
  std::optional<AddressInterval> function_bounds(uint32_t address) const;

  // --- Source lines.
  std::optional<SourceLine> line_at(uint32_t address) const;

  // Returns where code of the line begins, the lowest address of each run of rows; when the line has no code,
  // of the next line that has. `file` is a path or its last parts, in any case.
  std::vector<uint32_t> addresses_of_line(std::string_view file, uint32_t line) const;

  // --- Variables and frames.
  const DebugFunction* function_at(uint32_t address) const;

  // Returns the parameters and locals whose names are known at `address`, those of the innermost block first;
  // the pointers live as long as this object.
  std::vector<const DebugVariable*> variables_at(uint32_t address) const;
  const DebugVariable* global(std::string_view name) const;
  const std::vector<DebugVariable>& globals() const { return debug().globals; }  // by name
  const UnwindRow* unwind_row_at(uint32_t address) const;

  // --- Types. References live as long as this.
  const DebugTypes& types() const;
  const std::string& types_error() const;  // as debug_error()

  // Reads the DWARF data and says why it could not be read: "its debug data crashed the reader". "" when all
  // is well or there is none.
  const std::string& debug_error() const;

 private:
  ModuleSymbols(std::vector<std::byte> file, PortableExecutable image);

  const DebugInformation& debug() const;  // reads it when this is the first call
  const SymbolIndex& inlined() const;
  bool has_name(const DebugFunction& function) const;
  const ImageSection* section_of(uint32_t address) const;

  DebugFiles debug_files() const;

  std::vector<std::byte> file_;
  std::filesystem::path path_;  // empty: not known
  PortableExecutable image_;
  SymbolIndex index_;
  mutable std::optional<DebugInformation> debug_;
  mutable std::string debug_error_;
  mutable std::optional<SymbolIndex> inlined_;  // at 0, where no code can be: the function itself
  mutable std::vector<std::byte> companion_;    // once debug_ is there
  mutable std::optional<DebugTypes> types_;
  mutable std::string types_error_;
};

// Returns the location that holds at `address`; null when the variable is nowhere.
const LocationExpression* location_at(const std::vector<LocationEntry>& locations, uint32_t address);

}  // namespace emu::debugger
