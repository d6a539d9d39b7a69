#include "emulator/kernel/files/wildcards.h"

#include <algorithm>
#include <vector>

#include "emulator/kernel/files/names.h"

namespace emu {
namespace {

constexpr char16_t kDosStar = u'<', kDosQm = u'>', kDosDot = u'"';

// Which places of the expression can be reached with what has been read of the name. Every place is looked at
// once per character, so that no expression takes more than name times expression.
class Matcher {
 public:
  Matcher(std::u16string_view name, std::u16string_view expression)
      : name_(name), expression_(expression), last_dot_(name.rfind(u'.')) {}

  bool run() {
    std::vector<bool> places(expression_.size() + 1, false);
    places[0] = true;
    for (size_t at = 0; at < name_.size(); ++at) places = after(at, skip(places, at));
    return skip(places, name_.size()).back();
  }

 private:
  // Passes over what needs no character at `at`.
  std::vector<bool> skip(std::vector<bool> places, size_t at) const {
    const bool end = at == name_.size();
    for (size_t i = 0; i < expression_.size(); ++i)
      if (places[i] && needs_nothing(expression_[i], end, !end && name_[at] == u'.')) places[i + 1] = true;
    return places;
  }

  static bool needs_nothing(char16_t symbol, bool end, bool dot) {
    switch (symbol) {
      case u'*':
      case kDosStar: return true;
      case kDosQm: return end || dot;
      case kDosDot: return end;
      default: return false;
    }
  }

  // Reads the character at `at`.
  std::vector<bool> after(size_t at, const std::vector<bool>& places) const {
    std::vector<bool> next(places.size(), false);
    for (size_t i = 0; i < expression_.size(); ++i) {
      if (!places[i] || !takes(expression_[i], at)) continue;
      next[stays(expression_[i]) ? i : i + 1] = true;
    }
    return next;
  }

  static bool stays(char16_t symbol) { return symbol == u'*' || symbol == kDosStar; }

  bool takes(char16_t symbol, size_t at) const {
    const char16_t unit = name_[at];
    switch (symbol) {
      case u'*':
      case u'?': return true;
      case kDosStar: return unit != u'.' || at != last_dot_;
      case kDosQm: return unit != u'.';
      case kDosDot: return unit == u'.';
      default: return upcase(symbol) == upcase(unit);
    }
  }

  std::u16string_view name_;
  std::u16string_view expression_;
  size_t last_dot_;
};

}  // namespace

bool matches_expression(std::u16string_view name, std::u16string_view expression) {
  return expression.empty() || expression == u"*" || Matcher(name, expression).run();
}

}  // namespace emu
