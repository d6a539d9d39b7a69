#include "emulator/debugger/types/type_request.h"

#include <fmt/core.h>

#include <cctype>
#include <utility>

#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/command.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kDeepestListing = 9;  // of -r without a number
constexpr std::string_view kBlanks = " \t\r\n";

// At blanks outside parentheses and quotes; those around a whole word are taken off.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  int depth = 0;
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') quoted = !quoted;
    if (!quoted && c == '(') ++depth;
    if (!quoted && c == ')') --depth;
    const bool ends = kBlanks.find(c) != std::string_view::npos && depth <= 0 && !quoted;
    if (ends)
      words.emplace_back();
    else
      words.back() += c;
  }
  std::erase(words, "");
  return words;
}

std::string without_signs(std::string word) {
  const bool paired = word.size() > 2 && ((word.front() == '(' && word.back() == ')') ||
                                          (word.front() == '"' && word.back() == '"'));
  return paired ? word.substr(1, word.size() - 2) : word;
}

bool is_option(const std::string& word) {
  return word.size() > 1 && word[0] == '-' && std::isalpha(static_cast<unsigned char>(word[1])) != 0;
}

class RequestReader {
 public:
  explicit RequestReader(std::vector<std::string> words) : words_(std::move(words)) {}

  TypeRequest read() {
    while (next_ < words_.size()) {
      const std::string word = words_[next_++];
      if (is_option(word))
        option(std::string_view(word).substr(1));
      else if (request_.name.empty())
        request_.name = without_signs(word);
      else
        request_.rest.push_back(word);
    }
    if (request_.name.empty()) throw CommandError("a type or a variable is missing: dt [MODULE!]NAME");
    return std::move(request_);
  }

 private:
  std::string following(std::string_view what) {
    if (next_ == words_.size()) throw CommandError(fmt::format("{} is missing", what));
    return words_[next_++];
  }

  // Decimal digits behind an option; none: `usual`.
  static std::optional<uint32_t> digits(std::string_view text, std::optional<uint32_t> usual) {
    if (text.empty()) return usual;
    const auto number = decimal_number(text);
    if (!number) throw CommandError(fmt::format("\"{}\" is no decimal number", text));
    return number;
  }

  void option(std::string_view text) {
    const std::string_view behind = text.substr(1);
    switch (text[0]) {
      case 'r': request_.listing.depth = *digits(behind, kDeepestListing); return;
      case 'a': request_.listing.elements = digits(behind, std::nullopt); return;
      case 'l': request_.link = following("the field that links"); return;
      case 's': request_.size = digits(behind.empty() ? following("a size") : std::string(behind), 0); return;
      default: break;
    }
    for (const char letter : text) letter_option(letter, text);
  }

  void letter_option(char letter, std::string_view text) {
    switch (letter) {
      case 'b': request_.listing.blocks = true; return;
      case 'o': request_.listing.offsets = false; return;
      case 'i': request_.listing.indented = false; return;
      case 't':
      case 'e': request_.types_only = true; return;
      case 'v': request_.verbose = true; return;
      case 'n': return;  // the next word is a name: here every first word is
      case 'y': request_.is_prefix = true; return;
      default: throw CommandError(fmt::format("-{} is no option of dt", text));
    }
  }

  std::vector<std::string> words_;
  size_t next_ = 0;
  TypeRequest request_;
};

}  // namespace

TypeRequest read_type_request(std::string_view text) { return RequestReader(words_of(text)).read(); }

}  // namespace emu::debugger
