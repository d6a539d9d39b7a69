#include "emulator/regression/report.h"

#include <algorithm>
#include <string_view>

namespace emu {
namespace {

constexpr std::string_view kIndent = "      ";

std::string indented(std::string_view text) {
  std::string result;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    result += std::string(kIndent) + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return result;
}

// For a POSIX shell: quoted where it must be.
std::string shell_word(const std::string& word) {
  const bool plain = !word.empty() && word.find_first_not_of(
                                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                          "0123456789_-=./:,+@%") == std::string::npos;
  if (plain) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

std::string shell_command(const std::vector<std::string>& words) {
  std::string text = "ran:";
  for (const std::string& word : words) text += " " + shell_word(word);
  return text;
}

std::string failure_text(const Scenario& scenario, const Verdict& verdict) {
  std::string text = "FAIL  " + scenario.name + "  (" + scenario.file.string() + ")\n";
  for (const std::string& failure : verdict.failures) text += indented(failure);
  if (!verdict.command.empty()) text += indented(shell_command(verdict.command));
  return text;
}

}  // namespace

std::string report_text(const std::vector<Scenario>& scenarios, const std::vector<Verdict>& verdicts) {
  std::string text;
  size_t failed = 0;
  for (size_t i = 0; i < scenarios.size(); ++i) {
    const bool passed = verdicts[i].passed();
    failed += passed ? 0 : 1;
    text += passed ? "pass  " + scenarios[i].name + "\n" : failure_text(scenarios[i], verdicts[i]);
  }
  return text + std::to_string(scenarios.size() - failed) + " passed, " + std::to_string(failed) +
         " failed\n";
}

}  // namespace emu
