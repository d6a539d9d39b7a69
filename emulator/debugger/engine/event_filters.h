// Which exceptions and events halt the guest: WinDbg's sxe (halt), sxd (only when nobody handled it), sxn and
// sxi (not at all). Defaults as WinDbg's, as far as it has the event.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/kernel/exceptions/exception.h"

namespace emu::debugger {

// DBG_PRINTEXCEPTION_C: two parameters, the text's size with its 0 and its address.
inline constexpr uint32_t kDebugOutput = 0x40010006;

enum class Filter : uint8_t { Break, SecondChance, Ignore };

enum class EventName : uint8_t { ProcessBegin, ProcessEnd, ThreadBegin, ThreadEnd, ImageLoad, ImageUnload };
inline constexpr size_t kEventNames = 6;

// Return what WinDbg's short name stands for: "cpr" for an event, "av" or a code for an exception.
std::optional<EventName> event_named(std::string_view name);
std::optional<uint32_t> exception_named(std::string_view name);
std::string_view name_of(EventName event);
// Returns the exception's short name, such as "av"; empty when it has none.
std::string_view name_of_exception(uint32_t code);
// Returns the exception's name, such as "Access violation"; empty when it has none.
std::string_view title_of_exception(uint32_t code);

class EventFilters {
 public:
  struct OfImage {
    std::string pattern;  // * and ? as in matches_wildcard; with or without the extension
    Filter filter;
  };

  void set(EventName event, Filter filter) { events_[static_cast<size_t>(event)] = filter; }
  // Sets the filter for images whose name matches `pattern` alone.
  void set(EventName event, std::string pattern, Filter filter);
  void set_exception(uint32_t code, Filter filter) { exceptions_[code] = filter; }
  void set_other_exceptions(Filter filter) { others_ = filter; }

  Filter of(EventName event) const { return events_[static_cast<size_t>(event)]; }
  Filter of(EventName event, std::string_view image) const;
  const std::vector<OfImage>& of_images(EventName event) const { return images_[static_cast<size_t>(event)]; }
  Filter of_exception(uint32_t code) const;
  // Returns the filter of the exceptions that have no name here; none when it was never set.
  const std::optional<Filter>& of_other_exceptions() const { return others_; }
  // Returns the codes of all exceptions that have a name or whose filter was set, in order.
  std::vector<uint32_t> exceptions() const;
  bool halts(const Exception& exception) const;

 private:
  std::array<Filter, kEventNames> events_ = {Filter::Ignore, Filter::Break,  Filter::Ignore,
                                             Filter::Ignore, Filter::Ignore, Filter::Ignore};
  std::array<std::vector<OfImage>, kEventNames> images_;
  std::map<uint32_t, Filter> exceptions_;
  std::optional<Filter> others_;
};

}  // namespace emu::debugger
