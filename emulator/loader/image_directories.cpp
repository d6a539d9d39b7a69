#include "emulator/loader/image_directories.h"

#include <fmt/core.h>

#include <string>
#include <utility>

#include "emulator/loader/image_bytes.h"

namespace emu {
namespace {

using Checked = tl::expected<void, ImageFormatError>;

Checked refuse(std::string message) { return tl::unexpected(ImageFormatError{std::move(message)}); }

// How many entries a file can hold that does not use the same bytes again and again.
struct EntryBudget {
  size_t left;
  bool take() { return left != 0 && left-- != 0; }
};

// A table of 32-bit words that ends with a zero: names or ordinals of imports.
Checked check_lookup_table(const ImageBytes& bytes, uint64_t table, EntryBudget& budget) {
  for (;; table += sizeof(uint32_t)) {
    const auto entry = bytes.read<uint32_t>(table);
    if (!entry) return refuse("has an import table that leaves the image");
    if (*entry == 0) return {};
    if (!budget.take()) return refuse("has more imports than its file can hold");
    const bool by_name = (*entry & pe::kImportByOrdinal) == 0;
    if (by_name && !bytes.string(uint64_t{*entry} + sizeof(uint16_t)))
      return refuse("has an import whose name lies outside the image");
  }
}

Checked check_imports(const PortableExecutable& image, const ImageBytes& bytes) {
  const auto directory = image.directory(pe::Directory::Import);
  if (directory.address == 0) return {};
  EntryBudget budget{bytes.file_size() / sizeof(uint32_t)};
  for (uint64_t at = directory.address;; at += sizeof(pe::ImportDescriptor)) {
    const auto descriptor = bytes.read<pe::ImportDescriptor>(at);
    if (!descriptor) return refuse("has an import directory that leaves the image");
    if (descriptor->name == 0) return {};
    if (!bytes.string(descriptor->name))
      return refuse("imports from a DLL whose name lies outside the image");
    const uint32_t lookup =
        descriptor->lookup_table != 0 ? descriptor->lookup_table : descriptor->address_table;
    for (const uint32_t table : {lookup, descriptor->address_table})
      if (auto checked = check_lookup_table(bytes, table, budget); !checked) return checked;
  }
}

Checked check_exports(const PortableExecutable& image, const ImageBytes& bytes) {
  const auto directory = image.directory(pe::Directory::Export);
  if (directory.address == 0) return {};
  const auto exports = bytes.read<pe::ExportDirectory>(directory.address);
  if (!exports || !bytes.contains(directory.address, directory.size))
    return refuse("has an export directory outside the image");
  if (!bytes.contains(exports->functions, uint64_t{exports->function_count} * sizeof(uint32_t)) ||
      !bytes.contains(exports->names, uint64_t{exports->name_count} * sizeof(uint32_t)) ||
      !bytes.contains(exports->name_ordinals, uint64_t{exports->name_count} * sizeof(uint16_t)))
    return refuse("has an export table that leaves the image");
  if (exports->name_count > bytes.file_size()) return refuse("has more exports than its file can hold");
  for (uint64_t i = 0; i < exports->name_count; ++i) {
    const auto name = bytes.read<uint32_t>(exports->names + i * sizeof(uint32_t));
    if (!name || !bytes.string(*name)) return refuse("has an export whose name lies outside the image");
  }
  return {};
}

Checked check_relocations(const PortableExecutable& image, const ImageBytes& bytes) {
  const auto directory = image.directory(pe::Directory::BaseRelocation);
  if (directory.address == 0 || directory.size == 0) return {};
  if (!bytes.contains(directory.address, directory.size)) return refuse("has relocations outside the image");
  const uint64_t end = uint64_t{directory.address} + directory.size;
  for (uint64_t at = directory.address; end - at >= sizeof(pe::RelocationBlock);) {
    const auto block = bytes.read<pe::RelocationBlock>(at);
    if (!block || block->size == 0)
      return block ? Checked{} : refuse("has a relocation block outside the image");
    if (block->size < sizeof(pe::RelocationBlock) || block->size > end - at || block->size % 2 != 0)
      return refuse(fmt::format("has a relocation block of {:#x} bytes", block->size));
    if (!bytes.contains(block->page, 1)) return refuse("has relocations for a page outside the image");
    at += block->size;
  }
  return {};
}

Checked check_tls(const PortableExecutable& image, const ImageBytes& bytes) {
  const auto directory = image.directory(pe::Directory::Tls);
  if (directory.address == 0) return {};
  const auto tls = bytes.read<pe::TlsDirectory>(directory.address);
  if (!tls) return refuse("has a TLS directory outside the image");
  const auto inside = [&](uint32_t address, uint32_t size) {
    return address >= image.preferred_base && bytes.contains(address - image.preferred_base, size);
  };
  const bool data =
      tls->data_end >= tls->data_begin &&
      (tls->data_end == tls->data_begin || inside(tls->data_begin, tls->data_end - tls->data_begin));
  if (!data) return refuse("has TLS data outside the image");
  if (!inside(tls->index, sizeof(uint32_t))) return refuse("has its TLS index outside the image");
  if (tls->callbacks != 0 && !inside(tls->callbacks, sizeof(uint32_t)))
    return refuse("has TLS callbacks outside the image");
  return {};
}

}  // namespace

Checked check_directories(const PortableExecutable& image, std::span<const std::byte> file) {
  const ImageBytes bytes(image, file);
  for (const auto check : {check_imports, check_exports, check_relocations, check_tls})
    if (auto checked = check(image, bytes); !checked) return checked;
  return {};
}

}  // namespace emu
