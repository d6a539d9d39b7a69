#include "emulator/debugger/symbols/debug_link.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>
#include <string_view>
#include <system_error>
#include <utility>

#include "emulator/loader/byte_reader.h"
#include "emulator/loader/image_reader.h"

namespace emu::debugger {
namespace {

using Bytes = std::span<const std::byte>;

// By bytes, the lowest bit first (ISO 3309; the polynomial's bits are reversed).
constexpr std::array<uint32_t, 256> make_crc_table() {
  constexpr uint32_t kPolynomial = 0xEDB88320;
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < table.size(); ++i) {
    table[i] = i;
    for (int bit = 0; bit < 8; ++bit)
      table[i] = (table[i] & 1) != 0 ? table[i] >> 1 ^ kPolynomial : table[i] >> 1;
  }
  return table;
}
constexpr auto kCrcTable = make_crc_table();

uint32_t crc32(Bytes bytes) {
  uint32_t crc = ~0u;
  for (const std::byte byte : bytes) crc = kCrcTable[(crc ^ static_cast<uint8_t>(byte)) & 0xFF] ^ crc >> 8;
  return ~crc;
}

tl::expected<std::vector<std::byte>, std::string> read_all(const FilePlace& place) {
  auto bytes = read_debugged_image(place);
  if (!bytes) return tl::unexpected(bytes.error().message);
  return std::move(*bytes);
}

bool is_plain(std::string_view name) {
  return !name.empty() && name != "." && name != ".." && name.find('/') == std::string_view::npos;
}

}  // namespace

// The name, a zero, zeros up to a multiple of four, and the checksum.
std::optional<DebugLink> debug_link(const CoffFile& image) {
  for (const CoffSection& section : image.sections()) {
    if (section.name != ".gnu_debuglink") continue;
    const std::string_view text(reinterpret_cast<const char*>(section.bytes.data()), section.bytes.size());
    const size_t end = text.find('\0');
    if (end == std::string_view::npos || !is_plain(text.substr(0, end))) return std::nullopt;
    const auto checksum = read_at<uint32_t>(section.bytes, (end + 4) / 4 * 4);
    if (!checksum) return std::nullopt;
    return DebugLink{std::string(text.substr(0, end)), *checksum};
  }
  return std::nullopt;
}

tl::expected<std::vector<std::byte>, std::string> read_debugged_file(const std::filesystem::path& path) {
  const auto place = file_on_host(path.string());
  if (!place) return tl::unexpected(place.error());
  return read_all(*place);
}

tl::expected<std::vector<std::byte>, std::string> read_linked_file(const DebugLink& link,
                                                                   const std::filesystem::path& image) {
  const auto folder = image.parent_path();
  const FilePlace beside = folder_on_host(folder.empty() ? "." : folder.string(), nullptr);
  if (beside.files == nullptr) return tl::unexpected(std::string("its folder cannot be opened"));
  const HostPath hidden{".debug", link.file_name};
  auto bytes = read_all({beside.files, beside.files->look(hidden) ? hidden : HostPath{link.file_name}});
  if (!bytes) return tl::unexpected(fmt::format("its debug data in {} {}", link.file_name, bytes.error()));
  if (crc32(*bytes) != link.checksum)
    return tl::unexpected(fmt::format("its debug data in {} is not this build's", link.file_name));
  return bytes;
}

std::vector<CoffSection> sections_of_both(const CoffFile& image, const CoffFile& companion) {
  std::vector<CoffSection> sections;
  const auto add = [&](const CoffFile& file) {
    for (const CoffSection& section : file.sections()) {
      const bool known = std::any_of(sections.begin(), sections.end(),
                                     [&](const CoffSection& other) { return other.name == section.name; });
      if (!known && !section.bytes.empty()) sections.push_back(section);
    }
  };
  add(companion);
  add(image);
  return sections;
}

}  // namespace emu::debugger
