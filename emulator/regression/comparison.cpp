#include "emulator/regression/comparison.h"

#include <re2/re2.h>

#include <csignal>
#include <cstring>
#include <nlohmann/json.hpp>
#include <system_error>

#include "emulator/regression/text_difference.h"

namespace emu {
namespace {

using nlohmann::json;
using Failures = std::vector<std::string>;

constexpr size_t kShownTail = 2000;  // bytes of a stream that a failure quotes

std::string quoted(const std::string& text) {
  return json(text).dump(-1, ' ', false, json::error_handler_t::replace);
}

const char* signal_words(int signal) {
  const char* words = sigdescr_np(signal);
  return words == nullptr ? "unknown" : words;
}

std::string end_words(const ChildResult& child) {
  switch (child.end) {
    case ChildResult::End::Exited: return "exit code " + std::to_string(child.code);
    case ChildResult::End::Signalled: return std::string("killed by a signal: ") + signal_words(child.code);
    case ChildResult::End::TimedOut: return "killed: it took too long";
    case ChildResult::End::TooMuchOutput: return "killed: it wrote too much";
    case ChildResult::End::NotStarted: return "not started: " + std::generic_category().message(child.code);
  }
  return {};
}

void compare_end(int expected, const ChildResult& child, Failures& failures) {
  if (child.end == ChildResult::End::Exited && child.code == expected) return;
  failures.push_back("expected exit code " + std::to_string(expected) + ", got " + end_words(child));
}

// The end of a text, which says most about what went wrong.
std::string tail(const std::string& text) {
  if (text.size() <= kShownTail) return text;
  return "... " + text.substr(text.size() - kShownTail);
}

void compare_parts(const std::string& stream, const ExpectedText& expected, const std::string& actual,
                   Failures& failures) {
  for (const std::string& part : expected.contains) {
    if (actual.find(part) == std::string::npos)
      failures.push_back(stream + " does not contain " + quoted(part));
  }
  for (const std::string& expression : expected.matches) {
    if (!RE2::PartialMatch(actual, RE2("(?m)" + expression, RE2::Quiet))) {
      failures.push_back(stream + " has no match for " + quoted(expression));
    }
  }
}

void compare_text(const std::string& stream, const ExpectedText& expected, const std::string& actual,
                  Failures& failures) {
  if (expected.exact && *expected.exact != actual) {
    failures.push_back(stream + " is not as expected\n" +
                       unified_difference(*expected.exact, actual, "expected", "printed"));
  }
  compare_parts(stream, expected, actual, failures);
}

void quote_tail(const std::string& stream, const std::string& text, Failures& failures) {
  if (!text.empty()) failures.push_back(stream + " was\n" + tail(text));
}

// "processes[0].exit_code" -> "/processes/0/exit_code"
std::string json_pointer(const std::string& path) {
  std::string pointer = "/";
  for (const char c : path) {
    if (c == '.' || c == '[')
      pointer += '/';
    else if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else if (c != ']')
      pointer += c;
  }
  return pointer;
}

const json* find(const json& statistics, const std::string& path) {
  const json::json_pointer pointer(json_pointer(path));
  return statistics.contains(pointer) ? &statistics.at(pointer) : nullptr;
}

std::string bound_words(const CounterBound& bound) {
  if (bound.minimum && bound.maximum && *bound.minimum == *bound.maximum)
    return std::to_string(*bound.minimum);
  if (!bound.maximum) return "at least " + std::to_string(*bound.minimum);
  if (!bound.minimum) return "at most " + std::to_string(*bound.maximum);
  return std::to_string(*bound.minimum) + " to " + std::to_string(*bound.maximum);
}

bool holds(const CounterBound& bound, const json& value) {
  if (!value.is_number_integer()) return false;
  const auto number = value.get<int64_t>();
  return number >= bound.minimum.value_or(number) && number <= bound.maximum.value_or(number);
}

void compare_counter(const CounterBound& bound, const json& statistics, Failures& failures) {
  const json* value = find(statistics, bound.path);
  if (value != nullptr && holds(bound, *value)) return;
  failures.push_back(bound.path + ": expected " + bound_words(bound) + ", got " +
                     (value == nullptr ? "nothing of that name" : value->dump()));
}

void compare_counters(const std::vector<CounterBound>& bounds, const std::string& text, Failures& failures) {
  if (bounds.empty()) return;
  const json statistics = json::parse(text, nullptr, false);
  if (statistics.is_discarded()) {
    failures.push_back(text.empty() ? "no statistics were written" : "the statistics are not JSON");
    return;
  }
  for (const CounterBound& bound : bounds) compare_counter(bound, statistics, failures);
}

std::string quoted_file(const std::optional<std::string>& content) {
  return content ? "\n" + *content : "no file\n";
}

void compare_files(const Outcome& first, const std::map<std::string, std::optional<std::string>>& others,
                   const char* first_name, const char* other_name, Failures& failures) {
  for (const auto& [path, content] : others) {
    const auto found = first.files.find(path);
    if (found == first.files.end() || found->second == content) continue;
    failures.push_back(
        path + ": not as it should be\n" +
        unified_difference(quoted_file(content), quoted_file(found->second), other_name, first_name));
  }
}

// Statistics are one line; spread out, a difference shows where it is.
std::string spread_out(const std::string& statistics) {
  const auto parsed = nlohmann::ordered_json::parse(statistics, nullptr, false);
  return parsed.is_discarded() ? statistics : parsed.dump(2) + "\n";
}

std::string not_the_same(const std::string& what, const std::string& first, const std::string& other) {
  return what + ": not the first run's\n" + unified_difference(first, other, "first run", "this run");
}

}  // namespace

std::vector<std::string> compare(const Expectation& expected, const Outcome& outcome) {
  Failures failures;
  const ChildResult& child = outcome.child;
  compare_end(expected.exit_code, child, failures);
  compare_text("stdout", expected.output, child.output, failures);
  compare_text("stderr", expected.errors, child.errors, failures);
  compare_counters(expected.counters, outcome.statistics, failures);
  compare_files(outcome, expected.files, "got", "expected", failures);
  if (failures.empty()) return failures;
  if (!expected.output.exact) quote_tail("stdout", child.output, failures);
  if (!expected.errors.exact) quote_tail("stderr", child.errors, failures);
  return failures;
}

std::vector<std::string> compare_runs(const Outcome& first, const Outcome& other) {
  Failures failures;
  if (end_words(first.child) != end_words(other.child)) {
    failures.push_back("the first run ended with " + end_words(first.child) + ", this one with " +
                       end_words(other.child));
  }
  const ChildResult &a = first.child, &b = other.child;
  if (a.output != b.output) failures.push_back(not_the_same("stdout", a.output, b.output));
  if (a.errors != b.errors) failures.push_back(not_the_same("stderr", a.errors, b.errors));
  compare_files(other, first.files, "this run", "first run", failures);
  if (first.statistics != other.statistics) {
    failures.push_back(
        not_the_same("statistics", spread_out(first.statistics), spread_out(other.statistics)));
  }
  return failures;
}

}  // namespace emu
