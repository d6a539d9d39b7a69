#include "emulator/debugger/symbols/symbol.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <string>

#include "emulator/debugger/symbols/symbol_index.h"

namespace emu::debugger {
namespace {

// Source: Microsoft, "Decorated names", format of a C decorated name.
TEST_CASE("decorations of cdecl, stdcall and fastcall are removed") {
  CHECK(undecorate("_main") == "main");
  CHECK(undecorate("_Sleep@4") == "Sleep");
  CHECK(undecorate("@quick@8") == "quick");
  CHECK(undecorate("__exit") == "_exit");
  CHECK(undecorate("standard@8") == "standard");
  CHECK(undecorate("plain") == "plain");
  CHECK(undecorate("_") == "_");
  CHECK(undecorate("@") == "@");
  CHECK(undecorate("mail@home") == "mail@home");
  CHECK(undecorate("").empty());
}

bool naive_match(std::string_view name, std::string_view pattern) {
  if (pattern.empty()) return name.empty();
  if (pattern[0] == '*')
    return naive_match(name, pattern.substr(1)) || (!name.empty() && naive_match(name.substr(1), pattern));
  return !name.empty() && (pattern[0] == '?' || pattern[0] == name[0]) &&
         naive_match(name.substr(1), pattern.substr(1));
}

TEST_CASE("wildcards match what a naive matcher matches") {
  CHECK(matches_wildcard("NtCreateFile", "ntcreate*"));
  CHECK(!matches_wildcard("NtCreateFile", "create*"));
  REQUIRE(rc::check([] {
    const auto text = [](const char* letters) {
      return rc::gen::resize(8, rc::gen::container<std::string>(rc::gen::elementOf(std::string(letters))));
    };
    const std::string name = *text("ab"), pattern = *text("ab*?");
    RC_ASSERT(matches_wildcard(name, pattern) == naive_match(name, pattern));
  }));
}

Symbol symbol(const char* decorated, uint32_t address, SymbolKind kind, SymbolScope scope) {
  return {std::string(undecorate(decorated)), decorated, address, kind, scope, SymbolSource::Coff};
}

TEST_CASE("an index prefers functions, then public names, at one address") {
  const SymbolIndex index({symbol("_mark", 0x1000, SymbolKind::Unknown, SymbolScope::Public),
                           symbol("_hidden", 0x1000, SymbolKind::Function, SymbolScope::Local),
                           symbol("_open@4", 0x1000, SymbolKind::Function, SymbolScope::Public),
                           symbol("_last", 0x1800, SymbolKind::Function, SymbolScope::Public)});
  CHECK(index.at_or_below(0xfff) == nullptr);
  CHECK(index.at_or_below(0x1000)->name == "open");
  CHECK(index.at_or_below(0x17ff)->name == "open");
  CHECK(index.at_or_below(0xffffffff)->name == "last");
  CHECK(index.next_above(0x1000) == 0x1800);
  CHECK(index.next_above(0x1800) == 0);
  for (const char* name : {"open", "OPEN", "_open@4", "open@4"}) {
    INFO(name);
    REQUIRE(index.find(name).size() == 1);
    CHECK(index.find(name).front()->address == 0x1000);
  }
  CHECK(index.find("nothing").empty());
}

}  // namespace
}  // namespace emu::debugger
