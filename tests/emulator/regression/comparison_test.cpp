#include "emulator/regression/comparison.h"

#include <catch2/catch_test_macros.hpp>
#include <csignal>

namespace emu {
namespace {

Outcome outcome(int exit_code, std::string output = {}, std::string errors = {},
                std::string statistics = {}) {
  return {
      {}, {ChildResult::End::Exited, exit_code, std::move(output), std::move(errors)}, std::move(statistics)};
}

std::vector<std::string> compare_output(const ExpectedText& text, const std::string& output) {
  Expectation expected;
  expected.output = text;
  return compare(expected, outcome(0, output));
}

std::vector<std::string> compare_counter(const CounterBound& bound) {
  Expectation expected;
  expected.counters = {bound};
  return compare(expected, outcome(0, "", "", R"({"memory": {"faults": {"hard": 40}},
                                                  "processes": [{"exit_code": 3, "image": "a.exe"}]})"));
}

using Failures = std::vector<std::string>;

TEST_CASE("The exit code must be the expected one", "[regression]") {
  Expectation expected;
  expected.exit_code = 126;
  CHECK(compare(expected, outcome(126)).empty());
  CHECK(compare(expected, outcome(0)) == Failures{"expected exit code 126, got exit code 0"});
}

TEST_CASE("An end that is no exit never passes", "[regression]") {
  Outcome ended = outcome(0);
  ended.child.end = ChildResult::End::TimedOut;
  CHECK(compare({}, ended) == Failures{"expected exit code 0, got killed: it took too long"});
  ended.child.end = ChildResult::End::Signalled;
  ended.child.code = SIGABRT;
  CHECK(compare({}, ended) == Failures{"expected exit code 0, got killed by a signal: Aborted"});
}

TEST_CASE("Output may be exact, contain a text, or match an expression", "[regression]") {
  CHECK(compare_output({.exact = "a\n", .contains = {}, .matches = {}}, "a\n").empty());
  CHECK(compare_output({.exact = "a\n", .contains = {}, .matches = {}}, "b\n").size() == 1);
  CHECK(compare_output({.exact = "", .contains = {}, .matches = {}}, "b\n").size() == 1);
  CHECK(compare_output({.exact = {}, .contains = {"b", "c"}, .matches = {}}, "abc").empty());
  CHECK(compare_output({.exact = {}, .contains = {"b", "\n"}, .matches = {}}, "abc") ==
        Failures{"stdout does not contain \"\\n\"", "stdout was\nabc"});
  CHECK(compare_output({.exact = {}, .contains = {}, .matches = {"^b+$"}}, "a\nbbb\nc\n").empty());
  CHECK(compare_output({.exact = {}, .contains = {}, .matches = {"^b+$"}}, "a\nbbbc\n") ==
        Failures{"stdout has no match for \"^b+$\"", "stdout was\na\nbbbc\n"});
}

TEST_CASE("Counters are found by their paths and held against their bounds", "[regression]") {
  CHECK(compare_counter({"memory.faults.hard", 1, 40}).empty());
  CHECK(compare_counter({"memory.faults.hard", 40, {}}).empty());
  CHECK(compare_counter({"processes[0].exit_code", 3, 3}).empty());
  CHECK(compare_counter({"memory.faults.hard", 41, {}}) ==
        Failures{"memory.faults.hard: expected at least 41, got 40"});
  CHECK(compare_counter({"memory.faults.hard", {}, 39}) ==
        Failures{"memory.faults.hard: expected at most 39, got 40"});
  CHECK(compare_counter({"memory.faults.hard", 1, 2}) ==
        Failures{"memory.faults.hard: expected 1 to 2, got 40"});
  CHECK(compare_counter({"processes[0].exit_code", 4, 4}) ==
        Failures{"processes[0].exit_code: expected 4, got 3"});
}

TEST_CASE("A counter that is not there, or is not a number, never passes", "[regression]") {
  for (const char* path : {"memory.faults.hrad", "processes[1].exit_code", "processes[x]",
                           "memory.faults.hard.x", "memory..hard", "~", ""}) {
    CAPTURE(path);
    CHECK(compare_counter({path, {}, 1000000}).size() == 1);
  }
  CHECK(compare_counter({"processes[0].image", 0, {}}) ==
        Failures{"processes[0].image: expected at least 0, got \"a.exe\""});
  Expectation expected;
  expected.counters = {{"memory", 0, {}}};
  CHECK(compare(expected, outcome(0)) == Failures{"no statistics were written"});
  CHECK(compare(expected, outcome(0, "", "", "{")) == Failures{"the statistics are not JSON"});
}

TEST_CASE("A failure quotes what the program complained of", "[regression]") {
  CHECK(compare({}, outcome(1, "", "no such file\n")) ==
        Failures{"expected exit code 0, got exit code 1", "stderr was\nno such file\n"});
}

TEST_CASE("A further run must equal the first in everything", "[regression]") {
  const Outcome first = outcome(0, "a", "b", "{}");
  CHECK(compare_runs(first, first).empty());
  CHECK(compare_runs(first, outcome(1, "a", "b", "{}")).size() == 1);
  CHECK(compare_runs(first, outcome(0, "x", "b", "{}")).size() == 1);
  CHECK(compare_runs(first, outcome(0, "a", "x", "{}")).size() == 1);
  CHECK(compare_runs(first, outcome(0, "a", "b", "{ }")).size() == 1);
}

}  // namespace
}  // namespace emu
