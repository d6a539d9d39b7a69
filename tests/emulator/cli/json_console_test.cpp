#include "emulator/cli/json_console.h"

#include <catch2/catch_test_macros.hpp>
#include <nlohmann/json.hpp>

namespace emu {
namespace {

using Stream = Console::Stream;

std::string line_of(std::string_view text, Stream stream = Stream::Output) {
  return json_line(stream, std::as_bytes(std::span(text)));
}

TEST_CASE("what a guest writes becomes one object on one line") {
  CHECK(line_of("hello\n") == "{\"output\":\"hello\\n\"}\n");
  CHECK(line_of("{\"halt\":\"start\"}\n") == "{\"output\":\"{\\\"halt\\\":\\\"start\\\"}\\n\"}\n");
  CHECK(line_of("oh", Stream::Error) == "{\"error_output\":\"oh\"}\n");
  CHECK(line_of("caf\xc3\xa9") == "{\"output\":\"caf\xc3\xa9\"}\n");
  CHECK(line_of(std::string_view("a\0b", 3)) == "{\"output\":\"a\\u0000b\"}\n");
}

// U+FFFD for people, hexadecimal digits for programs.
TEST_CASE("bytes that are no UTF-8 stand there twice") {
  CHECK(line_of("caf\xe9\n") == "{\"output\":\"caf\xef\xbf\xbd\\n\",\"bytes\":\"636166e90a\"}\n");
  CHECK(line_of("\xef\xbf\xbd") == "{\"output\":\"\xef\xbf\xbd\"}\n");  // U+FFFD itself is UTF-8
  std::string all;
  for (int byte = 0; byte < 256; ++byte) all += static_cast<char>(byte);
  const std::string line = line_of(all);
  CHECK(line.find('\n') == line.size() - 1);
  CHECK(nlohmann::json::parse(line)["bytes"].get<std::string>().size() == 512);
}

}  // namespace
}  // namespace emu
