#include "emulator/loader/command_line.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace emu {
namespace {

std::string line(const std::vector<std::string>& arguments) {
  return windows_command_line("a.exe", arguments);
}

// The rules as Microsoft's "Parsing C command-line arguments" states them, written down independently.
std::vector<std::string> parse(std::string_view text) {
  std::vector<std::string> arguments;
  size_t i = 0;
  while (true) {
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) ++i;
    if (i == text.size()) return arguments;
    std::string argument;
    bool quoted = false;
    while (i < text.size() && (quoted || (text[i] != ' ' && text[i] != '\t'))) {
      size_t slashes = 0;
      while (i < text.size() && text[i] == '\\') ++slashes, ++i;
      if (i < text.size() && text[i] == '"') {
        argument.append(slashes / 2, '\\');
        if (slashes % 2 == 1)
          argument += '"';
        else
          quoted = !quoted;
        ++i;
      } else {
        argument.append(slashes, '\\');
        if (slashes == 0) argument += text[i++];
      }
    }
    arguments.push_back(argument);
  }
}

TEST_CASE("arguments are quoted where they must be, as Microsoft's examples have it") {
  CHECK(line({}) == "a.exe");
  CHECK(line({"a", "b"}) == "a.exe a b");
  CHECK(line({"a b c", "d", "e"}) == "a.exe \"a b c\" d e");
  CHECK(line({""}) == "a.exe \"\"");
  CHECK(line({"ab\"c", "\\", "d"}) == "a.exe \"ab\\\"c\" \\ d");
  CHECK(line({"a\\\\b", "d e", "f"}) == "a.exe a\\\\b \"d e\" f");
  CHECK(line({"c d\\"}) == "a.exe \"c d\\\\\"");
  CHECK(line({"a\\\"b"}) == "a.exe \"a\\\\\\\"b\"");
}

TEST_CASE("the program's name has no escapes") {
  CHECK(windows_command_line("my program.exe", {}) == "\"my program.exe\"");
  CHECK(windows_command_line("a\"b.exe", {}) == "ab.exe");
  CHECK(windows_command_line("c:\\x\\a.exe", {}) == "c:\\x\\a.exe");
}

TEST_CASE("the C runtime gets back what was given") {
  CHECK(rc::check([] {
    const auto arguments = *rc::gen::container<std::vector<std::string>>(
        rc::gen::container<std::string>(rc::gen::element(' ', '\t', '"', '\\', 'a', '\n')));
    auto expected = arguments;
    expected.insert(expected.begin(), "a.exe");
    RC_ASSERT(parse(line(arguments)) == expected);
  }));
}

}  // namespace
}  // namespace emu
