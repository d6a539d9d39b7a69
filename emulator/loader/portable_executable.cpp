#include "emulator/loader/portable_executable.h"

#include <fmt/core.h>

#include <algorithm>
#include <bit>
#include <utility>

#include "emulator/loader/byte_reader.h"
#include "emulator/loader/file_kind.h"
#include "emulator/loader/image_directories.h"
#include "mm/base/types.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using Bytes = std::span<const std::byte>;
using Failure = tl::unexpected<ImageFormatError>;

Failure refuse(std::string message) { return Failure(ImageFormatError{std::move(message)}); }

constexpr uint64_t round_up(uint64_t value, uint64_t unit) { return (value + unit - 1) / unit * unit; }

struct Headers {
  pe::FileHeader file;
  pe::OptionalHeader optional;
  uint64_t directories_at = 0;  // offsets in the file
  uint64_t sections_at = 0;
};

tl::expected<uint64_t, ImageFormatError> find_nt_headers(Bytes file) {
  if (read_at<uint16_t>(file, 0) != pe::kDosSignature) return refuse(describe_foreign_file(file));
  const auto new_header = read_at<uint32_t>(file, pe::kNewHeaderAt);
  if (!new_header) return refuse("ends within its DOS header");
  if (*new_header % 4 != 0) return refuse("has its PE header at an odd place");
  const auto signature = read_at<uint32_t>(file, *new_header);
  if (!signature) return refuse(fmt::format("ends before its PE header at {:#x}", *new_header));
  if (*signature != pe::kNtSignature) return refuse(describe_old_executable(file, *new_header));
  return *new_header;
}

tl::expected<Headers, ImageFormatError> read_headers(Bytes file, uint64_t at) {
  Headers headers{};
  const auto file_header = read_at<pe::FileHeader>(file, at + 4);
  if (!file_header) return refuse("ends within its PE header");
  headers.file = *file_header;
  if (headers.file.machine != pe::kMachineI386) return refuse(describe_machine(headers.file.machine));
  const uint64_t optional_at = at + 4 + sizeof(pe::FileHeader);
  headers.directories_at = optional_at + sizeof(pe::OptionalHeader);
  headers.sections_at = optional_at + headers.file.optional_header_size;
  const auto magic = read_at<uint16_t>(file, optional_at);
  if (magic == pe::kMagicPe32Plus) return refuse("is a 64-bit (PE32+) image; Pagewalk runs 32-bit ones");
  if (magic && *magic != pe::kMagicPe32)
    return refuse(fmt::format("has an unknown magic number {:#06x}", *magic));
  const auto optional = read_at<pe::OptionalHeader>(file, optional_at);
  if (!optional || headers.sections_at < headers.directories_at) return refuse("has a truncated PE header");
  headers.optional = *optional;
  return headers;
}

tl::expected<void, ImageFormatError> check_headers(const Headers& headers, Bytes file) {
  const auto& optional = headers.optional;
  if ((headers.file.characteristics & pe::kFileExecutable) == 0) return refuse("is not marked executable");
  if (!std::has_single_bit(optional.section_alignment) || optional.section_alignment < mm::kPageSize)
    return refuse(fmt::format("has a section alignment of {:#x}", optional.section_alignment));
  if (!std::has_single_bit(optional.file_alignment) || optional.file_alignment > optional.section_alignment)
    return refuse(fmt::format("has a file alignment of {:#x}", optional.file_alignment));
  if (optional.image_base % mm::kAllocationGranularity != 0)
    return refuse(fmt::format("has a base of {:#x}, no multiple of 64 KB", optional.image_base));
  if (optional.image_size == 0 || optional.image_size > mm::kSystemBase.value)
    return refuse(fmt::format("has an image size of {:#x}", optional.image_size));
  if (optional.header_size > file.size() || optional.header_size > optional.image_size)
    return refuse(fmt::format("has headers of {:#x} bytes, more than there are", optional.header_size));
  if (optional.entry_point >= optional.image_size)
    return refuse(fmt::format("has its entry point at {:#x}, outside the image", optional.entry_point));
  return {};
}

uint32_t section_protection(uint32_t characteristics) {
  using namespace mm::x86;
  const bool execute = (characteristics & pe::kSectionExecute) != 0;
  const bool read = (characteristics & pe::kSectionRead) != 0;
  if ((characteristics & pe::kSectionWrite) != 0) return execute ? page::kExecuteReadWrite : page::kReadWrite;
  if (execute) return read ? page::kExecuteRead : page::kExecute;
  return read ? page::kReadOnly : page::kNoAccess;
}

