#include "emulator/regression/scenario_file.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <stdexcept>

#include "emulator/kernel/files/regular_file.h"
#include "emulator/regression/child_process.h"
#include "emulator/regression/scenario_bounds.h"
#include "emulator/regression/scenario_table.h"
#include "emulator/regression/scenario_variables.h"
#include "emulator/regression/scratch_files.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

bool is_control_character(char c) { return (c >= 0 && c < 0x20) || c == 0x7F; }

// What `[options]` may hold: the options of `pagewalk run` under their own names, with _ for -.
enum class OptionKind { Text, Integer, Flag };
struct KnownOption {
  std::string_view key;
  OptionKind kind;
};
constexpr std::array<KnownOption, 14> kKnownOptions = {{{"ram", OptionKind::Text},
                                                        {"pagefile", OptionKind::Text},
                                                        {"device", OptionKind::Text},
                                                        {"root", OptionKind::Text},
                                                        {"disk", OptionKind::Text},
                                                        {"clock", OptionKind::Text},
                                                        {"log_level", OptionKind::Text},
                                                        {"log_file", OptionKind::Text},
                                                        {"max_instructions", OptionKind::Integer},
                                                        {"max_processes", OptionKind::Integer},
                                                        {"aslr", OptionKind::Integer},
                                                        {"timeout", OptionKind::Integer},
                                                        {"max_output", OptionKind::Text},
                                                        {"verify", OptionKind::Flag}}};

