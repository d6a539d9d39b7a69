#include "emulator/regression/scenario_variables.h"

#include <algorithm>
#include <utility>

namespace emu {
namespace {

constexpr std::array<std::string_view, 3> kVariables = {"${guest}", "${scenario}", "${scratch}"};

// Takes what stands before the first "${...}" off `text`, then that itself; both may be empty, at the end.
struct Piece {
  std::string_view plain;
  std::string_view variable;
};
Piece next_piece(std::string_view& text) {
  const size_t begin = std::min(text.find("${"), text.size());
  const size_t end = text.find('}', begin);
  Piece piece{text, {}};
  if (end != std::string_view::npos) piece = {text.substr(0, begin), text.substr(begin, end + 1 - begin)};
  text.remove_prefix(piece.plain.size() + piece.variable.size());
  return piece;
}

size_t index_of(std::string_view variable) {
  return static_cast<size_t>(std::find(kVariables.begin(), kVariables.end(), variable) - kVariables.begin());
}

}  // namespace

ScenarioVariables::ScenarioVariables(std::string guest, std::string scenario, std::string scratch)
    : values_{std::move(guest), std::move(scenario), std::move(scratch)} {}

std::string ScenarioVariables::expand(std::string_view text) const {
  std::string expanded;
  while (!text.empty()) {
    const Piece piece = next_piece(text);
    const size_t index = index_of(piece.variable);
    expanded += piece.plain;
    expanded += index < values_.size() ? std::string_view(values_[index]) : piece.variable;
  }
  return expanded;
}

std::optional<std::string> unknown_variable(std::string_view text) {
  while (!text.empty()) {
    const Piece piece = next_piece(text);
    if (!piece.variable.empty() && index_of(piece.variable) == kVariables.size())
      return std::string(piece.variable);
  }
  return std::nullopt;
}

}  // namespace emu
