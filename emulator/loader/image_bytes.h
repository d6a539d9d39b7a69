// The bytes of an image by RVA, as they will lie in memory: from the file where a section or the headers say
// so, zero in the rest of a section, nothing elsewhere.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include "emulator/loader/portable_executable.h"

namespace emu {

class ImageBytes {
 public:
  // The longest name of a DLL or an import that is read: the longest decorated C++ name that MSVC's linker
  // writes.
  static constexpr size_t kLongestName = 4096;

  ImageBytes(const PortableExecutable& image, std::span<const std::byte> file) : image_(image), file_(file) {}

  // Tells whether [address, address + size) lies in the image.
  bool contains(uint64_t address, uint64_t size) const {
    return address <= image_.size && size <= image_.size - address;
  }

  size_t file_size() const { return file_.size(); }

  template <class T>
  std::optional<T> read(uint64_t address) const {
    static_assert(std::is_trivially_copyable_v<T>);
    if (!contains(address, sizeof(T))) return std::nullopt;
    std::byte bytes[sizeof(T)] = {};
    for (uint32_t i = 0; i < sizeof(T);) {
      const auto run = run_at(address + i);
      if (!run) return std::nullopt;
      const auto taken = std::min<size_t>(run->length, sizeof(T) - i);
      if (!run->bytes.empty()) std::memcpy(bytes + i, run->bytes.data(), std::min(taken, run->bytes.size()));
      i += static_cast<uint32_t>(taken);
    }
    T value;
    std::memcpy(&value, bytes, sizeof value);
    return value;
  }

  // Returns the string at `address`; none when it does not end inside the image within kLongestName
  // characters.
  std::optional<std::string> string(uint64_t address) const {
    std::string text;
    while (const auto run = run_at(address + text.size())) {
      const auto end = std::find(run->bytes.begin(), run->bytes.end(), std::byte{0});
      const size_t room = kLongestName - text.size();
      const auto length = std::min(room, static_cast<size_t>(end - run->bytes.begin()));
      text.append(reinterpret_cast<const char*>(run->bytes.data()), length);
      if (length == room) return std::nullopt;
      if (end != run->bytes.end() || run->bytes.empty()) return text;
    }
    return std::nullopt;
  }

 private:
  // Bytes from one source: the file's (`bytes`, all `length` of them), or zeros (`bytes` empty).
  struct Run {
    std::span<const std::byte> bytes;
    uint64_t length = 0;
  };

  std::optional<Run> run_at(uint64_t address) const {
    if (address < image_.header_size) return of_file(address, image_.header_size - address);
    auto after = std::upper_bound(image_.sections.begin(), image_.sections.end(), address,
                                  [](uint64_t a, const ImageSection& s) { return a < s.address; });
    if (after == image_.sections.begin()) return std::nullopt;
    const ImageSection& section = *--after;
    const uint64_t offset = address - section.address;
    if (offset >= section.size) return std::nullopt;
    if (offset >= section.file_size) return Run{{}, section.size - offset};
    return of_file(section.file_offset + offset, section.file_size - offset);
  }
  Run of_file(uint64_t offset, uint64_t length) const { return {file_.subspan(offset, length), length}; }

  const PortableExecutable& image_;
  std::span<const std::byte> file_;
};

}  // namespace emu
