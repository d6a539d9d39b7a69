#include "emulator/debugger/symbols/demangle.h"

#include <cxxabi.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdlib>
#include <memory>

#include "emulator/debugger/symbols/isolated_work.h"

namespace emu::debugger {
namespace {

constexpr WorkLimits kLimits{.seconds = 10, .memory = size_t{256} << 20, .largest_result = size_t{64} << 20};

struct Free {
  void operator()(char* text) const { std::free(text); }
};

// "" when it is no mangled name.
std::string signature_of(const std::string& mangled) {
  int status = 0;
  const std::unique_ptr<char, Free> text(abi::__cxa_demangle(mangled.c_str(), nullptr, nullptr, &status));
  return text != nullptr ? text.get() : "";
}

void append(std::vector<std::byte>& bytes, std::string_view text) {
  const auto* from = reinterpret_cast<const std::byte*>(text.data());
  bytes.insert(bytes.end(), from, from + text.size());
  bytes.push_back(std::byte{0});
}

// The texts between the zeros, one after the other.
class Texts {
 public:
  explicit Texts(const std::vector<std::byte>& bytes)
      : rest_(reinterpret_cast<const char*>(bytes.data()), bytes.size()) {}
  std::string next() {
    const size_t end = std::min(rest_.find('\0'), rest_.size());
    std::string text(rest_.substr(0, end));
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return text;
  }

 private:
  std::string_view rest_;
};

bool drop_end(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

// Of an operator whose name has brackets of its own, at the end of `text`: its length with "operator".
size_t operator_at_end(std::string_view text) {
  constexpr std::string_view kWord = "operator";
  constexpr std::array<std::string_view, 14> kSigns{
      "<=>", "->*", "<<=", ">>=", "<<", ">>", "<=", ">=", "->", "()", "[]", "<", ">", "=="};
  for (const std::string_view sign : kSigns) {
    if (!text.ends_with(sign)) continue;
    const std::string_view before = text.substr(0, text.size() - sign.size());
    if (before.ends_with(kWord)) return kWord.size() + sign.size();
  }
  return 0;
}

// Where a bracketed part begins that ends at the end of `text`; npos when it is not whole.
size_t begin_of_brackets(std::string_view text) {
  constexpr std::string_view kOpening = "(<{[", kClosing = ")>}]";
  int depth = 0;
  for (size_t at = text.size(); at > 0;) {
    if (const size_t size = operator_at_end(text.substr(0, at)); size != 0 && depth != 0) {
      at -= size;
      continue;
    }
    const char c = text[--at];
    if (kClosing.find(c) != std::string_view::npos) ++depth;
    if (kOpening.find(c) != std::string_view::npos && --depth == 0) return at;
  }
  return std::string_view::npos;
}

// Functions made of templates are told with what they return.
std::string_view without_result(std::string_view name) {
  if (!name.ends_with('>') || operator_at_end(name) != 0) return name;
  for (size_t at = name.size(); at > 0;) {
    const std::string_view before = name.substr(0, at);
    if (const size_t size = operator_at_end(before); size != 0) {
      at -= size;
    } else if (std::string_view(")>}]").find(before.back()) != std::string_view::npos) {
      at = begin_of_brackets(before);
      if (at == std::string_view::npos) return name;
    } else if (before.back() == ' ' && !before.ends_with("operator ") &&
               operator_at_end(before.substr(0, at - 1)) == 0) {
      return name.substr(at);
    } else {
      --at;
    }
  }
  return name;
}

}  // namespace

std::string without_parameters(std::string_view signature) {
  const size_t clone = signature.find(" [clone ");
  std::string_view name = signature.substr(0, clone);
  const std::string_view made_from = clone != std::string_view::npos ? signature.substr(clone) : "";
  while (drop_end(name, " const") || drop_end(name, " volatile") || drop_end(name, " &&") ||
         drop_end(name, " &")) {
  }
  const bool special = name.starts_with("typeinfo ") || name.find("transaction clone for ") != name.npos;
  if (special || !name.ends_with(')')) return std::string(signature);
  const size_t parameters = begin_of_brackets(name);
  if (parameters == std::string_view::npos || parameters == 0) return std::string(signature);
  return std::string(without_result(name.substr(0, parameters))) + std::string(made_from);
}

void demangle(std::vector<Symbol>& symbols) {
  std::vector<Symbol*> mangled;
  for (Symbol& symbol : symbols)
    if (symbol.name.starts_with("_Z")) mangled.push_back(&symbol);
  if (mangled.empty()) return;
  const auto bytes = work_isolated(
      [&] {
        std::vector<std::byte> texts;
        for (const Symbol* symbol : mangled) append(texts, signature_of(symbol->name));
        return texts;
      },
      kLimits);
  if (!bytes) return;
  Texts texts(*bytes);
  for (Symbol* symbol : mangled) {
    symbol->signature = texts.next();
    if (!symbol->signature.empty()) symbol->name = without_parameters(symbol->signature);
  }
}

}  // namespace emu::debugger
