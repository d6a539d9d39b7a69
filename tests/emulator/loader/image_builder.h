// Builds PE32 images byte by byte, right ones; tests then make them wrong in one place.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include "emulator/loader/image_headers.h"

namespace emu::test {

// A program with .text (code), .data (initialized, longer in memory than in the file) and .idata with one
// import.
//   0x000 DOS header, 0x080 PE header, 0x178 section table; 0x400 .text, 0x600 .data, 0x800 .idata in the
//   file, 0x1000, 0x2000 and 0x5000 in memory.
class ImageBuilder {
 public:
  static constexpr uint32_t kPeHeader = 0x80;
  static constexpr uint32_t kFileHeader = kPeHeader + 4;
  static constexpr uint32_t kOptionalHeader = kFileHeader + sizeof(pe::FileHeader);
  static constexpr uint32_t kDirectories = kOptionalHeader + sizeof(pe::OptionalHeader);
  static constexpr uint32_t kSections = kDirectories + 16 * sizeof(pe::DataDirectory);

  ImageBuilder() : bytes_(0xA00) {
    put<uint16_t>(0, pe::kDosSignature);
    put<uint32_t>(pe::kNewHeaderAt, kPeHeader);
    put<uint32_t>(kPeHeader, pe::kNtSignature);
    put(kFileHeader, file_header());
    put(kOptionalHeader, optional_header());
    put(directory_at(pe::Directory::Import), pe::DataDirectory{0x5000, 0x28});
    put(section_at(0), section(".text", 0x1000, 0x10, 0x400, 0x200, 0x60000020));
    put(section_at(1), section(".data", 0x2000, 0x2800, 0x600, 0x200, 0xC0000040));
    put(section_at(2), section(".idata", 0x5000, 0x100, 0x800, 0x200, 0xC0000040));
    put_imports();
  }

  static uint32_t directory_at(pe::Directory which) {
    return kDirectories + static_cast<uint32_t>(which) * static_cast<uint32_t>(sizeof(pe::DataDirectory));
  }
  static uint32_t section_at(uint32_t index) {
    return kSections + index * static_cast<uint32_t>(sizeof(pe::SectionHeader));
  }

  template <class T>
  ImageBuilder& put(size_t at, const T& value) {
    std::memcpy(bytes_.data() + at, &value, sizeof value);
    return *this;
  }
  ImageBuilder& put_text(size_t at, std::string_view text) {
    std::memcpy(bytes_.data() + at, text.data(), text.size());
    bytes_[at + text.size()] = std::byte{0};
    return *this;
  }
  template <class T>
  T get(size_t at) const {
    T value;
    std::memcpy(&value, bytes_.data() + at, sizeof value);
    return value;
  }
  // Changes one field of a header that begins at `at`.
  template <class Header, class Field, class Value>
  ImageBuilder& set(size_t at, Field Header::*field, Value value) {
    auto header = get<Header>(at);
    header.*field = static_cast<Field>(value);
    return put(at, header);
  }
  template <class Field, class Value>
  ImageBuilder& set_optional(Field pe::OptionalHeader::*field, Value value) {
    return set(kOptionalHeader, field, value);
  }
  template <class Field, class Value>
  ImageBuilder& set_section(uint32_t index, Field pe::SectionHeader::*field, Value value) {
    return set(section_at(index), field, value);
  }

  std::vector<std::byte>& bytes() { return bytes_; }

 private:
  static pe::FileHeader file_header() {
    pe::FileHeader header{};
    header.machine = pe::kMachineI386;
    header.section_count = 3;
    header.optional_header_size = sizeof(pe::OptionalHeader) + 16 * sizeof(pe::DataDirectory);
    header.characteristics = pe::kFileExecutable;
    return header;
  }

  static pe::OptionalHeader optional_header() {
    pe::OptionalHeader header{};
    header.magic = pe::kMagicPe32;
    header.entry_point = 0x1000;
    header.image_base = 0x400000;
    header.section_alignment = 0x1000;
    header.file_alignment = 0x200;
    header.image_size = 0x6000;
    header.header_size = 0x400;
    header.subsystem = 3;
    header.stack_reserve = 0x200000;
    header.stack_commit = 0x1000;
    header.directory_count = 16;
    return header;
  }

  static pe::SectionHeader section(std::string_view name, uint32_t address, uint32_t virtual_size,
                                   uint32_t offset, uint32_t file_size, uint32_t characteristics) {
    pe::SectionHeader header{};
    std::copy_n(name.begin(), std::min(name.size(), sizeof header.name), header.name);
    header.virtual_size = virtual_size;
    header.address = address;
    header.file_size = file_size;
    header.file_offset = offset;
    header.characteristics = characteristics;
    return header;
  }

  void
  put_imports() {  // .idata: descriptor, end, lookup table, address table, name of the import, of the DLL
    pe::ImportDescriptor descriptor{};
    descriptor.lookup_table = 0x5030;
    descriptor.name = 0x5060;
    descriptor.address_table = 0x5040;
    put(0x800, descriptor);
    put<uint32_t>(0x830, 0x5050);
    put<uint32_t>(0x840, 0x5050);
    put_text(0x852, "ExitProcess");
    put_text(0x860, "kernel32.dll");
  }

  std::vector<std::byte> bytes_;
};

}  // namespace emu::test
