// Where command lines come from.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace emu::debugger {

class Session;

class LineSource {
 public:
  virtual ~LineSource() = default;
  // Returns the next line; none when there are no more.
  virtual std::optional<std::string> read(const std::string& prompt, const Session& session) = 0;
  // Says whether a person types the lines, for whom an empty one means the last one again.
  enum class Typed : uint8_t { No, Yes };
  virtual Typed typed() const { return Typed::No; }
};

// Gives lines that are there already.
class GivenLines final : public LineSource {
 public:
  explicit GivenLines(std::vector<std::string> lines) : lines_(lines.begin(), lines.end()) {}
  std::optional<std::string> read(const std::string& prompt, const Session& session) override;

 private:
  std::deque<std::string> lines_;
};

// Reads standard input: from a terminal with editing, history and completion of commands and symbols
// (libedit), where Ctrl-C drops the line that is being typed; from anything else line by line without a
// prompt.
std::unique_ptr<LineSource> standard_input_lines();

}  // namespace emu::debugger
