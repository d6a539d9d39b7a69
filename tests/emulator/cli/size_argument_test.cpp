#include "emulator/cli/size_argument.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

uint32_t pages(std::string_view text) {
  const auto size = parse_size(text);
  REQUIRE(size);
  return size->value;
}

TEST_CASE("sizes are bytes with K, M or G, in whole pages") {
  CHECK(pages("4096") == 1);
  CHECK(pages("4097") == 2);
  CHECK(pages("0") == 0);
  CHECK(pages("8K") == 2);
  CHECK(pages("8k") == 2);
  CHECK(pages("16M") == 4096);
  CHECK(pages("1g") == 262144);
}

TEST_CASE("nonsense is refused with a sentence that shows it") {
  for (const char* text :
       {"", "M", "x", "-1M", "+1M", "1.5G", "16MB", "16 M", " 16M", "0x10", "1T", "M16", "16M:"}) {
    INFO(text);
    const auto size = parse_size(text);
    REQUIRE_FALSE(size);
    CHECK(size.error().find(text) != std::string::npos);
  }
  for (const char* text : {"99999999999999999999", "18446744073709551615G", "99999G"}) {
    INFO(text);
    const auto size = parse_size(text);
    REQUIRE_FALSE(size);
    CHECK(size.error().find("too large") != std::string::npos);
  }
}

TEST_CASE("a paging file has a size and may have a maximum") {
  CHECK(*parse_paging_file_size("8M") == PagingFileSize{{2048}, {2048}});
  CHECK(*parse_paging_file_size("8M:1G") == PagingFileSize{{2048}, {262144}});
  CHECK(*parse_paging_file_size("0") == PagingFileSize{{0}, {0}});
  CHECK(*parse_paging_file_size("0:8M") == PagingFileSize{{0}, {2048}});
  for (const char* text : {"8M:4M", "8M:", ":8M", "8M:1G:2G", "8M:x", ""}) {
    INFO(text);
    const auto size = parse_paging_file_size(text);
    REQUIRE_FALSE(size);
    CHECK(size.error().find(std::string("'") + text + "'") != std::string::npos);
  }
}

}  // namespace
}  // namespace emu
