#include "emulator/debugger/symbols/coff_file.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

#include "emulator/loader/byte_reader.h"
#include "emulator/loader/image_headers.h"

namespace emu::debugger {
namespace {

using Bytes = std::span<const std::byte>;

constexpr size_t kRecordSize = 18;
constexpr size_t kNameSize = 8;
constexpr size_t kLongestName = 4096;

// The fields of a record after its name.
struct Record {
  uint32_t value;
  int16_t section;  // from 1; 0 undefined, -1 absolute, -2 debugging
  uint16_t type;
  uint8_t storage_class;
  uint8_t auxiliary_count;
};

namespace storage {
constexpr uint8_t kExternal = 2, kStatic = 3, kLabel = 6, kWeakExternal = 105;
}

Record read_record(Bytes record) {
  const Bytes fields = record.subspan(kNameSize);
  return {*read_at<uint32_t>(fields, 0), *read_at<int16_t>(fields, 4), *read_at<uint16_t>(fields, 6),
          *read_at<uint8_t>(fields, 8), *read_at<uint8_t>(fields, 9)};
}

Bytes part(Bytes bytes, uint64_t offset, uint64_t size) {
  if (offset >= bytes.size()) return {};
  return bytes.subspan(offset, std::min<uint64_t>(size, bytes.size() - offset));
}

std::string text_until_zero(Bytes bytes) {
  const Bytes room = bytes.first(std::min(bytes.size(), kLongestName));
  const auto end = std::find(room.begin(), room.end(), std::byte{0});
  return {reinterpret_cast<const char*>(room.data()), static_cast<size_t>(end - room.begin())};
}

bool is_function(const Record& record) { return (record.type >> 4) == 2; }

bool is_public(const Record& record) {
  return record.storage_class == storage::kExternal || record.storage_class == storage::kWeakExternal;
}

// A static symbol with auxiliary records but no type describes a section.
bool names_a_place(const Record& record) {
  switch (record.storage_class) {
    case storage::kExternal:
    case storage::kWeakExternal:
    case storage::kLabel: return record.section > 0;
    case storage::kStatic: return record.section > 0 && (record.auxiliary_count == 0 || record.type != 0);
    default: return false;
  }
}

}  // namespace

CoffFile::CoffFile(Bytes file) : file_(file) {
  const auto at = read_at<uint32_t>(file, pe::kNewHeaderAt);
  const auto header = at ? read_at<pe::FileHeader>(file, uint64_t{*at} + 4) : std::nullopt;
  if (!header) return;
  if (header->symbol_table != 0) {
    const uint64_t size = uint64_t{header->symbol_count} * kRecordSize;
    records_ = part(file, header->symbol_table, size);
    const uint64_t strings = header->symbol_table + size;
    strings_ = part(file, strings, read_at<uint32_t>(file, strings).value_or(0));
  }
  const uint64_t table = uint64_t{*at} + 4 + sizeof(pe::FileHeader) + header->optional_header_size;
  for (uint64_t i = 0; i < header->section_count; ++i) {
    const auto section = read_at<pe::SectionHeader>(file, table + i * sizeof(pe::SectionHeader));
    if (!section) break;
    const uint32_t size = section->virtual_size != 0 ? section->virtual_size : section->file_size;
    const uint32_t in_file = section->file_offset == 0 ? 0 : std::min(size, section->file_size);
    sections_.push_back({section_name(std::as_bytes(std::span(section->name))), section->address, size,
                         part(file, section->file_offset, in_file)});
  }
}

std::string CoffFile::string_at(uint64_t offset) const {
  return text_until_zero(part(strings_, offset, kLongestName));
}

std::string CoffFile::section_name(Bytes field) const {
  std::string name = text_until_zero(field);
  uint32_t offset = 0;
  if (name.size() > 1 && name.front() == '/' &&
      std::from_chars(name.data() + 1, name.data() + name.size(), offset).ec == std::errc{})
    return string_at(offset);
  // A stripped image has no string table; its names are cut short.
  return name == ".eh_fram" ? ".eh_frame" : name;
}

std::string CoffFile::symbol_name(Bytes field) const {
  const bool is_long = *read_at<uint32_t>(field, 0) == 0;
  return is_long ? string_at(*read_at<uint32_t>(field, 4)) : text_until_zero(field);
}

std::optional<Symbol> CoffFile::symbol(Bytes bytes) const {
  const Record record = read_record(bytes);
  if (!names_a_place(record) || static_cast<size_t>(record.section) > sections_.size()) return std::nullopt;
  const CoffSection& section = sections_[static_cast<size_t>(record.section) - 1];
  std::string name = symbol_name(bytes.first(kNameSize));
  const bool made_up = name.empty() || name.front() == '.';  // sections, and the linker's own
  if (made_up || record.value > section.size) return std::nullopt;
  Symbol symbol;
  symbol.name = undecorate(name);
  symbol.decorated = std::move(name);
  symbol.address = section.address + record.value;
  symbol.kind = is_function(record) ? SymbolKind::Function : SymbolKind::Unknown;
  symbol.scope = is_public(record) ? SymbolScope::Public : SymbolScope::Local;
  return symbol;
}

std::vector<Symbol> CoffFile::symbols() const {
  std::vector<Symbol> symbols;
  size_t room = file_.size();  // a lying file names the same long string again and again
  for (size_t at = 0; at + kRecordSize <= records_.size(); at += kRecordSize) {
    const Bytes bytes = records_.subspan(at, kRecordSize);
    at += read_record(bytes).auxiliary_count * kRecordSize;
    auto found = symbol(bytes);
    if (!found) continue;
    if (found->decorated.size() > room) break;
    room -= found->decorated.size();
    symbols.push_back(std::move(*found));
  }
  return symbols;
}

}  // namespace emu::debugger
