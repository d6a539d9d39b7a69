#include "emulator/cli/size_argument.h"

#include <fmt/core.h>

#include <charconv>
#include <optional>

namespace emu {
namespace {

constexpr uint64_t kLargest = uint64_t{1} << 44;  // far above what is useful, and no count of pages overflows

tl::unexpected<std::string> refuse(std::string message) { return tl::unexpected(std::move(message)); }

std::optional<uint32_t> shift_of(std::string_view suffix) {
  if (suffix.empty()) return 0;
  if (suffix == "K" || suffix == "k") return 10;
  if (suffix == "M" || suffix == "m") return 20;
  if (suffix == "G" || suffix == "g") return 30;
  return std::nullopt;
}

}  // namespace

tl::expected<uint64_t, std::string> parse_bytes(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const auto digits = static_cast<size_t>(end - text.data());
  const auto shift = shift_of(text.substr(digits));
  if (digits == 0 || !shift)
    return refuse(fmt::format("'{}' is no size: give a number and K, M or G, as in 16M", text));
  if (error != std::errc{} || number > kLargest >> *shift)
    return refuse(fmt::format("'{}' is too large", text));
  return number << *shift;
}

tl::expected<mm::PageCount, std::string> parse_size(std::string_view text) {
  return parse_bytes(text).map(mm::pages_for);
}

tl::expected<PagingFileSize, std::string> parse_paging_file_size(std::string_view text) {
  const auto colon = text.find(':');
  const auto size = parse_size(text.substr(0, colon));
  if (colon == std::string_view::npos)
    return size.map([](mm::PageCount both) { return PagingFileSize{both, both}; });
  if (!size) return refuse(fmt::format("'{}': {}", text, size.error()));
  const auto maximum = parse_size(text.substr(colon + 1));
  if (!maximum) return refuse(fmt::format("'{}': {}", text, maximum.error()));
  if (*maximum < *size) return refuse(fmt::format("'{}' has a maximum below its size", text));
  return PagingFileSize{*size, *maximum};
}

}  // namespace emu