std::string section_name(const pe::SectionHeader& header) {
  const auto end = std::find(std::begin(header.name), std::end(header.name), '\0');
  std::string name(std::begin(header.name), end);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c < ' ' || c > '~'; }, '?');
  return name;
}

// `next` is the only place where the section may begin; moved past it on success.
tl::expected<ImageSection, ImageFormatError> read_section(const pe::SectionHeader& header,
                                                          const Headers& headers, Bytes file,
                                                          uint64_t& next) {
  ImageSection section;
  section.name = section_name(header);
  const uint64_t wanted = header.virtual_size != 0 ? header.virtual_size : header.file_size;
  const uint64_t end = round_up(header.address + wanted, headers.optional.section_alignment);
  if (header.address < next)
    return refuse(fmt::format("has a section {} that overlaps another", section.name));
  if (header.address > next) return refuse(fmt::format("has a gap before section {}", section.name));
  if (end > round_up(headers.optional.image_size, headers.optional.section_alignment))
    return refuse(fmt::format("has a section {} that ends outside the image", section.name));
  section.address = header.address;
  section.size = static_cast<uint32_t>(round_up(wanted, mm::kPageSize));
  section.protect = section_protection(header.characteristics);
  if (header.file_offset != 0) {
    section.file_offset = header.file_offset;
    section.file_size = std::min(header.file_size, section.size);
    if (uint64_t{section.file_offset} + section.file_size > file.size())
      return refuse(fmt::format("ends within section {}", section.name));
  }
  next = end;
  return section;
}

tl::expected<std::vector<ImageSection>, ImageFormatError> read_sections(const Headers& headers, Bytes file) {
  const uint64_t table_end = headers.sections_at + headers.file.section_count * sizeof(pe::SectionHeader);
  if (table_end > headers.optional.header_size)
    return refuse(fmt::format("has {} sections, more than its headers hold", headers.file.section_count));
  std::vector<ImageSection> sections;
  sections.reserve(headers.file.section_count);
  uint64_t next = round_up(headers.optional.header_size, headers.optional.section_alignment);
  for (uint32_t i = 0; i < headers.file.section_count; ++i) {
    const auto header = read_at<pe::SectionHeader>(file, headers.sections_at + i * sizeof(pe::SectionHeader));
    auto section = read_section(*header, headers, file, next);
    if (!section) return Failure(section.error());
    if (section->size != 0) sections.push_back(std::move(*section));
  }
  return sections;
}

PortableExecutable describe(const Headers& headers, Bytes file) {
  const auto& optional = headers.optional;
  PortableExecutable image;
  image.preferred_base = optional.image_base;
  image.size = static_cast<uint32_t>(round_up(optional.image_size, mm::kPageSize));
  image.header_size = optional.header_size;
  image.entry_point = optional.entry_point;
  image.stack_reserve = optional.stack_reserve;
  image.stack_commit = optional.stack_commit;
  image.heap_reserve = optional.heap_reserve;
  image.heap_commit = optional.heap_commit;
  image.subsystem = optional.subsystem;
  image.subsystem_major = optional.subsystem_major;
  image.subsystem_minor = optional.subsystem_minor;
  image.characteristics = headers.file.characteristics;
  image.dll_characteristics = optional.dll_characteristics;
  const uint64_t room = (headers.sections_at - headers.directories_at) / sizeof(pe::DataDirectory);
  const uint64_t count = std::min({uint64_t{optional.directory_count}, uint64_t{pe::kDirectoryCount}, room});
  for (uint64_t i = 0; i < count; ++i) {
    const auto directory =
        read_at<pe::DataDirectory>(file, headers.directories_at + i * sizeof(pe::DataDirectory));
    if (directory) image.directories[i] = *directory;
  }
  return image;
}

}  // namespace

tl::expected<PortableExecutable, ImageFormatError> parse_portable_executable(Bytes file) {
  const auto at = find_nt_headers(file);
  if (!at) return Failure(at.error());
  const auto headers = read_headers(file, *at);
  if (!headers) return Failure(headers.error());
  if (auto checked = check_headers(*headers, file); !checked) return Failure(checked.error());
  auto sections = read_sections(*headers, file);
  if (!sections) return Failure(sections.error());
  PortableExecutable image = describe(*headers, file);
  image.sections = std::move(*sections);
  if (auto checked = check_directories(image, file); !checked) return Failure(checked.error());
  return image;
}

}  // namespace emu
