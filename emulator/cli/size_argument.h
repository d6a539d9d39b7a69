// Amounts of memory as a user types them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "mm/base/types.h"

namespace emu {

// "16M", "512K", "1G", "65536": bytes. Else a sentence: what is wrong with it.
tl::expected<uint64_t, std::string> parse_bytes(std::string_view text);

// The same in whole pages (rounded up).
tl::expected<mm::PageCount, std::string> parse_size(std::string_view text);

struct PagingFileSize {
  mm::PageCount size;
  mm::PageCount maximum;

  bool operator==(const PagingFileSize&) const = default;
};

// "256M", "256M:1G" (grows up to the second), "0" (none).
tl::expected<PagingFileSize, std::string> parse_paging_file_size(std::string_view text);

}  // namespace emu
