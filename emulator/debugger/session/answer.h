// What a command answers: text for people, and the same as data for programs.
#pragma once

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

namespace emu::debugger {

struct Answer {
  std::string text;               // whole lines, or empty
  nlohmann::ordered_json data{};  // null: the text says it all

  Answer() = default;
  Answer(std::string text) : text(std::move(text)) {}  // NOLINT(google-explicit-constructor)
  Answer(std::string text, nlohmann::ordered_json data) : text(std::move(text)), data(std::move(data)) {}
};

// A mistake of the user's, as one sentence without a full stop. Commands throw it; where lines are executed
// it is caught, and the session goes on.
class CommandError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace emu::debugger
