#include "emulator/loader/portable_executable.h"

#include <rapidcheck.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "mm/base/types.h"
#include "mm/x86/protection.h"
#include "tests/emulator/loader/image_builder.h"

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::ImageBuilder;

std::string refusal(ImageBuilder& image) {
  const auto parsed = parse_portable_executable(image.bytes());
  return parsed ? "accepted" : parsed.error().message;
}
std::string refusal(ImageBuilder&& image) { return refusal(image); }

ImageBuilder image_with_exports() {  // in .data, which begins at 0x600 in the file and 0x2000 in memory
  ImageBuilder image;
  pe::ExportDirectory exports{};
  exports.function_count = 2;
  exports.name_count = 1;
  exports.functions = 0x2040;
  exports.names = 0x2060;
  exports.name_ordinals = 0x2070;
  image.put(0x600, exports).put<uint32_t>(0x660, 0x2080).put_text(0x680, "Name");
  image.put(ImageBuilder::directory_at(pe::Directory::Export), pe::DataDirectory{0x2000, 0x100});
  return image;
}

TEST_CASE("a right image is described as its headers say") {
  ImageBuilder image;
  const auto parsed = parse_portable_executable(image.bytes());
  REQUIRE(parsed);
  CHECK(parsed->preferred_base == 0x400000);
  CHECK(parsed->size == 0x6000);
  CHECK(parsed->entry_point == 0x1000);
  CHECK(parsed->header_size == 0x400);
  CHECK(parsed->stack_reserve == 0x200000);
  CHECK_FALSE(parsed->dll());
  CHECK(parsed->relocatable());
  REQUIRE(parsed->sections.size() == 3);
  const ImageSection& data = parsed->sections[1];
  CHECK(data.name == ".data");
  CHECK(data.address == 0x2000);
  CHECK(data.size == 0x3000);  // 0x2800 in whole pages
  CHECK(data.file_offset == 0x600);
  CHECK(data.file_size == 0x200);  // the rest is zero
  CHECK(data.protect == mm::x86::page::kReadWrite);
  CHECK(parsed->sections[0].protect == mm::x86::page::kExecuteRead);
}

TEST_CASE("what is not a 32-bit PE image is called by its name") {
  const auto message = [](std::string_view text) {
    return parse_portable_executable(std::as_bytes(std::span(text))).error().message;
  };
  CHECK_THAT(message(""), ContainsSubstring("empty"));
  CHECK_THAT(message("\x7f"
                     "ELF...................."),
             ContainsSubstring("ELF"));
  CHECK_THAT(message("#!/bin/sh\n"), ContainsSubstring("script"));
  CHECK_THAT(message("hello, world"), ContainsSubstring("not a PE image"));
  CHECK_THAT(refusal(ImageBuilder().set(ImageBuilder::kFileHeader, &pe::FileHeader::machine, 0x8664)),
             ContainsSubstring("64-bit"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&pe::OptionalHeader::magic, 0x20B)),
             ContainsSubstring("64-bit"));
  CHECK_THAT(refusal(ImageBuilder().put<uint16_t>(ImageBuilder::kPeHeader, 0x454E)),
             ContainsSubstring("16-bit"));
}

TEST_CASE("an image cut off anywhere is refused, and never read past its end") {
  const std::vector<std::byte> whole = ImageBuilder().bytes();
  for (size_t length = 0; length < whole.size(); ++length) {
    INFO(length);
    // A copy of its own, so that the sanitizer sees a read past it.
    const std::vector<std::byte> cut(whole.begin(), whole.begin() + static_cast<ptrdiff_t>(length));
    CHECK_FALSE(parse_portable_executable(cut));
  }
}

