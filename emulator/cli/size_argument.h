// Amounts of memory as a user types them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "mm/base/types.h"

namespace emu {

// Returns the bytes that "16M", "512K", "1G" or "65536" means. A failure is a sentence about what is wrong
// with the text.
tl::expected<uint64_t, std::string> parse_bytes(std::string_view text);

// Does the same and rounds up to whole pages.
tl::expected<mm::PageCount, std::string> parse_size(std::string_view text);

struct PagingFileSize {
  mm::PageCount size;
  mm::PageCount maximum;

  bool operator==(const PagingFileSize&) const = default;
};

// Reads "256M", "256M:1G" (the file grows up to the second size) or "0" (there is no file).
tl::expected<PagingFileSize, std::string> parse_paging_file_size(std::string_view text);

}  // namespace emu
