#define TOML_IMPLEMENTATION  // of the whole program (third_party/dependencies.cmake)
#include "emulator/regression/scenario_table.h"

namespace emu {

void refuse(const toml::node& at, const std::string& what) {
  throw ScenarioError{at.source().begin.line, what};
}
void refuse(const toml::key& at, const std::string& what) {
  throw ScenarioError{at.source().begin.line, what};
}

const toml::node* ScenarioTable::find(std::string_view key) {
  known_.emplace(key);
  return table_.get(key);
}

std::optional<std::string> ScenarioTable::text(std::string_view key, Check check) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_string()) refuse(*node, std::string(key) + " must be a string");
  const std::string& text = node->as_string()->get();
  if (check != nullptr) check(*node, text);
  return text;
}

std::optional<int64_t> ScenarioTable::integer(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return std::nullopt;
  if (!node->is_integer()) refuse(*node, std::string(key) + " must be an integer");
  return node->as_integer()->get();
}

const toml::array* ScenarioTable::array(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_array()) refuse(*node, std::string(key) + " must be an array");
  return node->as_array();
}

std::vector<std::string> ScenarioTable::texts(std::string_view key, Check check) {
  std::vector<std::string> texts;
  const toml::array* elements = array(key);
  if (elements == nullptr) return texts;
  for (const toml::node& element : *elements) {
    if (!element.is_string()) refuse(element, std::string(key) + " must hold strings");
    texts.push_back(element.as_string()->get());
    if (check != nullptr) check(element, texts.back());
  }
  return texts;
}

const toml::table* ScenarioTable::table(std::string_view key) {
  const toml::node* node = find(key);
  if (node == nullptr) return nullptr;
  if (!node->is_table()) refuse(*node, std::string(key) + " must be a table");
  return node->as_table();
}

void ScenarioTable::refuse_unknown_keys() const {
  for (const auto& [key, value] : table_) {
    if (!known_.contains(key.str())) refuse(key, "unknown key \"" + std::string(key.str()) + "\"");
  }
}

}  // namespace emu
