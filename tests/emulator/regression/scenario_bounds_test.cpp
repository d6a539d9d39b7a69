#include "emulator/regression/scenario_bounds.h"

#include <catch2/catch_test_macros.hpp>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "emulator/cli/scenario_vocabulary.h"
#include "emulator/regression/scenario_file.h"
#include "emulator/regression/scenario_table.h"

namespace emu {
namespace {

bool is_refused(std::string_view text) {
  try {
    refuse_what_is_too_deep(text);
    return false;
  } catch (const ScenarioError&) {
    return true;
  }
}

std::string key_of(int parts, const std::string& part = "a", const std::string& dot = ".") {
  std::string key = part;
  for (int i = 1; i < parts; ++i) key += dot + part;
  return key;
}

TEST_CASE("Keys have as many parts as they may, however they are written", "[regression]") {
  for (const char* part : {"a", "'a'", "\"a\"", "\"\\\"\"", "1", "\"#\"", "'.'"}) {
    for (const char* dot : {".", " . ", "\t.", ". "}) {
      CAPTURE(part, dot);
      for (const std::string before : {"", "[", "[[", "x = { ", "x = [[1.5, 2.5], {"}) {
        CAPTURE(before);
        CHECK_FALSE(is_refused(before + key_of(kMostKeyParts, part, dot)));
        CHECK(is_refused(before + key_of(kMostKeyParts + 1, part, dot)));
      }
    }
  }
}

TEST_CASE("Dots and brackets in strings and comments are no parts and no values", "[regression]") {
  const std::string dots(100, '.'), brackets(100, '[');
  for (const std::string& many : {dots, brackets}) {
    for (const std::string& text :
         {"a = '" + many + "'", "a = \"" + many + "\"", "# " + many, "a = '''\n" + many + "''' # " + many,
          "a = \"\"\"\n" + many + "\\\"\"\"\"\" # " + many,
          "a = [\"\"\"" + many + "\"\"\"\"\", '" + many + "']", "a = \"\\\\\" # \"" + many,
          "a = '\\' # '" + many}) {
      CAPTURE(text);
      CHECK_FALSE(is_refused(text));
      CHECK(is_refused(text + "\n" + key_of(kMostKeyParts + 1)));
    }
  }
}

TEST_CASE("Texts that the parser holds for impossible are complaints", "[regression]") {
  const ScenarioVocabulary vocabulary;
  for (const std::string_view text :
       {"[[[", "\xef\xbb\xbc", "_7=809\"\\u\xd1\x84(0\"", "0=+d\"\xc3\x84\xd1\xa7"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_scenario(text, "folder/impossible.toml", vocabulary, Trust::Confined).has_value());
  }
}

TEST_CASE("Values nest as deep as they may", "[regression]") {
  for (const char* open : {"[", "{ a = "}) {
    std::string text = "a = ";
    for (int i = 0; i < kDeepestNesting; ++i) text += open;
    CHECK_FALSE(is_refused(text));
    CHECK(is_refused(text + open));
  }
  std::string beside = "a = [";
  for (int i = 0; i < 1000; ++i) beside += "[1], ";
  CHECK_FALSE(is_refused(beside));
}

std::optional<toml::table> parsed_by_toml(std::string_view text) {
  try {
    return toml::parse(text);
  } catch (const toml::parse_error&) {
    return std::nullopt;
  }
}

int depth_of(const toml::node& node) {
  int deepest = 0;
  const auto look = [&](const toml::node& child) { deepest = std::max(deepest, depth_of(child)); };
  if (const auto* table = node.as_table())
    for (const auto& [key, value] : *table) look(value);
  if (const auto* array = node.as_array())
    for (const auto& value : *array) look(value);
  return 1 + deepest;
}

// Pieces that mean something, and bytes that mean anything.
std::string random_text(std::mt19937& chance) {
  static const std::vector<std::string> kPieces = {
      "program", "=",    ".",       "'",        "\"",       "'''",     "\"\"\"",
      "[",       "]",    "[[",      "]]",       "{",        "}",       ",",
      "\n",      "#",    "\\",      " ",        "a",        "1",       "1.5",
      "-",       "args", "true",    "files",    "link",     "same",    "with",
      "name",    "\r\n", "expect",  "ed",       "counters", "options", "ram",
      "1M",      "\t",   "\\u0000", "${guest}", "${",       "}",       "1979-05-27T07:32:00.5",
      "inf"};
  static const std::string kDeep = key_of(12), kDeeper = key_of(40, "'b'", " . ");
  std::uniform_int_distribution<size_t> piece(0, kPieces.size() + 3);
  std::string text = chance() % 2 == 0 ? "program = 'a'\n" : "";
  for (auto count = chance() % 60; count > 0; --count) {
    const size_t index = piece(chance);
    if (index < kPieces.size())
      text += kPieces[index];
    else if (index == kPieces.size())
      text += static_cast<char>(chance());
    else
      text += index == kPieces.size() + 1 ? kDeep : kDeeper;
  }
  return text;
}

// What is let through to the parser asks for no more of it than was meant: the scanner and the parser agree
// on what is a string. Nothing that comes of it is more than a complaint.
TEST_CASE("Any text is a scenario or a complaint in one line", "[regression]") {
  constexpr int kDeepestTable = kMostKeyParts * (kDeepestNesting + 1) + kDeepestNesting + 2;
  std::mt19937 chance(10);
  const ScenarioVocabulary vocabulary;
  int parsed = 0, read = 0;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = random_text(chance);
    CAPTURE(text);
    const auto scenario = parse_scenario(text, "folder/fuzzed.toml", vocabulary, Trust::Confined);
    read += scenario ? 1 : 0;
    if (!scenario) REQUIRE(scenario.error().find_first_of(std::string_view("\n\0", 2)) == std::string::npos);
    if (is_refused(text)) continue;
    if (const auto table = parsed_by_toml(text)) {
      REQUIRE(depth_of(*table) <= kDeepestTable);
      ++parsed;
    }
  }
  CHECK(parsed > 500);  // or it would show nothing
  CHECK(read > 20);
}

}  // namespace
}  // namespace emu
