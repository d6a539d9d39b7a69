#include "emulator/loader/process_block.h"

#include <catch2/catch_test_macros.hpp>
#include <cstring>

#include "guest/abi/structures.h"

namespace emu {
namespace {

constexpr mm::VirtualAddress kBase{0x00120000};

struct Block {
  std::vector<std::byte> bytes;
  abi::ProcessParameters parameters{};

  Block(const std::string& image_path, const std::string& command_line)
      : bytes(process_parameters({image_path, command_line, "C:\\", default_environment()}, {4, 8, 12},
                                 kBase)) {
    std::memcpy(&parameters, bytes.data(), sizeof parameters);
  }
  // The string with its terminator, from the address that the block says.
  std::u16string text(const abi::UnicodeString& string) const {
    std::u16string result(string.Length / 2u + 1, u'?');
    const size_t at = string.Buffer - kBase.value;
    REQUIRE(at + result.size() * 2 <= bytes.size());
    std::memcpy(result.data(), bytes.data() + at, result.size() * 2);
    REQUIRE(result.back() == 0);
    result.pop_back();
    return result;
  }
};

TEST_CASE("the block's strings lie where the block says") {
  const Block block("C:\\a.exe", "a.exe \"b c\"");
  CHECK(block.text(block.parameters.ImagePathName) == u"C:\\a.exe");
  CHECK(block.text(block.parameters.CommandLine) == u"a.exe \"b c\"");
  CHECK(block.text(block.parameters.CurrentDirectory) == u"C:\\");
  CHECK(block.parameters.StandardInput == 4);
  CHECK(block.parameters.StandardOutput == 8);
  CHECK(block.parameters.StandardError == 12);
  CHECK(block.parameters.Length == block.bytes.size());
}

TEST_CASE("a command line too long for a UNICODE_STRING is cut off, not wrapped round") {
  const Block block("C:\\a.exe", std::string(70000, 'x'));
  CHECK(block.parameters.CommandLine.Length == 0xFFFC);
  CHECK(block.parameters.CommandLine.MaximumLength == 0xFFFE);
  CHECK(block.text(block.parameters.CommandLine).size() == 0x7FFE);
}

TEST_CASE("the environment is sorted and ends with an empty string") {
  const std::u16string block = default_environment();
  REQUIRE(block.size() > 2);
  CHECK(block.substr(block.size() - 2) == std::u16string(2, u'\0'));
  std::u16string previous;
  for (size_t at = 0; block[at] != 0;) {
    std::u16string variable(block.c_str() + at);
    at += variable.size() + 1;
    for (char16_t& c : variable)
      if (c >= u'a' && c <= u'z') c = static_cast<char16_t>(c - 32);
    CHECK(previous < variable);
    CHECK(variable.find(u'=') != std::u16string::npos);
    previous = variable;
  }
}

}  // namespace
}  // namespace emu
