#include "emulator/cli/translate.h"

#include <unistd.h>

#include <algorithm>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

namespace emu {
namespace {

using Catch::Matchers::ContainsSubstring;

// A sparse raw memory image in a file of its own; words as a little-endian processor stores them.
class Image {
 public:
  explicit Image(uint64_t size) : path_(std::filesystem::temp_directory_path() / name()) {
    std::ofstream(path_).close();
    std::filesystem::resize_file(path_, size);
  }
  ~Image() { std::filesystem::remove(path_); }

  void put(uint64_t at, uint32_t word) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(at));
    for (int shift = 0; shift < 32; shift += 8) file.put(static_cast<char>(word >> shift));
  }
  std::string path() const { return path_.string(); }

 private:
  static std::string name() {
    static int count = 0;
    return "pagewalk-translate-" + std::to_string(getpid()) + "-" + std::to_string(count++);
  }
  std::filesystem::path path_;
};

struct Told {
  int exit_code;
  std::string out, errors;
};

Told tell(const std::string& directory, const std::string& image, const std::string& address) {
  std::ostringstream out, errors;
  const int exit_code = translate({directory, image, address}, out, errors);
  return {exit_code, out.str(), errors.str()};
}

// The example of the design page: table at 0xA0000000, page at 0x40000000.
Image example() {
  Image image(0xA0001000);
  image.put(0x39120, 0xA0000067);
  image.put(0xA0000D14, 0x40000867);
  return image;
}

TEST_CASE("0x12345678 is told with every number of the design page's example", "[translate]") {
  const Image image = example();
  const Told told = tell("0x39", image.path(), "0x12345678");
  CHECK(told.exit_code == 0);
  CHECK(told.errors.empty());
  CHECK(told.out ==
        "Linear address 0x12345678\n"
        "  bits    31-22 0001001000   21-12 1101000101   11-0 011001111000\n"
        "  fields  directory 0x048 (72)   table 0x345 (837)   offset 0x678 (1656)\n"
        "Page directory in frame 0x00039\n"
        "  PDE 0x048 at 0x00039000 + 0x048 * 4 = 0x00039120\n"
        "  PDE = 0xa0000067: present, read-write, user, accessed; page table in frame 0xa0000\n"
        "Page table in frame 0xa0000\n"
        "  PTE 0x345 at 0xa0000000 + 0x345 * 4 = 0xa0000d14\n"
        "  PTE = 0x40000867: present, read-write, user, accessed, dirty, writable; page frame 0x40000\n"
        "Physical address 0x40000000 + 0x678 = 0x40000678\n"
        "  granted on the whole path: read-write, user\n");
}

TEST_CASE("Decimal numbers mean the same", "[translate]") {
  const Image image = example();
  CHECK(tell("57", image.path(), "305419896").out == tell("0x39", image.path(), "0x12345678").out);
}

TEST_CASE("A large page is told with its 22 bits of offset", "[translate]") {
  Image image = example();
  image.put(0x39120, 0x404000E7);
  const Told told = tell("0x39", image.path(), "0x12345678");
  CHECK(told.exit_code == 0);
  CHECK_THAT(told.out, ContainsSubstring("large; 4 MB page at 0x40400000"));
  CHECK_THAT(told.out, ContainsSubstring("Physical address 0x40400000 + 0x345678 = 0x40745678"));
}

TEST_CASE("A walk that ends early says why", "[translate]") {
  Image image = example();
  SECTION("no PDE") {
    const Told told = tell("0x39", image.path(), "0x00400000");
    CHECK(told.exit_code == 1);
    CHECK_THAT(told.out, ContainsSubstring("\nPage fault: the PDE is not present: all zero\n"));
    CHECK_THAT(told.out, ContainsSubstring("  PDE = 0x00000000: not present: all zero\n"));
    CHECK_THAT(told.out, !ContainsSubstring("PTE"));
  }
  SECTION("a page in the paging file") {
    image.put(0xA0000D14, 0x00123080);
    const Told told = tell("0x39", image.path(), "0x12345678");
    CHECK(told.exit_code == 1);
    CHECK_THAT(told.out,
               ContainsSubstring(
                   "Page fault: the PTE is not present: in paging file 0, slot 0x00123, PAGE_READWRITE"));
  }
  SECTION("a page in transition") {
    image.put(0xA0000D14, 0x00007880);
    CHECK_THAT(tell("0x39", image.path(), "0x12345678").out,
               ContainsSubstring("in transition, page frame 0x00007, PAGE_READWRITE"));
  }
}

TEST_CASE("A walk that leaves the image says at which level", "[translate]") {
  Image image = example();
  SECTION("the table") {
    image.put(0x39120, 0xB0000067);
    const Told told = tell("0x39", image.path(), "0x12345678");
    CHECK(told.exit_code == 1);
    CHECK_THAT(told.out, ContainsSubstring("the page table lies outside memory"));
    CHECK_THAT(told.out, ContainsSubstring("PTE 0x345 at 0xb0000000"));
    CHECK_THAT(told.out, !ContainsSubstring("PTE = "));
  }
  SECTION("the page") {
    image.put(0xA0000D14, 0xB0000867);
    const Told told = tell("0x39", image.path(), "0x12345678");
    CHECK(told.exit_code == 1);
    CHECK_THAT(told.out, ContainsSubstring("= 0xb0000678\n  which lies outside memory"));
  }
}

TEST_CASE("An image that does not hold the page directory is unusable", "[translate]") {
  const Image image = example(), partial(0x39FFF), empty(0);
  CHECK_THAT(tell("0xa0001", image.path(), "0x12345678").errors,
             ContainsSubstring("--cr3 0xa0001: the page directory lies outside the image"));
  CHECK_THAT(tell("0x39", partial.path(), "0x12345678").errors, ContainsSubstring("which has 237567 bytes"));
  CHECK_THAT(tell("0", empty.path(), "0").errors, ContainsSubstring("which has 0 bytes"));
}

TEST_CASE("Unusable arguments are one line and exit code 125", "[translate]") {
  const Image image = example(), empty(0);
  const std::vector<Told> refusals = {
      tell("0xa0001", image.path(), "0x12345678"),
      tell("0", empty.path(), "0"),
      tell("banana", image.path(), "0x12345678"),
      tell("0x100000", image.path(), "0x12345678"),
      tell("-1", image.path(), "0x12345678"),
      tell("0x", image.path(), "0x12345678"),
      tell("0x39", image.path(), "0x123456789"),
      tell("0x39", image.path(), "12345678h"),
      tell("0x39", image.path(), ""),
      tell("0x39", "/nonexistent", "0x12345678"),
      tell("0x39", std::filesystem::temp_directory_path().string(), "0x12345678")};
  for (const Told& told : refusals) {
    CAPTURE(told.errors);
    CHECK(told.exit_code == 125);
    CHECK(told.out.empty());
    CHECK_THAT(told.errors, Catch::Matchers::StartsWith("pagewalk: translate: "));
    CHECK(std::count(told.errors.begin(), told.errors.end(), '\n') == 1);
  }
}

}  // namespace
}  // namespace emu
