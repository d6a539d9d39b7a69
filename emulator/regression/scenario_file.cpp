#include "emulator/regression/scenario_file.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "emulator/regression/scenario_table.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

// What `[options]` may hold: the options of `pagewalk run` under their own names, with _ for -.
enum class OptionKind { Text, Integer, Flag };
struct KnownOption {
  std::string_view key;
  OptionKind kind;
};
constexpr std::array<KnownOption, 9> kKnownOptions = {{{"ram", OptionKind::Text},
                                                       {"pagefile", OptionKind::Text},
                                                       {"root", OptionKind::Text},
                                                       {"clock", OptionKind::Text},
                                                       {"log_level", OptionKind::Text},
                                                       {"log_file", OptionKind::Text},
                                                       {"max_instructions", OptionKind::Integer},
                                                       {"max_processes", OptionKind::Integer},
                                                       {"verify", OptionKind::Flag}}};

std::string option_name(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void read_flag(RunOptions& options, std::string_view key, const toml::node& value) {
  if (!value.is_boolean()) refuse(value, std::string(key) + " must be true or false");
  if (value.as_boolean()->get()) options[option_name(key)] = "";
}

void read_option(RunOptions& options, std::string_view key, const toml::node& value) {
  const auto* known = std::find_if(kKnownOptions.begin(), kKnownOptions.end(),
                                   [&](const KnownOption& option) { return option.key == key; });
  if (known == kKnownOptions.end()) refuse(value, "unknown option \"" + std::string(key) + "\"");
  switch (known->kind) {
    case OptionKind::Flag: return read_flag(options, key, value);
    case OptionKind::Integer:
      if (!value.is_integer()) refuse(value, std::string(key) + " must be an integer");
      options[option_name(key)] = std::to_string(value.as_integer()->get());
      return;
    case OptionKind::Text:
      if (!value.is_string()) refuse(value, std::string(key) + " must be a string");
      options[option_name(key)] = value.as_string()->get();
  }
}

RunOptions read_options(const toml::table& table) {
  RunOptions options;
  for (const auto& [key, value] : table) read_option(options, key.str(), value);
  return options;
}

std::vector<RunOptions> read_same_with(const toml::array& array) {
  std::vector<RunOptions> runs;
  for (const toml::node& element : array) {
    if (!element.is_table()) refuse(element, "same_with must hold tables of options");
    runs.push_back(read_options(*element.as_table()));
  }
  return runs;
}

std::string read_whole_file(const toml::node& at, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(at, "cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

void check_expressions(const toml::table& at, const std::vector<std::string>& expressions) {
  for (const std::string& expression : expressions) {
    const RE2 compiled(expression, RE2::Quiet);
    if (!compiled.ok()) refuse(at, "\"" + expression + "\": " + compiled.error());
  }
}

// `stream` is "stdout" or "stderr", the beginning of the keys.
ExpectedText read_expected_text(ScenarioTable& reader, const toml::table& at, const std::string& stream,
                                const fs::path& folder) {
  ExpectedText expected;
  expected.exact = reader.text(stream);
  if (const auto file = reader.text(stream + "_file")) {
    if (expected.exact) refuse(at, "either " + stream + " or " + stream + "_file, not both");
    expected.exact = read_whole_file(at, folder / *file);
  }
  expected.contains = reader.texts(stream + "_contains");
  expected.matches = reader.texts(stream + "_matches");
  check_expressions(at, expected.matches);
  return expected;
}

std::optional<std::string> read_expected_file(const toml::node& content) {
  if (content.is_string()) return content.as_string()->get();
  if (!content.is_boolean() || content.as_boolean()->get())
    refuse(content, "a file is its content, or false");
  return std::nullopt;
}

void read_expected(Expectation& expected, const toml::table& table, const fs::path& folder) {
  ScenarioTable reader(table);
  const int64_t exit_code = reader.integer("exit_code").value_or(0);
  if (exit_code < 0 || exit_code > 255) refuse(*table.get("exit_code"), "exit_code must be 0 to 255");
  expected.exit_code = static_cast<int>(exit_code);
  expected.output = read_expected_text(reader, table, "stdout", folder);
  expected.errors = read_expected_text(reader, table, "stderr", folder);
  if (const auto* files = reader.table("files")) {
    for (const auto& [path, content] : *files) {
      expected.files[std::string(path.str())] = read_expected_file(content);
    }
  }
  reader.refuse_unknown_keys();
}

// "folder/" = "", "file" = "content", "link" = { link = "target" }.
ScratchEntry read_scratch_entry(std::string_view path, const toml::node& node) {
  using Kind = ScratchEntry::Kind;
  const std::string name(path);
  if (node.is_table()) {
    ScenarioTable reader(*node.as_table());
    const auto target = reader.text("link");
    reader.refuse_unknown_keys();
    if (!target) refuse(node, "\"" + name + "\" has no link");
    return {name, Kind::Link, *target};
  }
  if (!node.is_string()) refuse(node, "\"" + name + "\" must be a string or { link = }");
  return {name, name.ends_with('/') ? Kind::Folder : Kind::File, node.as_string()->get()};
}

CounterBound read_bound(std::string_view path, const toml::node& node) {
  if (node.is_integer()) {
    const int64_t exact = node.as_integer()->get();
    return {std::string(path), exact, exact};
  }
  if (!node.is_table()) refuse(node, "\"" + std::string(path) + "\" must be an integer or { min = , max = }");
  ScenarioTable reader(*node.as_table());
  const CounterBound bound{std::string(path), reader.integer("min"), reader.integer("max")};
  reader.refuse_unknown_keys();
  if (!bound.minimum && !bound.maximum) refuse(node, "\"" + std::string(path) + "\" has neither min nor max");
  return bound;
}

std::string read_required_text(ScenarioTable& reader, const toml::table& at, std::string_view key) {
  const auto text = reader.text(key);
  if (!text) refuse(at, std::string(key) + " is missing");
  return *text;
}

int64_t read_positive(ScenarioTable& reader, const toml::table& at, std::string_view key, int64_t otherwise) {
  const int64_t number = reader.integer(key).value_or(otherwise);
  if (number < 1 || number > 1'000'000) refuse(*at.get(key), std::string(key) + " must be 1 to 1000000");
  return number;
}

Scenario read_table(const fs::path& file, const toml::table& table) {
  Scenario scenario;
  ScenarioTable reader(table);
  const fs::path folder = file.parent_path();
  scenario.file = file;
  scenario.name = reader.text("name").value_or(file.stem().string());
  scenario.description = reader.text("description").value_or("");
  scenario.program = read_required_text(reader, table, "program");
  scenario.arguments = reader.texts("args");
  scenario.input = reader.text("stdin").value_or("");
  scenario.timeout = std::chrono::seconds(read_positive(reader, table, "timeout", scenario.timeout.count()));
  scenario.repeat = static_cast<int>(read_positive(reader, table, "repeat", 1));
  if (const auto* files = reader.table("files")) {
    for (const auto& [path, node] : *files) {
      scenario.scratch.push_back(read_scratch_entry(path.str(), node));
    }
  }
  if (const auto* options = reader.table("options")) scenario.options = read_options(*options);
  if (const auto* runs = reader.array("same_with")) scenario.same_with = read_same_with(*runs);
  if (const auto* expected = reader.table("expected")) read_expected(scenario.expected, *expected, folder);
  if (const auto* counters = reader.table("counters")) {
    for (const auto& [path, bound] : *counters) {
      scenario.expected.counters.push_back(read_bound(path.str(), bound));
    }
  }
  reader.refuse_unknown_keys();
  return scenario;
}

std::string located(const fs::path& file, uint32_t line, std::string_view what) {
  return file.string() + ":" + std::to_string(line) + ": " + std::string(what);
}

std::vector<fs::path> scenarios_below(const fs::path& folder) {
  std::vector<fs::path> found;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == ".toml") found.push_back(entry.path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

tl::expected<Scenario, std::string> read_scenario(const fs::path& file) {
  try {
    return read_table(file, toml::parse_file(file.string()));
  } catch (const ScenarioError& error) {
    return tl::unexpected(located(file, error.line, error.what));
  } catch (const toml::parse_error& error) {
    return tl::unexpected(located(file, error.source().begin.line, error.description()));
  }
}

tl::expected<std::vector<fs::path>, std::string> find_scenarios(const std::vector<fs::path>& paths) {
  std::vector<fs::path> files;
  for (const fs::path& path : paths) {
    std::error_code error;
    const fs::file_status status = fs::status(path, error);
    if (!fs::exists(status)) return tl::unexpected(path.string() + ": no such file or folder");
    if (!fs::is_directory(status)) {
      files.push_back(path);
      continue;
    }
    const auto below = scenarios_below(path);
    if (below.empty()) return tl::unexpected(path.string() + ": no scenario (*.toml) below it");
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

}  // namespace emu