std::string option_name(std::string_view key) {
  std::string name(key);
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

// What becomes a word of a command line, or a file's name, would end at a NUL.
void refuse_nul(const toml::node& at, const std::string& text) {
  if (text.find('\0') != std::string::npos) refuse(at, "a NUL character cannot be passed on");
}

void refuse_bad_word(const toml::node& at, const std::string& text) {
  refuse_nul(at, text);
  if (const auto variable = unknown_variable(text)) refuse(at, "there is no variable " + *variable);
}

// What is printed in a line of its own.
void refuse_control_characters(const toml::node& at, const std::string& text) {
  const bool plain = std::none_of(text.begin(), text.end(), is_control_character);
  if (!plain) refuse(at, "a name has no control characters");
}

void read_text(RunOptions& options, std::string_view key, const toml::node& value) {
  if (!value.is_string()) refuse(value, std::string(key) + " must be a string");
  refuse_bad_word(value, value.as_string()->get());
  options[option_name(key)] = value.as_string()->get();
}

// An option whose value may be left out.
void read_flag(RunOptions& options, std::string_view key, const toml::node& value) {
  if (value.is_string()) return read_text(options, key, value);
  if (!value.is_boolean()) refuse(value, std::string(key) + " must be true, false or a string");
  if (value.as_boolean()->get()) options[option_name(key)] = "";
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
    case OptionKind::Text: return read_text(options, key, value);
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

// Where a scenario lies, and how far it is trusted with the host's files.
struct Origin {
  fs::path folder;
  Trust trust;
};

// `key` names a file that belongs to the scenario.
std::string read_its_file(const toml::node& at, const std::string& key, const fs::path& path,
                          const Origin& origin) {
  fs::path place;
  try {
    place = confined(key, path, origin.folder, {origin.folder}, origin.trust);
  } catch (const std::runtime_error& error) {
    refuse(at, error.what());
  }
  auto text = read_regular_file(place.string(), kLargestOutput);
  if (!text) refuse(at, key + ": " + place.string() + " " + text.error());
  return std::move(*text);
}

void refuse_broken_expression(const toml::node& at, const std::string& expression) {
  const RE2 compiled(expression, RE2::Quiet);
  if (!compiled.ok()) refuse(at, "\"" + expression + "\": " + compiled.error());
}

// `stream` is "stdout" or "stderr", the beginning of the keys.
ExpectedText read_expected_text(ScenarioTable& reader, const toml::table& at, const std::string& stream,
                                const Origin& origin) {
  ExpectedText expected;
  expected.exact = reader.text(stream);
  const std::string key = stream + "_file";
  if (const auto file = reader.text(key, refuse_nul)) {
    const toml::node& node = *at.get(key);
    if (expected.exact) refuse(node, "either " + stream + " or " + key + ", not both");
    expected.exact = read_its_file(node, key, *file, origin);
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

void read_expected(Expectation& expected, const toml::table& table, const Origin& origin) {
  ScenarioTable reader(table);
  const int64_t exit_code = reader.integer("exit_code").value_or(0);
  if (exit_code < 0 || exit_code > 255) refuse(*table.get("exit_code"), "exit_code must be 0 to 255");
  expected.exit_code = static_cast<int>(exit_code);
  expected.output = read_expected_text(reader, table, "stdout", origin);
  expected.errors = read_expected_text(reader, table, "stderr", origin);
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
    const auto target = reader.text("link", refuse_bad_word);
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
  const auto program = reader.text("program", refuse_bad_word);
  if (!program) refuse(at, "program is missing");
  return *program;
}

int64_t read_positive(ScenarioTable& reader, const toml::table& at, std::string_view key, int64_t otherwise) {
  const int64_t number = reader.integer(key).value_or(otherwise);
  if (number < 1 || number > 1'000'000) refuse(*at.get(key), std::string(key) + " must be 1 to 1000000");
  return number;
}

Scenario read_table(const fs::path& file, const toml::table& table, const RunVocabulary& vocabulary,
                    Trust trust) {
  Scenario scenario;
  ScenarioTable reader(table);
  const Origin origin{fs::absolute(file).parent_path(), trust};
  scenario.file = file;
  scenario.trust = trust;
  scenario.name = reader.text("name", refuse_control_characters).value_or(file.stem().string());
  scenario.description = reader.text("description").value_or("");
  scenario.program = read_program(reader, table);
  scenario.arguments = reader.texts("args", refuse_bad_word);
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
  if (const auto* expected = reader.table("expected")) read_expected(scenario.expected, *expected, origin);
  if (const auto* counters = reader.table("counters")) {
    for (const auto& [path, bound] : *counters) {
      scenario.expected.counters.push_back(read_counter(path, bound, vocabulary));
    }
  }
  reader.refuse_unknown_keys();
  return scenario;
}

// In one line: a key, say, may hold line feeds.
std::string located(const fs::path& file, uint32_t line, std::string_view what) {
  std::string text = file.string() + ":" + std::to_string(line) + ": " + std::string(what);
  std::replace_if(text.begin(), text.end(), is_control_character, '?');
  return text;
}

std::vector<fs::path> scenarios_below(const fs::path& folder, std::error_code& error) {
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    std::error_code vanished;
    if (entry->is_regular_file(vanished) && entry->path().extension() == ".toml")
      found.push_back(entry->path());
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

tl::expected<Scenario, std::string> read_scenario(const fs::path& file, const RunVocabulary& vocabulary,
                                                  Trust trust) {
  const auto text = read_regular_file(file.string(), kLargestScenario);
  if (!text) return tl::unexpected(file.string() + " " + text.error());
  return parse_scenario(*text, file, vocabulary, trust);
}

tl::expected<Scenario, std::string> parse_scenario(std::string_view text, const fs::path& file,
                                                   const RunVocabulary& vocabulary, Trust trust) {
  try {
    refuse_what_is_too_deep(text);
    return read_table(file, toml::parse(text, file.string()), vocabulary, trust);
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
    const auto below = scenarios_below(path, error);
    if (error) return tl::unexpected(path.string() + ": " + error.message());
    if (below.empty()) return tl::unexpected(path.string() + ": no scenario (*.toml) below it");
    files.insert(files.end(), below.begin(), below.end());
  }
  return files;
}

}  // namespace emu
