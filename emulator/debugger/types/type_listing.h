// A type, or an object of it, field by field, as WinDbg's dt shows it.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "emulator/debugger/symbols/symbol_table.h"
#include "emulator/debugger/types/field_path.h"
#include "emulator/debugger/types/fields.h"
#include "emulator/debugger/types/object_value.h"

namespace emu::debugger {

struct ListingOptions {
  uint32_t depth = 0;                    // how many levels of structures, and of what pointers lead to
  bool blocks = false;                   // all levels of structures, but pointers of the first level alone
  std::optional<uint32_t> elements = 0;  // of arrays that get a line each; none: all
  bool offsets = true;
  bool indented = true;
  std::vector<FieldPath> fields;  // none: all
};

class TypeListing {
 public:
  // All of them live longer than this object. `module` is the one that the types are from.
  TypeListing(const ModuleLocation& module, const DebugTypes& types, const MemoryView& memory,
              const SymbolTable& symbols, const ListingOptions& options)
      : module_(module),
        types_(types),
        memory_(memory),
        symbols_(symbols),
        values_(types, memory, symbols),
        options_(options) {}

  // Adds the object at `at`; without an address the type alone. What is no structure gets one line, and a
  // pointer what it leads to as well.
  void add(const DebugType& type, std::optional<mm::VirtualAddress> at);

  const std::string& text() const { return text_; }
  // Returns the listing as data: "fields", "value" or "enumerators", depending on the type, and "truncated"
  // when it got too long.
  const Json& data() const { return data_; }

 private:
  using Place = std::optional<mm::VirtualAddress>;

  struct Level {
    uint32_t number = 0;  // of structures around
    uint32_t depth = 0;   // that may still be opened
    bool behind_pointer = false;
  };

  struct Wish;  // what is wanted of one field
  struct Item;  // a field, or the one element of it that is wanted, where it lies

  void add_whole(const DebugType& type, Place at);
  Json rows(const DebugType& structure, Place at, const std::vector<FieldPath>& paths, const Level& level);
  void row(const Field& field, Place at, const std::vector<FieldPath>& paths, const Level& level, Json& list);
  static Wish wish_for(const Field& field, const std::vector<FieldPath>& paths, uint32_t depth);
  Item item_of(const Field& field, Place at, std::optional<uint32_t> element) const;
  std::string words_of(const Item& item, Json& data) const;
  bool in_lines(const Item& item) const;
  void add_parts(const Item& item, const Wish& wish, const Level& level, Json& data);
  Json nested(const DebugType& type, Place at, const std::vector<FieldPath>& paths, const Level& level);
  Json element_rows(const DebugType& array, Place at, const Level& level);
  Json enumerator_rows(const DebugType& type, uint32_t indent);
  Place static_place(const Field& field) const;
  std::string offset_words(const Field& field, Place place) const;
  std::string indent(const Level& level) const;
  bool line(const std::string& words);  // false: there are too many

  const ModuleLocation& module_;
  const DebugTypes& types_;
  const MemoryView& memory_;
  const SymbolTable& symbols_;
  ObjectValues values_;
  const ListingOptions& options_;
  std::string text_;
  Json data_ = Json::object();
  size_t lines_ = 0;
  std::set<std::pair<TypeId, uint32_t>> open_;  // structures being listed: type and address
};

}  // namespace emu::debugger
