#include "emulator/loader/image_exports.h"

#include "emulator/loader/image_bytes.h"

namespace emu {
namespace {

std::optional<uint32_t> function_of_ordinal(const PortableExecutable& image, const ImageBytes& bytes,
                                            const pe::ExportDirectory& exports, uint16_t index) {
  if (index >= exports.function_count) return std::nullopt;
  const auto address = bytes.read<uint32_t>(exports.functions + uint64_t{index} * sizeof(uint32_t));
  if (!address || !bytes.contains(*address, 1)) return std::nullopt;
  const auto directory = image.directory(pe::Directory::Export);
  const bool forwarder = *address - directory.address < directory.size;
  return forwarder ? std::nullopt : address;
}

}  // namespace

std::optional<uint32_t> find_export(const PortableExecutable& image, std::span<const std::byte> file,
                                    std::string_view name) {
  const ImageBytes bytes(image, file);
  const auto directory = image.directory(pe::Directory::Export);
  if (directory.address == 0) return std::nullopt;
  const auto exports = bytes.read<pe::ExportDirectory>(directory.address);
  if (!exports) return std::nullopt;
  for (uint64_t i = 0; i < exports->name_count; ++i) {
    const auto at = bytes.read<uint32_t>(exports->names + i * sizeof(uint32_t));
    if (!at || bytes.string(*at) != name) continue;
    const auto index = bytes.read<uint16_t>(exports->name_ordinals + i * sizeof(uint16_t));
    return index ? function_of_ordinal(image, bytes, *exports, *index) : std::nullopt;
  }
  return std::nullopt;
}

}  // namespace emu
