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
  // None: there are no more.
  virtual std::optional<std::string> read(const std::string& prompt, const Session& session) = 0;
  // Whether a person types the lines, for whom an empty one means something.
  enum class Typed : uint8_t { No, Yes };
  virtual Typed typed() const { return Typed::No; }
};

// Lines that are there already.
class GivenLines final : public LineSource {
 public:
  explicit GivenLines(std::vector<std::string> lines) : lines_(lines.begin(), lines.end()) {}
  std::optional<std::string> read(const std::string& prompt, const Session& session) override;

 private:
  std::deque<std::string> lines_;
};

// Standard input: with editing, history and completion of commands and symbols (libedit) when a person sits
// there, whose Ctrl-C drops the line that is being typed; else line by line without a prompt.
std::unique_ptr<LineSource> standard_input_lines();

}  // namespace emu::debugger
