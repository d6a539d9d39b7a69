#include "emulator/regression/scenario_file.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "emulator/regression/scenario_table.h"
#include "emulator/regression/scenario_variables.h"
#include "emulator/regression/scratch_files.h"

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

void refuse_unknown_variables(const toml::node& at, const std::string& text) {
  if (const auto variable = unknown_variable(text)) refuse(at, "there is no variable " + *variable);
}

void read_value(RunOptions& options, std::string_view key, const toml::node& value) {
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
      refuse_unknown_variables(value, value.as_string()->get());
      options[option_name(key)] = value.as_string()->get();
  }
}

RunOptions read_options(const toml::table& table, const RunVocabulary& vocabulary) {
  RunOptions options;
  for (const auto& [key, value] : table) {
    read_value(options, key.str(), value);
    const auto option = options.find(option_name(key.str()));
    if (option == options.end()) continue;  // a flag that is not set
    const std::string problem = vocabulary.option_problem(option->first, option->second);
    if (!problem.empty()) refuse(value, problem);
  }
  return options;
}

std::vector<RunOptions> read_same_with(const toml::array& array, const RunVocabulary& vocabulary) {
  std::vector<RunOptions> runs;
  for (const toml::node& element : array) {
    if (!element.is_table()) refuse(element, "same_with must hold tables of options");
    runs.push_back(read_options(*element.as_table(), vocabulary));
  }
  return runs;
}

std::string read_whole_file(const toml::node& at, const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse(at, "cannot read " + path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

void refuse_broken_expression(const toml::node& at, const std::string& expression) {
  const RE2 compiled(expression, RE2::Quiet);
  if (!compiled.ok()) refuse(at, "\"" + expression + "\": " + compiled.error());
}

// `stream` is "stdout" or "stderr", the beginning of the keys.
ExpectedText read_expected_text(ScenarioTable& reader, const toml::table& at, const std::string& stream,
                                const fs::path& folder) {
  ExpectedText expected;
  expected.exact = reader.text(stream);
  if (const auto file = reader.text(stream + "_file")) {
    const toml::node& node = *at.get(stream + "_file");
    if (expected.exact) refuse(node, "either " + stream + " or " + stream + "_file, not both");
    expected.exact = read_whole_file(node, folder / *file);
  }
  expected.contains = reader.texts(stream + "_contains");
  expected.matches = reader.texts(stream + "_matches", refuse_broken_expression);
  return expected;
}

std::string read_scratch_path(const toml::key& key) {
  std::string path(key.str());
  if (!is_scratch_path(path)) refuse(key, "\"" + path + "\" is no path below ${scratch}");
  return path;
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
      expected.files[read_scratch_path(path)] = read_expected_file(content);
    }
  }
  reader.refuse_unknown_keys();
}

// "folder/" = "", "file" = "content", "link" = { link = "target" }.
ScratchEntry read_scratch_entry(const toml::key& key, const toml::node& node) {
  using Kind = ScratchEntry::Kind;
  const std::string name = read_scratch_path(key);
  if (node.is_table()) {
    ScenarioTable reader(*node.as_table());
    const auto target = reader.text("link", refuse_unknown_variables);
    reader.refuse_unknown_keys();
    if (!target) refuse(node, "\"" + name + "\" has no link");
    return {name, Kind::Link, *target};
  }
  if (!node.is_string()) refuse(node, "\"" + name + "\" must be a string or { link = }");
  return {name, name.ends_with('/') ? Kind::Folder : Kind::File, node.as_string()->get()};
}

CounterBound read_bound(const std::string& path, const toml::node& node) {
  if (node.is_integer()) {
    const int64_t exact = node.as_integer()->get();
    return {path, exact, exact};
  }
  if (!node.is_table()) refuse(node, "\"" + path + "\" must be an integer or { min = , max = }");
  ScenarioTable reader(*node.as_table());
  CounterBound bound{path, reader.integer("min"), reader.integer("max")};
  reader.refuse_unknown_keys();
  if (!bound.minimum && !bound.maximum) refuse(node, "\"" + path + "\" has neither min nor max");
  if (bound.maximum && bound.minimum > bound.maximum)
    refuse(node, "\"" + path + "\" has a min above its max");
  return bound;
}

CounterBound read_counter(const toml::key& key, const toml::node& node, const RunVocabulary& vocabulary) {
  const std::string path(key.str());
  if (!vocabulary.has_counter(path)) refuse(key, "unknown counter \"" + path + "\"");
  return read_bound(path, node);
}

std::string read_program(ScenarioTable& reader, const toml::table& at) {
  const auto program = reader.text("program", refuse_unknown_variables);
  if (!program) refuse(at, "program is missing");
  return *program;
}

int64_t read_positive(ScenarioTable& reader, const toml::table& at, std::string_view key, int64_t otherwise) {
  const int64_t number = reader.integer(key).value_or(otherwise);
  if (number < 1 || number > 1'000'000) refuse(*at.get(key), std::string(key) + " must be 1 to 1000000");
  return number;
}

Scenario read_table(const fs::path& file, const toml::table& table, const RunVocabulary& vocabulary) {
  Scenario scenario;
  ScenarioTable reader(table);
  const fs::path folder = file.parent_path();
  scenario.file = file;
  scenario.name = reader.text("name").value_or(file.stem().string());
  scenario.description = reader.text("description").value_or("");
  scenario.program = read_program(reader, table);
  scenario.arguments = reader.texts("args", refuse_unknown_variables);
  scenario.input = reader.text("stdin").value_or("");
  scenario.timeout = std::chrono::seconds(read_positive(reader, table, "timeout", scenario.timeout.count()));
  scenario.repeat = static_cast<int>(read_positive(reader, table, "repeat", 1));
  if (const auto* files = reader.table("files")) {
    for (const auto& [path, node] : *files) {
      scenario.scratch.push_back(read_scratch_entry(path, node));
    }
  }
  if (const auto* options = reader.table("options")) scenario.options = read_options(*options, vocabulary);
  if (const auto* runs = reader.array("same_with")) scenario.same_with = read_same_with(*runs, vocabulary);
  if (const auto* expected = reader.table("expected")) read_expected(scenario.expected, *expected, folder);
  if (const auto* counters = reader.table("counters")) {
    for (const auto& [path, bound] : *counters) {
      scenario.expected.counters.push_back(read_counter(path, bound, vocabulary));
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

tl::expected<Scenario, std::string> read_scenario(const fs::path& file, const RunVocabulary& vocabulary) {
  try {
    return read_table(file, toml::parse_file(file.string()), vocabulary);
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