TEST_CASE("headers that lie about sizes and places are refused") {
  using H = pe::OptionalHeader;
  CHECK_THAT(refusal(ImageBuilder().put<uint32_t>(pe::kNewHeaderAt, 0x7FFFFFF0)),
             ContainsSubstring("ends before"));
  CHECK_THAT(refusal(ImageBuilder().put<uint32_t>(pe::kNewHeaderAt, 0x82)), ContainsSubstring("odd place"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::image_size, 0)), ContainsSubstring("image size"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::image_size, 0x80001000)),
             ContainsSubstring("image size"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::image_size, 0x4000)),
             ContainsSubstring("outside the image"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::header_size, 0x10000)), ContainsSubstring("headers"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::entry_point, 0x6000)), ContainsSubstring("entry point"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::image_base, 0x401000)), ContainsSubstring("64 KB"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::section_alignment, 0)), ContainsSubstring("alignment"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::section_alignment, 0x200)),
             ContainsSubstring("alignment"));
  CHECK_THAT(refusal(ImageBuilder().set_optional(&H::file_alignment, 0x300)), ContainsSubstring("alignment"));
  CHECK_THAT(refusal(ImageBuilder().set(ImageBuilder::kFileHeader, &pe::FileHeader::section_count, 0xFFFF)),
             ContainsSubstring("more than its headers hold"));
  CHECK_THAT(
      refusal(ImageBuilder().set(ImageBuilder::kFileHeader, &pe::FileHeader::optional_header_size, 0x10)),
      ContainsSubstring("truncated"));
  CHECK_THAT(refusal(ImageBuilder().set(ImageBuilder::kFileHeader, &pe::FileHeader::characteristics, 0)),
             ContainsSubstring("executable"));
}

TEST_CASE("sections that overlap, leave gaps or leave the file are refused") {
  using S = pe::SectionHeader;
  CHECK_THAT(refusal(ImageBuilder().set_section(1, &S::address, 0x1000)), ContainsSubstring("overlaps"));
  CHECK_THAT(refusal(ImageBuilder().set_section(0, &S::address, 0)), ContainsSubstring("overlaps"));
  CHECK_THAT(refusal(ImageBuilder().set_section(0, &S::virtual_size, 0x1001)), ContainsSubstring("overlaps"));
  CHECK_THAT(refusal(ImageBuilder().set_section(1, &S::address, 0x3000)), ContainsSubstring("gap"));
  CHECK_THAT(refusal(ImageBuilder().set_section(1, &S::address, 0x2004)), ContainsSubstring("gap"));
  CHECK_THAT(refusal(ImageBuilder().set_section(2, &S::virtual_size, 0xFFFFFFFF)),
             ContainsSubstring("outside the image"));
  CHECK_THAT(refusal(ImageBuilder().set_section(2, &S::file_offset, 0xFFFFFFF0)),
             ContainsSubstring("ends within"));
  CHECK_THAT(refusal(ImageBuilder().set_section(1, &S::file_size, 0xFFFFFFFF)),
             ContainsSubstring("ends within"));
}

TEST_CASE("imports are followed before the guest follows them") {
  ImageBuilder image;
  CHECK(refusal(image) == "accepted");
  const auto directory = ImageBuilder::directory_at(pe::Directory::Import);
  CHECK_THAT(refusal(ImageBuilder().put(directory, pe::DataDirectory{0x10000, 40})),
             ContainsSubstring("import"));
  CHECK_THAT(refusal(ImageBuilder().put<uint32_t>(0x80C, 0xF0000000)),
             ContainsSubstring("name lies outside"));
  CHECK_THAT(refusal(ImageBuilder().put<uint32_t>(0x830, 0x70000000)),
             ContainsSubstring("name lies outside"));
  CHECK_THAT(refusal(ImageBuilder().put<uint32_t>(0x810, 0x5FFC0000)), ContainsSubstring("leaves the image"));
  // By ordinal no name is needed.
  CHECK(refusal(ImageBuilder().put<uint32_t>(0x830, 0x80000005).put<uint32_t>(0x840, 0x80000005)) ==
        "accepted");
}

TEST_CASE("a name that goes on for ever is refused") {
  ImageBuilder image;
  image.bytes().resize(0x800 + 0x10000, std::byte{'x'});
  image.set_optional(&pe::OptionalHeader::image_size, 0x20000);
  image.set_section(2, &pe::SectionHeader::virtual_size, 0x10000)
      .set_section(2, &pe::SectionHeader::file_size, 0x10000);
  image.put<uint32_t>(0x80C, 0x5A00);
  CHECK_THAT(refusal(image), ContainsSubstring("name lies outside"));
}

