// A TOML table whose every key must be known: reads values by key and refuses what is left over.
#pragma once

#include <toml++/toml.h>

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace emu {

// What is wrong with a scenario file, and in which line. Thrown and caught within the reader.
struct ScenarioError {
  uint32_t line;
  std::string what;
};

class ScenarioTable {
 public:
  explicit ScenarioTable(const toml::table& table) : table_(table) {}

  // Refuses a text that will not do.
  using Check = void (*)(const toml::node& at, const std::string& text);

  // Each reads the value of `key`, if there is one, and throws ScenarioError when it is of another kind.
  std::optional<std::string> text(std::string_view key, Check check = nullptr);
  std::optional<int64_t> integer(std::string_view key);
  std::vector<std::string> texts(std::string_view key, Check check = nullptr);  // of an array, or nothing
  const toml::table* table(std::string_view key);
  const toml::array* array(std::string_view key);

  // Throws unless every key of the table was asked for.
  void refuse_unknown_keys() const;

 private:
  const toml::node* find(std::string_view key);

  const toml::table& table_;
  std::set<std::string, std::less<>> known_;
};

[[noreturn]] void refuse(const toml::node& at, const std::string& what);
[[noreturn]] void refuse(const toml::key& at, const std::string& what);

}  // namespace emu
