#include "emulator/debugger/symbols/debug_link.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstring>
#include <fstream>
#include <string_view>

#include "emulator/regression/scratch_folder.h"
#include "tests/emulator/loader/image_builder.h"

namespace emu::debugger {
namespace {

using Catch::Matchers::ContainsSubstring;
using test::ImageBuilder;
namespace fs = std::filesystem;

// CRC-32's check value: that of these nine characters (Williams, "A Painless Guide to CRC Error Detection
// Algorithms", chapter 15).
constexpr std::string_view kContent = "123456789";
constexpr uint32_t kChecksum = 0xCBF43926;

// The section's bytes: `name`, zeros up to a multiple of four, the checksum.
std::vector<std::byte> link_section(std::string_view name, uint32_t checksum = kChecksum) {
  std::vector<std::byte> bytes((name.size() + 4) / 4 * 4 + sizeof checksum);
  std::memcpy(bytes.data(), name.data(), name.size());
  std::memcpy(bytes.data() + bytes.size() - sizeof checksum, &checksum, sizeof checksum);
  return bytes;
}

// What is read of an image whose first section is .gnu_debuglink with these bytes. Its name does not fit
// eight characters: it is in the string table, as GNU's linker writes it.
std::optional<DebugLink> read_link(const std::vector<std::byte>& section) {
  ImageBuilder builder;
  constexpr uint32_t kAt = 0xA00;  // the size of the image
  const std::string_view name = ".gnu_debuglink";
  builder.set(ImageBuilder::kFileHeader, &pe::FileHeader::symbol_table, kAt);
  builder.set(ImageBuilder::kFileHeader, &pe::FileHeader::symbol_count, 0);
  auto image = builder.bytes();
  REQUIRE(image.size() == kAt);
  const auto size = static_cast<uint32_t>(sizeof(uint32_t) + name.size() + 1);
  image.resize(kAt + size);
  std::memcpy(image.data() + kAt, &size, sizeof size);
  std::memcpy(image.data() + kAt + sizeof size, name.data(), name.size());
  pe::SectionHeader header{};
  std::memcpy(&header, image.data() + ImageBuilder::kSections, sizeof header);
  std::memcpy(header.name, "/4\0\0\0\0\0", sizeof header.name);
  REQUIRE(section.size() <= header.file_size);
  header.file_size = static_cast<uint32_t>(section.size());
  header.virtual_size = header.file_size;
  std::memcpy(image.data() + ImageBuilder::kSections, &header, sizeof header);
  std::memcpy(image.data() + header.file_offset, section.data(), section.size());
  return debug_link(CoffFile(image));
}

// A folder with an image in it, and one beside that.
struct Folders {
  Folders() {
    fs::create_directories(inside / ".debug");
    fs::create_directories(outside);
  }
  static void write(const fs::path& path, std::string_view content = kContent) {
    std::ofstream(path, std::ios::binary) << content;
  }
  auto read() const { return read_linked_file({"prog.debug", kChecksum}, inside / "prog.exe"); }

  const ScratchFolder scratch;
  const fs::path inside = scratch.path() / "inside", outside = scratch.path() / "outside";
};

TEST_CASE("An image names the file with its debug data, and that one's checksum", "[debugger]") {
  for (const std::string_view name : {"a", "abc", "abcd", "prog.debug"}) {
    const auto link = read_link(link_section(name));
    REQUIRE(link);
    CHECK(link->file_name == name);
    CHECK(link->checksum == kChecksum);
  }
}

TEST_CASE("A name that leads elsewhere, or a link that is cut off, is none", "[debugger]") {
  for (const std::string_view name : {"../prog.debug", "/etc/passwd", "sub/prog.debug", "..", ".", ""}) {
    CAPTURE(name);
    CHECK_FALSE(read_link(link_section(name)));
  }
  auto cut = link_section("prog.debug");
  cut.pop_back();
  CHECK_FALSE(read_link(cut));
  CHECK_FALSE(read_link({std::byte{'a'}, std::byte{'b'}}));
}

TEST_CASE("The companion file lies beside the image, or before that in .debug", "[debugger]") {
  const Folders folders;
  Folders::write(folders.inside / "prog.debug");
  REQUIRE(folders.read());
  CHECK(folders.read()->size() == kContent.size());
  Folders::write(folders.inside / ".debug" / "prog.debug", "another build's");
  CHECK(folders.read().error() == "its debug data in prog.debug is not this build's");
}

TEST_CASE("A companion file that is missing, or of another build, is said so", "[debugger]") {
  const Folders folders;
  const auto missing = folders.read();
  REQUIRE_FALSE(missing);
  CHECK_THAT(missing.error(), ContainsSubstring("its debug data in prog.debug was not found"));
  Folders::write(folders.inside / "prog.debug", "123456780");
  CHECK(folders.read().error() == "its debug data in prog.debug is not this build's");
}

TEST_CASE("A companion file's link is followed inside the image's folder only", "[debugger]") {
  const Folders folders;
  Folders::write(folders.outside / "kept");
  fs::create_symlink(folders.outside / "kept", folders.inside / "prog.debug");
  CHECK_FALSE(folders.read());
  fs::remove(folders.inside / "prog.debug");
  Folders::write(folders.inside / "kept");
  fs::create_symlink("kept", folders.inside / "prog.debug");
  CHECK(folders.read());
}

}  // namespace
}  // namespace emu::debugger
