#include "emulator/regression/text_difference.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;

std::string difference(const std::string& a, const std::string& b) {
  return unified_difference(a, b, "want", "got");
}

TEST_CASE("Equal texts have no difference", "[regression]") { CHECK(difference("a\nb\n", "a\nb\n").empty()); }

// What `diff -u` prints for the same texts.
TEST_CASE("A changed line shows in a unified diff with its surroundings", "[regression]") {
  CHECK(difference("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\nsix\n7\n8\n9\n") ==
        "--- want\n+++ got\n@@ -3,7 +3,7 @@\n 3\n 4\n 5\n-6\n+six\n 7\n 8\n 9\n");
}

TEST_CASE("A missing line feed at the end is a difference that shows", "[regression]") {
  CHECK_THAT(difference("a\n", "a"), ContainsSubstring("+\\ No line feed at the end"));
}

TEST_CASE("Bytes that do not print show as numbers", "[regression]") {
  CHECK_THAT(difference("a\n", "a\r\n"), ContainsSubstring("+a\\x0d\n"));
}

TEST_CASE("A difference far down in long texts is found, with its line number", "[regression]") {
  std::string before;
  for (int i = 0; i < 10000; ++i) before += "line\n";
  CHECK_THAT(difference(before + "a\n", before + "b\n"), ContainsSubstring("@@ -9998,4 +9998,4 @@"));
}

TEST_CASE("A difference without end is cut", "[regression]") {
  std::string a, b;
  for (int i = 0; i < 10000; ++i) a += "a\n", b += "b\n";
  const std::string text = difference(a, b);
  CHECK_THAT(text, ContainsSubstring("(what follows was not compared)"));
  CHECK(text.size() < 10000);
}

}  // namespace
}  // namespace emu
