#include "emulator/regression/scenario_bounds.h"

#include <algorithm>
#include <string>

namespace emu {
namespace {

constexpr std::string_view kMultiLineEnds[] = {"\"\"\"", "'''"};

// Goes through a text as TOML has it (TOML 1.0.0), as far as to tell what stands in strings and comments from
// what stands outside. A dot outside separates a key's parts, or is in a number, where there is one.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  void run() {
    while (at_ < text_.size()) step();
  }

 private:
  void step() {
    switch (const char c = text_[at_]) {
      case '#': return skip_to(text_.find('\n', at_));
      case '"':
      case '\'': return skip_string(c);
      case '.': return count_part();
      case '[':
      case '{': return open();
      case ']':
      case '}': return close();
      case '\n':
      case '=':
      case ',': parts_ = 1; break;
      default: break;  // of a key's part or a value, or between them
    }
    ++at_;
  }

  void count_part() {
    if (++parts_ > kMostKeyParts) refuse("a key has more than " + std::to_string(kMostKeyParts) + " parts");
    ++at_;
  }

  void open() {
    if (++depth_ > kDeepestNesting)
      refuse("values are nested more than " + std::to_string(kDeepestNesting) + " deep");
    parts_ = 1;
    ++at_;
  }

  void close() {
    depth_ = std::max(depth_ - 1, 0);
    parts_ = 1;
    ++at_;
  }

  void skip_string(char quote) {
    const std::string_view end = kMultiLineEnds[quote == '"' ? 0 : 1];
    const bool multi_line = text_.substr(at_).starts_with(end);
    at_ += multi_line ? end.size() : 1;
    while (at_ < text_.size()) {
      if (multi_line && text_.substr(at_).starts_with(end)) return skip_multi_line_end(quote);
      const char c = text_[at_];
      if (!multi_line && (c == quote || c == '\n')) return skip_to(c == quote ? at_ + 1 : at_);
      at_ += c == '\\' && quote == '"' ? 2 : 1;
    }
  }

  // Up to two quotes before the three that end it belong to the string.
  void skip_multi_line_end(char quote) {
    at_ += 3;
    for (int more = 0; more < 2 && at_ < text_.size() && text_[at_] == quote; ++more) ++at_;
  }

  void skip_to(size_t place) { at_ = std::min(place, text_.size()); }

  [[noreturn]] void refuse(std::string what) const {
    const auto line = 1 + std::count(text_.begin(), text_.begin() + static_cast<std::ptrdiff_t>(at_), '\n');
    throw ScenarioError{static_cast<uint32_t>(line), std::move(what)};
  }

  std::string_view text_;
  size_t at_ = 0;
  int parts_ = 1;
  int depth_ = 0;
};

}  // namespace

void refuse_what_is_too_deep(std::string_view text) { Scanner(text).run(); }

}  // namespace emu
