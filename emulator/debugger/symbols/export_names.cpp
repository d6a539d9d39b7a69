#include "emulator/debugger/symbols/export_names.h"

#include <optional>
#include <string>
#include <utility>

#include "emulator/loader/image_bytes.h"

namespace emu::debugger {
namespace {

std::optional<Symbol> exported_symbol(const PortableExecutable& image, const ImageBytes& bytes,
                                      const pe::ExportDirectory& exports, uint64_t index) {
  const auto name_at = bytes.read<uint32_t>(exports.names + index * sizeof(uint32_t));
  const auto ordinal = bytes.read<uint16_t>(exports.name_ordinals + index * sizeof(uint16_t));
  if (!name_at || !ordinal || *ordinal >= exports.function_count) return std::nullopt;
  const auto name = bytes.string(*name_at);
  const auto address = bytes.read<uint32_t>(exports.functions + uint64_t{*ordinal} * sizeof(uint32_t));
  if (!name || name->empty() || !address || !bytes.contains(*address, 1)) return std::nullopt;
  const auto directory = image.directory(pe::Directory::Export);
  if (*address - directory.address < directory.size) return std::nullopt;  // a forwarder
  // An underscore in an export's name is the programmer's ("_exit"), unless the rest is decorated too.
  const bool decorated = name->rfind('@') != std::string::npos;
  const std::string shown = decorated ? std::string(undecorate(*name)) : *name;
  return Symbol{shown, *name, *address, SymbolKind::Unknown, SymbolScope::Public, SymbolSource::Export};
}

}  // namespace

std::vector<Symbol> exported_symbols(const PortableExecutable& image, std::span<const std::byte> file) {
  std::vector<Symbol> symbols;
  const ImageBytes bytes(image, file);
  const auto directory = image.directory(pe::Directory::Export);
  if (directory.address == 0) return symbols;
  const auto exports = bytes.read<pe::ExportDirectory>(directory.address);
  if (!exports || exports->name_count > file.size()) return symbols;
  size_t room = file.size();  // a lying file names the same long string again and again
  for (uint64_t i = 0; i < exports->name_count; ++i) {
    auto symbol = exported_symbol(image, bytes, *exports, i);
    if (!symbol) continue;
    if (symbol->name.size() > room) break;
    room -= symbol->name.size();
    symbols.push_back(std::move(*symbol));
  }
  return symbols;
}

}  // namespace emu::debugger
