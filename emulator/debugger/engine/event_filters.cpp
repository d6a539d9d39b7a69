#include "emulator/debugger/engine/event_filters.h"

#include <algorithm>
#include <array>
#include <utility>

#include "emulator/debugger/symbols/symbol.h"

namespace emu::debugger {
namespace {

struct KnownException {
  std::string_view name;
  uint32_t code;
  Filter filter;
  std::string_view title;
};

// WinDbg's list ("Controlling Exceptions and Events", Microsoft), as far as a guest can raise them here.
constexpr std::array kKnownExceptions = {
    KnownException{"av", 0xC0000005, Filter::Break, "Access violation"},
    KnownException{"ip", 0xC0000006, Filter::Break, "In-page I/O error"},
    KnownException{"gp", 0x80000001, Filter::Break, "Guard page violation"},
    KnownException{"dm", 0x80000002, Filter::Break, "Data misaligned"},
    KnownException{"bpe", 0x80000003, Filter::Break, "Break instruction exception"},
    KnownException{"sse", 0x80000004, Filter::Break, "Single step exception"},
    KnownException{"ii", 0xC000001D, Filter::Break, "Illegal instruction"},
    KnownException{"dz", 0xC0000094, Filter::Break, "Integer divide-by-zero"},
    KnownException{"iov", 0xC0000095, Filter::Break, "Integer overflow"},
    KnownException{"pi", 0xC0000096, Filter::Break, "Privileged instruction"},
    KnownException{"sov", 0xC00000FD, Filter::Break, "Stack overflow"},
    KnownException{"ch", 0xC0000008, Filter::Break, "Invalid handle"},
    KnownException{"ab", 0xC000008C, Filter::SecondChance, "Array bounds exceeded"},
    KnownException{"fde", 0xC000008D, Filter::SecondChance, "Floating-point denormal operand"},
    KnownException{"fdz", 0xC000008E, Filter::SecondChance, "Floating-point divide by zero"},
    KnownException{"fie", 0xC000008F, Filter::SecondChance, "Floating-point inexact result"},
    KnownException{"fio", 0xC0000090, Filter::SecondChance, "Floating-point invalid operation"},
    KnownException{"fov", 0xC0000091, Filter::SecondChance, "Floating-point overflow"},
    KnownException{"fst", 0xC0000092, Filter::SecondChance, "Floating-point stack check"},
    KnownException{"fun", 0xC0000093, Filter::SecondChance, "Floating-point underflow"},
    KnownException{"eh", 0xE06D7363, Filter::SecondChance, "C++ EH exception"},
    KnownException{"out", kDebugOutput, Filter::Ignore, "Debuggee output"},
    KnownException{"gcc", 0x20474343, Filter::SecondChance, "C++ exception of GCC"},
};

constexpr std::array<std::string_view, kEventNames> kEvents = {"cpr", "epr", "ct", "et", "ld", "ud"};

template <class Matches>
const KnownException* find(Matches matches) {
  const auto found = std::find_if(kKnownExceptions.begin(), kKnownExceptions.end(), matches);
  return found != kKnownExceptions.end() ? found : nullptr;
}
const KnownException* find(uint32_t code) {
  return find([&](const KnownException& known) { return known.code == code; });
}

}  // namespace

std::optional<EventName> event_named(std::string_view name) {
  const auto found = std::find(kEvents.begin(), kEvents.end(), name);
  if (found == kEvents.end()) return std::nullopt;
  return static_cast<EventName>(found - kEvents.begin());
}

std::string_view name_of(EventName event) { return kEvents[static_cast<size_t>(event)]; }

std::optional<uint32_t> exception_named(std::string_view name) {
  const auto* known = find([&](const KnownException& candidate) { return candidate.name == name; });
  if (known == nullptr) return std::nullopt;
  return known->code;
}

std::string_view name_of_exception(uint32_t code) {
  const auto* known = find(code);
  return known != nullptr ? known->name : std::string_view();
}

std::string_view title_of_exception(uint32_t code) {
  const auto* known = find(code);
  return known != nullptr ? known->title : std::string_view();
}

// What was said last.
void EventFilters::set(EventName event, std::string pattern, Filter filter) {
  auto& list = images_[static_cast<size_t>(event)];
  std::erase_if(list, [&](const OfImage& old) { return lower_case(old.pattern) == lower_case(pattern); });
  list.insert(list.begin(), {std::move(pattern), filter});
}

Filter EventFilters::of(EventName event, std::string_view image) const {
  const std::string_view short_name = image.substr(0, image.rfind('.'));
  for (const OfImage& own : of_images(event))
    if (matches_wildcard(image, own.pattern) || matches_wildcard(short_name, own.pattern)) return own.filter;
  return of(event);
}

// "*" is about those that have no name (Microsoft, "sx").
Filter EventFilters::of_exception(uint32_t code) const {
  if (const auto own = exceptions_.find(code); own != exceptions_.end()) return own->second;
  if (const auto* known = find(code)) return known->filter;
  return others_.value_or(Filter::SecondChance);
}

std::vector<uint32_t> EventFilters::exceptions() const {
  std::vector<uint32_t> codes;
  codes.reserve(kKnownExceptions.size() + exceptions_.size());
  for (const KnownException& known : kKnownExceptions) codes.push_back(known.code);
  for (const auto& [code, filter] : exceptions_)
    if (find(code) == nullptr) codes.push_back(code);
  return codes;
}

bool EventFilters::halts(const Exception& exception) const {
  const Filter filter = of_exception(exception.code);
  if (filter == Filter::Ignore) return false;
  return filter == Filter::Break || exception.chance == Exception::Chance::Second;
}

}  // namespace emu::debugger
