#include "emulator/loader/image_reader.h"

#include <fmt/core.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <utility>

#include "emulator/loader/image_headers.h"

namespace emu {
namespace {

using mm::NtStatus;
using Bytes = tl::expected<std::vector<std::byte>, ImageFileProblem>;
using File = tl::expected<std::unique_ptr<HostFile>, ImageFileProblem>;

// What any file is looked at with: all that the message needs that refuses it.
constexpr uint64_t kLeast = 4096;

tl::unexpected<ImageFileProblem> refuse(NtStatus status, std::string message) {
  return tl::unexpected(ImageFileProblem{status, std::move(message)});
}

tl::unexpected<ImageFileProblem> cannot(std::string_view what, NtStatus status) {
  return refuse(status, fmt::format("cannot be {} ({})", what, mm::to_string(status)));
}

File open(const FilePlace& place) {
  HostFiles& files = *place.files;
  const HostPath& path = place.path;
  const auto entry = files.look(path);
  if (!entry && entry.error() == NtStatus::ObjectNameNotFound) return refuse(entry.error(), "was not found");
  if (!entry && entry.error() == NtStatus::AccessDenied)
    return refuse(entry.error(), "is not a regular file");
  if (!entry) return cannot("opened", entry.error());
  if (entry->kind == HostEntry::Kind::Directory)
    return refuse(NtStatus::FileIsADirectory, "is not a regular file");
  auto file = files.open(path, HostFiles::Access::Read);
  if (!file) return cannot("opened", file.error());
  return std::move(*file);
}

template <class T>
std::optional<T> read_header(HostFile& file, uint64_t offset) {
  T value{};
  const auto count = file.read(offset, std::as_writable_bytes(std::span(&value, 1)));
  return count && *count == sizeof value ? std::optional(value) : std::nullopt;
}

// The end of what the headers name. They are not checked here: parse_portable_executable() does it, and says
// what is wrong with a file of which no more than its beginning is read.
uint64_t end_of_image(HostFile& file) {
  if (read_header<uint16_t>(file, 0) != pe::kDosSignature) return kLeast;
  const auto at = read_header<uint32_t>(file, pe::kNewHeaderAt);
  if (!at || read_header<uint32_t>(file, *at) != pe::kNtSignature) return uint64_t{at.value_or(0)} + kLeast;
  const uint64_t optional_at = uint64_t{*at} + sizeof pe::kNtSignature + sizeof(pe::FileHeader);
  const auto header = read_header<pe::FileHeader>(file, *at + sizeof pe::kNtSignature);
  const auto optional = read_header<pe::OptionalHeader>(file, optional_at);
  if (!header || !optional) return *at + kLeast;
  uint64_t end = std::max<uint64_t>(optional_at + kLeast, optional->header_size);
  const uint64_t sections_at = optional_at + header->optional_header_size;
  for (uint64_t i = 0; i < header->section_count; ++i) {
    const auto section = read_header<pe::SectionHeader>(file, sections_at + i * sizeof(pe::SectionHeader));
    if (!section) break;
    end = std::max(end, uint64_t{section->file_offset} + section->file_size);
  }
  return end;
}

Bytes read_to(HostFile& file, uint64_t end, uint64_t most) {
  const auto size = file.size();
  if (!size) return cannot("read", size.error());
  end = std::min(end, *size);
  if (end > most)
    return refuse(NtStatus::InsufficientResources,
                  fmt::format("has more than {} MB to be loaded", most >> 20));
  std::vector<std::byte> bytes(static_cast<size_t>(end));
  const auto count = file.read(0, bytes);
  if (!count) return cannot("read", count.error());
  bytes.resize(*count);  // it may have shrunk meanwhile
  return bytes;
}

}  // namespace

Bytes read_image(const FilePlace& place) {
  const auto file = open(place);
  if (!file) return tl::unexpected(file.error());
  return read_to(**file, end_of_image(**file), kMostImageBytes);
}

Bytes read_flat_image(const FilePlace& place) {
  const auto file = open(place);
  if (!file) return tl::unexpected(file.error());
  return read_to(**file, UINT64_MAX, kMostImageBytes);
}

Bytes read_debugged_image(const FilePlace& place) {
  const auto file = open(place);
  if (!file) return tl::unexpected(file.error());
  return read_to(**file, UINT64_MAX, kMostDebuggedBytes);
}

}  // namespace emu
