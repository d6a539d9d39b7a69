// The names in one process: all its modules, where they are loaded. The caller tells what is loaded; a
// module's file is read when something is first asked about it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/debugger/symbols/module_symbols.h"
#include "mm/base/types.h"

namespace emu::debugger {

struct ModuleLocation {
  mm::VirtualAddress base;
  uint32_t size = 0;
  std::string name;            // "hello.exe"
  std::filesystem::path path;  // of the file on the host; empty: there is none

  // Returns what WinDbg calls the module: the name without its extension.
  std::string_view short_name() const;
  bool contains(mm::VirtualAddress address) const { return address.value - base.value < size; }
};

struct SymbolAt {
  std::string module;  // short name
  std::string name;
  uint32_t displacement = 0;

  std::string text() const;  // "hello!main+0x12"
  bool operator==(const SymbolAt&) const = default;
};

struct SourcePosition {
  std::string file;
  uint32_t line = 0;
  mm::VirtualAddress begin;  // of the row of the line table
  mm::VirtualAddress end;

  bool same_line(const SourcePosition& other) const { return line == other.line && file == other.file; }
};

struct FunctionRange {
  mm::VirtualAddress begin, end;
};

struct SymbolMatch {
  mm::VirtualAddress address;
  std::string module;  // short name
  Symbol symbol;
};

// Pointers live as long as the module stays in the table.
struct VariableAt {
  const DebugVariable* variable = nullptr;
  const LocationExpression* location = nullptr;  // null: nowhere at this address
};

struct UnwindRowAt {
  const UnwindRow* row = nullptr;
  uint32_t module_offset = 0;  // for LocationContext
};

class SymbolTable {
 public:
  // Adds a module, which replaces one at the same base.
  void add(ModuleLocation module);
  void remove(mm::VirtualAddress base);

  std::vector<const ModuleLocation*> modules() const;  // by base
  const ModuleLocation* module_at(mm::VirtualAddress address) const;
  const ModuleLocation* module_named(
      std::string_view name) const;  // "hello" or "hello.exe", whatever the case

  // Returns the module's symbols; null when its file could not be read, and symbol_error says why.
  const ModuleSymbols* symbols_of(const ModuleLocation& module) const;
  std::string symbol_error(const ModuleLocation& module) const;

  // Returns the address that "module!name", "!name", "name", "module" or a source line ("file.c:123",
  // "module!file.c:123") stands for. Of several functions of C++ with one name the parameters tell which:
  // "module!name(int)". The error is a sentence: "there is no symbol named nowhere".
  tl::expected<mm::VirtualAddress, std::string> resolve(std::string_view text) const;

  // Returns where a function, named as for `resolve`, was inlined, by address; nothing when no code of it was
  // left. None when there is no such function in the module that `resolve` looks in.
  std::optional<std::vector<mm::VirtualAddress>> inlined(std::string_view text) const;

  // Returns the names that match "module!pattern" or "pattern", by module and address; * and ? mean what they
  // mean in matches_wildcard, in the module as well.
  std::vector<SymbolMatch> match(std::string_view pattern) const;

  // Returns the nearest name; none when the address is in no module, or in one without a name below it.
  std::optional<SymbolAt> nearest(mm::VirtualAddress address) const;

  // Returns "hello!main+0x12", without a name "hello+0x1012", and "" outside modules.
  std::string describe(mm::VirtualAddress address) const;

  std::optional<SourcePosition> source_at(mm::VirtualAddress address) const;
  std::vector<mm::VirtualAddress> addresses_of_line(std::string_view file, uint32_t line) const;
  std::optional<FunctionRange> function_at(mm::VirtualAddress address) const;

  // Returns the parameters and locals known at `pc`, those of the innermost block first.
  std::vector<VariableAt> variables_at(mm::VirtualAddress pc) const;
  // Returns the expression for the frame base of the function at `pc`; null when there is none.
  const LocationExpression* frame_base_at(mm::VirtualAddress pc) const;
  std::optional<UnwindRowAt> unwind_row_at(mm::VirtualAddress pc) const;

  // Returns the load address less the preferred base of the module at `address`; 0 outside modules.
  uint32_t module_offset_at(mm::VirtualAddress address) const;

 private:
  struct Module {
    ModuleLocation location;
    mutable bool tried = false;
    mutable std::unique_ptr<ModuleSymbols> symbols;
    mutable std::string error;

    const ModuleSymbols* load() const;
    mm::VirtualAddress address(uint32_t relative) const { return location.base + relative; }
  };
  struct Place {
    const Module* module;
    const ModuleSymbols* symbols;
    uint32_t relative;
  };

  std::optional<Place> place_of(mm::VirtualAddress address) const;  // none without symbols
  const Module* find_module(mm::VirtualAddress address) const;
  const Module* find_module(std::string_view name) const;
  std::vector<const Module*> modules_named(std::string_view pattern) const;
  struct Candidate {
    mm::VirtualAddress address;
    std::string text;  // "module!name", with parameters when they are known
  };
  static std::string ambiguous(std::string_view text, const std::vector<Candidate>& found);
  std::vector<Candidate> candidates(const std::vector<const Module*>& modules, std::string_view name) const;

  std::map<mm::VirtualAddress, Module> modules_;  // by base
};

}  // namespace emu::debugger
