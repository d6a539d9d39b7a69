#include "emulator/debugger/memory/dump.h"

#include <fmt/core.h>

#include "emulator/debugger/memory/peek.h"
#include "emulator/kernel/files/utf8.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kLineBytes = 16;
constexpr uint32_t kStringLine = 32;  // characters

using Unit = std::optional<uint64_t>;

// Little-endian; none when one of its bytes cannot be read.
Unit unit_at(const PeekedBytes& bytes, size_t at, uint32_t size) {
  uint64_t value = 0;
  for (uint32_t i = 0; i < size; ++i) {
    if (at + i >= bytes.size() || !bytes[at + i]) return std::nullopt;
    value |= uint64_t{*bytes[at + i]} << 8 * i;
  }
  return value;
}

std::vector<Unit> units_of(const PeekedBytes& bytes, uint32_t size) {
  std::vector<Unit> units;
  for (size_t at = 0; at < bytes.size(); at += size) units.push_back(unit_at(bytes, at, size));
  return units;
}

std::string unit_text(const Unit& unit, uint32_t size) {
  if (size == 8) {
    if (!unit) return "????????`????????";
    return fmt::format("{:08x}`{:08x}", *unit >> 32, *unit & 0xFFFFFFFF);
  }
  return unit ? fmt::format("{:0{}x}", *unit, size * 2) : std::string(size_t{size} * 2, '?');
}

char printable(const Unit& byte) {
  if (!byte) return '?';
  return *byte >= 0x20 && *byte < 0x7F ? static_cast<char>(*byte) : '.';
}

// "4d 5a 90 00 03 00 00 00-04 00 ...  MZ......": the middle has a dash.
std::string bytes_line(std::span<const Unit> units) {
  std::string numbers, characters;
  for (size_t i = 0; i < units.size(); ++i) {
    if (i > 0) numbers += i == 8 ? '-' : ' ';
    numbers += unit_text(units[i], 1);
    characters += printable(units[i]);
  }
  return fmt::format("{:<47}  {}", numbers, characters);
}

std::string numbers_line(std::span<const Unit> units, uint32_t size) {
  std::string text;
  for (const Unit& unit : units) text += (text.empty() ? "" : " ") + unit_text(unit, size);
  return text;
}

// "464c457f 00010101  .ELF....": what cannot be read has question marks in both.
std::string characters_line(std::span<const Unit> units, uint32_t size) {
  std::string characters;
  for (const Unit& unit : units)
    for (uint32_t i = 0; i < size; ++i) characters += printable(unit ? Unit(*unit >> 8 * i & 0xFF) : unit);
  return fmt::format("{:<35}  {}", numbers_line(units, size), characters);
}

std::string line_text(std::span<const Unit> line, DumpFormat format) {
  if (format == DumpFormat::Bytes) return bytes_line(line);
  return format == DumpFormat::Characters ? characters_line(line, unit_size(format))
                                          : numbers_line(line, unit_size(format));
}

std::string numbers_text(mm::VirtualAddress from, std::span<const Unit> units, DumpFormat format) {
  const uint32_t size = unit_size(format);
  const size_t per_line = kLineBytes / size;
  std::string text;
  for (size_t i = 0; i < units.size(); i += per_line) {
    const auto line = units.subspan(i, std::min(per_line, units.size() - i));
    text += fmt::format("{:08x}  {}\n", from.value + i * size, line_text(line, format));
  }
  return text;
}

Json values_json(std::span<const Unit> units) {
  Json values = Json::array();
  for (const Unit& unit : units) values.push_back(unit ? Json(*unit) : Json(nullptr));
  return values;
}

// Characters as people read them: control characters are dots, what cannot be read is a question mark.
std::string characters_text(std::span<const Unit> units, DumpFormat format) {
  std::u16string wide;
  for (const Unit& unit : units) {
    const bool plain = !unit || *unit < 0x80 || format == DumpFormat::Ascii;
    wide += plain ? static_cast<char16_t>(printable(unit)) : static_cast<char16_t>(*unit);
  }
  return to_utf8(wide);
}

// Up to the zero, or to the first that cannot be read, which is shown.
std::vector<Unit> string_units(std::vector<Unit> units) {
  for (size_t i = 0; i < units.size(); ++i) {
    if (units[i] && *units[i] != 0) continue;
    units.resize(units[i] ? i : i + 1);
    break;
  }
  return units;
}

Dump string_dump(mm::VirtualAddress from, const std::vector<Unit>& all, DumpFormat format) {
  const std::vector<Unit> units = string_units(all);
  const uint32_t size = unit_size(format);
  const uint32_t shown = static_cast<uint32_t>(units.size());
  const uint32_t passed = shown < all.size() && all[shown] == Unit(0) ? shown + 1 : shown;  // the zero too
  std::string text;
  size_t at = 0;
  do {
    const auto line = std::span(units).subspan(at, std::min<size_t>(kStringLine, units.size() - at));
    text += fmt::format("{:08x}  \"{}\"\n", from.value + at * size, characters_text(line, format));
    at += kStringLine;
  } while (at < units.size());
  const std::string whole = characters_text(units, format);
  return {text, {{"address", address_words(from)}, {"text", whole}}, from + passed * size};
}

}  // namespace

std::optional<DumpFormat> dump_format(char letter) {
  switch (letter) {
    case 'b': return DumpFormat::Bytes;
    case 'w': return DumpFormat::Words;
    case 'd':
    case 'p': return DumpFormat::DoubleWords;
    case 'c': return DumpFormat::Characters;
    case 'q': return DumpFormat::QuadWords;
    case 'a': return DumpFormat::Ascii;
    case 'u': return DumpFormat::Unicode;
    default: return std::nullopt;
  }
}

uint32_t unit_size(DumpFormat format) {
  switch (format) {
    case DumpFormat::Bytes:
    case DumpFormat::Ascii: return 1;
    case DumpFormat::Words:
    case DumpFormat::Unicode: return 2;
    case DumpFormat::DoubleWords:
    case DumpFormat::Characters: return 4;
    case DumpFormat::QuadWords: return 8;
  }
  return 1;
}

// WinDbg's: 128 bytes; strings have no length of their own.
uint32_t usual_count(DumpFormat format) {
  const bool is_string = format == DumpFormat::Ascii || format == DumpFormat::Unicode;
  return is_string ? 256 : 128 / unit_size(format);
}

Dump dump(const MemoryView& memory, mm::VirtualAddress from, DumpFormat format, uint32_t count) {
  const uint32_t size = unit_size(format);
  const PeekedBytes bytes = peek(memory, from, std::min(count, kMostDumped / size) * size);
  const std::vector<Unit> units = units_of(bytes, size);
  if (format == DumpFormat::Ascii || format == DumpFormat::Unicode) return string_dump(from, units, format);
  return {numbers_text(from, units, format),
          {{"address", address_words(from)}, {"unit_bytes", size}, {"values", values_json(units)}},
          from + static_cast<uint32_t>(bytes.size())};
}

}  // namespace emu::debugger
