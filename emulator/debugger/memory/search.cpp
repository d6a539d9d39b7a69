#include "emulator/debugger/memory/search.h"

#include <algorithm>

#include "emulator/loader/utf16.h"

namespace emu::debugger {
namespace {

constexpr uint64_t kAddressSpace = uint64_t{1} << 32;

// The readable bytes that end where the search stands, as far as a match may still need them.
class Window {
 public:
  explicit Window(const MemoryView& memory) : memory_(memory) {}

  // The next bytes, at most to the end of a page. What cannot be read breaks every match.
  void extend(mm::VirtualAddress from, uint32_t count) {
    const size_t old = bytes_.size();
    bytes_.resize(old + count);
    const size_t read =
        std::min<size_t>(memory_.read(from, std::as_writable_bytes(std::span(bytes_)).subspan(old)), count);
    bytes_.resize(old + read);
    base_ = uint64_t{from.value} + read - bytes_.size();
    broken_ = read < count;
  }

  void find(std::span<const uint8_t> pattern, std::vector<mm::VirtualAddress>& found) const {
    for (auto at = bytes_.begin(); found.size() < kMostFound; ++at) {
      at = std::search(at, bytes_.end(), pattern.begin(), pattern.end());
      if (at == bytes_.end()) return;
      found.push_back({static_cast<uint32_t>(base_ + static_cast<uint64_t>(at - bytes_.begin()))});
    }
  }

  // Drops all but the last `count` bytes.
  void keep(size_t count) {
    if (broken_) count = 0;
    if (bytes_.size() > count)
      bytes_.erase(bytes_.begin(), bytes_.end() - static_cast<std::ptrdiff_t>(count));
  }

 private:
  const MemoryView& memory_;
  std::vector<uint8_t> bytes_;
  uint64_t base_ = 0;
  bool broken_ = false;
};

}  // namespace

std::vector<uint8_t> ascii_pattern(std::string_view text) { return {text.begin(), text.end()}; }

std::vector<uint8_t> unicode_pattern(std::string_view text) {
  std::vector<uint8_t> pattern;
  for (const char16_t character : to_utf16(text)) {
    pattern.push_back(static_cast<uint8_t>(character & 0xFF));
    pattern.push_back(static_cast<uint8_t>(character >> 8));
  }
  return pattern;
}

std::vector<mm::VirtualAddress> search(const MemoryView& memory, mm::VirtualAddress from, uint64_t size,
                                       std::span<const uint8_t> pattern) {
  std::vector<mm::VirtualAddress> found;
  if (pattern.empty() || pattern.size() > kLongestPattern) return found;
  const uint64_t begin = from.value;
  const uint64_t end = std::min(kAddressSpace, begin + std::min(size, kMostSearched));
  Window window(memory);
  for (uint64_t at = begin; at < end && found.size() < kMostFound;) {
    const mm::VirtualAddress here{static_cast<uint32_t>(at)};
    const auto count = static_cast<uint32_t>(std::min<uint64_t>(mm::kPageSize - here.offset(), end - at));
    window.extend(here, count);
    window.find(pattern, found);
    window.keep(pattern.size() - 1);
    at += count;
  }
  return found;
}

std::string search_text(const MemoryView& memory, std::span<const mm::VirtualAddress> found,
                        DumpFormat format) {
  constexpr uint32_t kShown = 16;
  std::string text;
  for (const mm::VirtualAddress address : found)
    text += dump(memory, address, format, kShown / unit_size(format)).text;
  return text;
}

Json search_json(std::span<const mm::VirtualAddress> found) {
  Json matches = Json::array();
  for (const mm::VirtualAddress address : found) matches.push_back(address_words(address));
  return {{"matches", matches}};
}

}  // namespace emu::debugger
