#include "emulator/kernel/files/names.h"

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <string>
#include <vector>

#include "emulator/kernel/files/object_name.h"
#include "emulator/kernel/files/wildcards.h"

namespace emu {
namespace {

using mm::NtStatus;
using Device = ObjectName::Device;

TEST_CASE("Names are equal but for case") {
  CHECK(equal_but_for_case(u"ReadMe.TXT", u"README.txt"));
  CHECK(equal_but_for_case(u"Ärger", u"äRGER"));
  CHECK(equal_but_for_case(u"Ωμέγα", u"ΩΜΈΓΑ"));
  CHECK(equal_but_for_case(u"файл", u"ФАЙЛ"));
  CHECK(!equal_but_for_case(u"a", u"ab"));
  CHECK(!equal_but_for_case(u"÷", u"×"));  // no letters, though 0x20 apart
  CHECK(!equal_but_for_case(u"[", u"{"));
}

TEST_CASE("A listing is sorted without regard to case, then exactly") {
  std::vector<std::u16string> names = {u"b", u"_", u"a", u"B", u"Z", u"A"};
  std::sort(names.begin(), names.end(), [](const auto& a, const auto& b) { return listed_before(a, b); });
  CHECK(names == std::vector<std::u16string>{u"A", u"a", u"B", u"b", u"Z", u"_"});
}

TEST_CASE("What cannot be a name") {
  for (const char16_t* name : {u"a", u".a", u"...", u"a.", u"a b ", u"CON", u"äöü", u"a;b"})
    CHECK(valid_name(name));
  for (const char16_t* name : {u"", u".", u"..", u"a/b", u"a\\b", u"a:b", u"a*", u"a?", u"<", u">", u"\"",
                               u"|", u"a\x01", u"\xD800", u"\xDC00\xD800"})
    CHECK(!valid_name(name));
  CHECK(valid_name(std::u16string(255, u'x')));
  CHECK(!valid_name(std::u16string(256, u'x')));
  CHECK(!valid_name(std::u16string_view(u"a\0b", 3)));
}

TEST_CASE("UTF-8 and UTF-16 become each other, or nothing") {
  for (const auto& [utf8, utf16] : {std::pair<std::string, std::u16string>{"a", u"a"},
                                    {"\xC3\xA4", u"ä"},
                                    {"\xE2\x82\xAC", u"€"},
                                    {"\xF0\x9F\x98\x80", u"\xD83D\xDE00"},
                                    {"\xF4\x8F\xBF\xBF", u"\xDBFF\xDFFF"}}) {
    CHECK(to_guest(utf8) == utf16);
    CHECK(to_host(utf16) == utf8);
  }
  // Overlong, a surrogate, past U+10FFFF, cut off, a stray tail.
  for (const char* bad :
       {"\xC0\x80", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xC3", "\x80", "\xFF"})
    CHECK(!to_guest(bad));
  CHECK(!to_host(u"\xD83D"));
  CHECK(!to_host(u"\xDE00"));
}

TEST_CASE("Wildcards match as a directory query does") {
  const auto matches = [](const char16_t* name, const char16_t* expression) {
    return matches_expression(name, expression);
  };
  CHECK(matches(u"anything.at.all", u"*"));
  CHECK(matches(u"", u""));
  CHECK(matches(u"a.txt", u"*.TXT"));
  CHECK(!matches(u"a.text", u"*.txt"));
  CHECK(matches(u"abc", u"a?c"));
  CHECK(!matches(u"ac", u"a?c"));
  CHECK(!matches(u"abc", u"a?"));
  CHECK(matches(u"a.b.c", u"*.*"));
  CHECK(!matches(u"name", u"*.*"));  // FindFirstFile makes "*" of it before it asks
  CHECK(matches(u"name", u"<.*") == false);
  // DOS_QM: as many as are asked for, fewer before a dot and at the end.
  CHECK(matches(u"ab", u">>>>"));
  CHECK(!matches(u"abcde", u">>>>"));
  CHECK(matches(u"ab.c", u">>>>.>>>"));
  // DOS_STAR: up to the last dot.
  CHECK(matches(u"a.b.c", u"<.c"));
  CHECK(matches(u"name", u"<"));
  CHECK(!matches(u"a.b.c", u"<.b.c.d"));
  // DOS_DOT: a dot, or nothing at the end.
  CHECK(matches(u"name", u"name\""));
  CHECK(matches(u"name.", u"name\""));
  CHECK(!matches(u"name.x", u"name\""));
  CHECK(matches(std::u16string(250, u'a').c_str(), u"*a*a*a*a*a*a*a*a*a*a*a*a*b") == false);
}

NtStatus refused(const char16_t* name) {
  const auto parsed = parse_object_name(name);
  return parsed ? NtStatus::Success : parsed.error();
}

TEST_CASE("Object names are taken apart") {
  const auto path = [](const char16_t* name) { return parse_object_name(name)->path; };
  CHECK(path(u"\\??\\C:\\a\\b.txt") == std::vector<std::u16string>{u"a", u"b.txt"});
  CHECK(path(u"\\DosDevices\\c:\\A") == std::vector<std::u16string>{u"A"});
  CHECK(path(u"\\Device\\HarddiskVolume1\\x") == std::vector<std::u16string>{u"x"});
  CHECK(path(u"\\??\\C:\\").empty());
  CHECK(!parse_object_name(u"\\??\\C:\\")->raw);
  CHECK(parse_object_name(u"\\??\\C:")->raw);
  CHECK(parse_object_name(u"\\??\\C:\\a\\")->ending == ObjectName::Ending::Separator);
  CHECK(parse_object_name(u"\\??\\nul")->device == Device::Null);
  CHECK(parse_object_name(u"\\Device\\Null")->device == Device::Null);
  CHECK(parse_object_name(u"\\??\\CON")->device == Device::Console);
  CHECK(parse_object_name(u"\\??\\CONOUT$")->device == Device::ConsoleOutput);
}

TEST_CASE("No object name leads out of the volume") {
  CHECK(refused(u"") == NtStatus::ObjectPathSyntaxBad);
  CHECK(refused(u"C:\\a") == NtStatus::ObjectPathSyntaxBad);
  CHECK(refused(u"\\??\\C:\\..") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\C:\\a\\..\\..\\b") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\C:\\.\\a") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\C:\\\\a") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\C:\\a/../../b") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\C:\\a:stream") == NtStatus::ObjectNameInvalid);
  CHECK(refused(u"\\??\\D:\\a") == NtStatus::ObjectPathNotFound);
  CHECK(refused(u"\\??\\D:") == NtStatus::ObjectNameNotFound);
  CHECK(refused(u"\\??\\PhysicalDrive0") == NtStatus::ObjectNameNotFound);
  CHECK(refused(u"\\??\\UNC\\server\\share\\a") == NtStatus::ObjectPathNotFound);
  CHECK(refused(u"\\??\\GLOBALROOT\\Device\\Null") == NtStatus::ObjectPathNotFound);
  CHECK(refused(u"\\Device\\HarddiskVolume2\\a") == NtStatus::ObjectPathNotFound);
  CHECK(refused(u"\\etc\\passwd") == NtStatus::ObjectPathNotFound);
  CHECK(refused(u"\\??\\NUL\\a") == NtStatus::ObjectNameNotFound);
}

TEST_CASE("A relative name starts anywhere but at a root") {
  CHECK(parse_relative_name(u"a\\b")->path == std::vector<std::u16string>{u"a", u"b"});
  CHECK(parse_relative_name(u"")->path.empty());
  CHECK(!parse_relative_name(u"..\\a"));
  CHECK(!parse_relative_name(u"\\a"));
}

}  // namespace
}  // namespace emu
