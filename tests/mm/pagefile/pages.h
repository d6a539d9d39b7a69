// Pages with recognizable content, for tests of the paging file.
#pragma once

#include <array>
#include <cstring>
#include <span>
#include <vector>

#include "mm/base/types.h"

namespace mm::test {

using PageBytes = std::array<std::byte, kPageSize>;

// Each word differs within a page and between pages.
inline PageBytes page_of(uint32_t seed) {
  PageBytes page;
  for (uint32_t i = 0; i < kPageSize; i += 4) {
    const uint32_t word = seed * 2654435761u + i;
    std::memcpy(page.data() + i, &word, sizeof word);
  }
  return page;
}

// Pages [first, first + count) and pointers to them, as a cluster is written.
struct PageRun {
  std::vector<PageBytes> pages;
  std::vector<const std::byte*> pointers;

  PageRun(uint32_t first, size_t count) {
    pages.reserve(count);
    for (uint32_t i = 0; i < count; ++i) pointers.push_back(pages.emplace_back(page_of(first + i)).data());
  }
  std::span<const std::byte* const> span() const { return pointers; }
};

}  // namespace mm::test
