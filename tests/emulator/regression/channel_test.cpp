#include "emulator/regression/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <string>
#include <utility>

namespace emu {
namespace {

TEST_CASE("A message arrives with its number and its files", "[regression]") {
  const auto ends = open_channel();
  REQUIRE(ends);
  const auto& [here, there] = *ends;
  std::array<int, 2> pipe{};
  REQUIRE(::pipe(pipe.data()) == 0);
  const Descriptor read(pipe[0]);
  {
    const Descriptor write(pipe[1]);
    REQUIRE(send_message(here, 3, -7, std::array{write.number()}));
  }
  const auto message = receive_message(there);
  REQUIRE(message);
  CHECK((message->kind == 3 && message->value == -7));
  REQUIRE(message->files.size() == 1);
  REQUIRE(::write(message->files[0].number(), "x", 1) == 1);
  char letter = 0;
  CHECK((::read(read.number(), &letter, 1) == 1 && letter == 'x'));
}

TEST_CASE("Who has gone, says nothing, or says something else sends no message", "[regression]") {
  auto ends = open_channel();
  REQUIRE(ends);
  auto& [here, there] = *ends;
  using Clock = std::chrono::steady_clock;
  CHECK_FALSE(receive_message(there, Clock::now() + std::chrono::milliseconds(20)));
  for (const std::string& text : {std::string("x"), std::string(8 + 1, 'x')}) {
    REQUIRE(::send(here.number(), text.data(), text.size(), 0) > 0);
    CHECK_FALSE(receive_message(there));
  }
  { const Descriptor closed = std::move(here); }
  CHECK_FALSE(receive_message(there));
  CHECK_FALSE(send_message(there, 1, 1));
}

}  // namespace
}  // namespace emu