TEST_CASE("descriptors that use the same table again and again are refused in the time that the file takes") {
  constexpr uint32_t kSize = 0x400000;
  ImageBuilder image;
  image.bytes().resize(0x800 + kSize);
  image.set_optional(&pe::OptionalHeader::image_size, 0x5000 + kSize);
  image.set_section(2, &pe::SectionHeader::virtual_size, kSize)
      .set_section(2, &pe::SectionHeader::file_size, kSize);
  const auto descriptor = image.get<pe::ImportDescriptor>(0x800);
  for (uint32_t at = 0x200000; at < kSize - 0x100; at += 4)
    image.put<uint32_t>(0x800 + at, pe::kImportByOrdinal | 1);
  for (uint32_t at = 0x1000; at < 0x100000; at += sizeof descriptor) {
    auto again = descriptor;
    again.lookup_table = again.address_table = 0x5000 + 0x200000;
    image.put(0x800 + at, again);
  }
  image.put(ImageBuilder::directory_at(pe::Directory::Import), pe::DataDirectory{0x6000, 0x1000});
  CHECK_THAT(refusal(image), ContainsSubstring("more imports than its file can hold"));
}

TEST_CASE("exports, relocations and TLS must lie in the image") {
  CHECK(refusal(image_with_exports()) == "accepted");
  CHECK_THAT(refusal(image_with_exports().set(0x600, &pe::ExportDirectory::function_count, 0x40000000)),
             ContainsSubstring("export table"));
  CHECK_THAT(refusal(image_with_exports().set(0x600, &pe::ExportDirectory::names, 0x5FFD)),
             ContainsSubstring("export table"));
  CHECK_THAT(refusal(image_with_exports().put<uint32_t>(0x660, 0x7FFFFFFF)),
             ContainsSubstring("export whose name"));

  const auto relocations = ImageBuilder::directory_at(pe::Directory::BaseRelocation);
  const auto with_block = [&](uint32_t page, uint32_t size) {
    return refusal(ImageBuilder()
                       .put(relocations, pe::DataDirectory{0x2000, 0x40})
                       .put(0x600, pe::RelocationBlock{page, size}));
  };
  CHECK(with_block(0x1000, 0x40) == "accepted");
  CHECK(with_block(0x1000, 0) == "accepted");  // a zero block ends the list, as in Windows' loader
  CHECK_THAT(with_block(0x1000, 4), ContainsSubstring("relocation block"));
  CHECK_THAT(with_block(0x1000, 0x41), ContainsSubstring("relocation block"));
  CHECK_THAT(with_block(0x1000, 0xFFFFFFFE), ContainsSubstring("relocation block"));
  CHECK_THAT(with_block(0x6000, 0x40), ContainsSubstring("outside the image"));

  const auto tls = ImageBuilder::directory_at(pe::Directory::Tls);
  const auto with_tls = [&](pe::TlsDirectory directory) {
    return refusal(ImageBuilder().put(tls, pe::DataDirectory{0x2000, 24}).put(0x600, directory));
  };
  CHECK(with_tls({0x402100, 0x402200, 0x402300, 0, 0, 0}) == "accepted");
  CHECK_THAT(with_tls({0x402100, 0x502200, 0x402300, 0, 0, 0}), ContainsSubstring("TLS data"));
  CHECK_THAT(with_tls({0x402200, 0x402100, 0x402300, 0, 0, 0}), ContainsSubstring("TLS data"));
  CHECK_THAT(with_tls({0, 0, 0x10, 0, 0, 0}), ContainsSubstring("TLS index"));
  CHECK_THAT(with_tls({0, 0, 0x402300, 0x800000, 0, 0}), ContainsSubstring("TLS callbacks"));
}

TEST_CASE("whatever bytes are changed, what is accepted keeps the promises of the header") {
  CHECK(rc::check([] {
    ImageBuilder image = image_with_exports();
    const auto changes = *rc::gen::container<std::vector<std::pair<uint32_t, uint8_t>>>(
        rc::gen::pair(rc::gen::inRange<uint32_t>(0, 0xA00), rc::gen::arbitrary<uint8_t>()));
    for (const auto& [at, value] : changes) image.bytes()[at] = std::byte{value};
    image.put<uint16_t>(0, pe::kDosSignature);
    const auto parsed = parse_portable_executable(image.bytes());
    if (!parsed) return;
    uint64_t end = parsed->header_size;
    RC_ASSERT(end <= image.bytes().size());
    for (const ImageSection& section : parsed->sections) {
      RC_ASSERT(section.address % mm::kPageSize == 0);
      RC_ASSERT(section.address >= end);
      RC_ASSERT(section.file_size <= section.size);
      RC_ASSERT(uint64_t{section.file_offset} + section.file_size <= image.bytes().size());
      end = uint64_t{section.address} + section.size;
    }
    RC_ASSERT(end <= parsed->size);
  }));
}

}  // namespace
}  // namespace emu
