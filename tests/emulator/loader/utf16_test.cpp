#include "emulator/loader/utf16.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

TEST_CASE("UTF-8 becomes UTF-16") {
  CHECK(to_utf16("").empty());
  CHECK(to_utf16("abc") == u"abc");
  CHECK(to_utf16("\xC3\xA4\xE2\x82\xAC") == u"\u00E4\u20AC");
  CHECK(to_utf16("\xF0\x9F\x98\x80") == u"\U0001F600");  // a surrogate pair
}

TEST_CASE("what is not UTF-8 becomes replacement characters") {
  CHECK(to_utf16("a\xFF"
                 "b") == u"a\uFFFDb");
  CHECK(to_utf16("\xC3") == u"\uFFFD");                      // cut off
  CHECK(to_utf16("\xC0\xAF") == u"\uFFFD\uFFFD");            // overlong
  CHECK(to_utf16("\xE0\x80\xAF") == u"\uFFFD\uFFFD\uFFFD");  // overlong
  CHECK(to_utf16("\xED\xA0\x80") == u"\uFFFD\uFFFD\uFFFD");  // a surrogate
  CHECK(to_utf16("\xF4\x90\x80\x80").size() == 4);           // above U+10FFFF
  CHECK(to_utf16("\xC3(") == u"\uFFFD(");
}

}  // namespace
}  // namespace emu
