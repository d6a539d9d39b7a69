// Pages with recognizable content, for tests of the paging file.
#pragma once

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <cstring>
#include <span>
#include <vector>

#include "mm/pagefile/paging_file.h"

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

// One page, read from where it lies.
inline NtStatus read_page(PagingFileStorage& storage, uint32_t at, PageBytes& page) {
  std::byte* const to[] = {page.data()};
  return storage.read(at, to);
}
inline NtStatus read_page(PagingFile& file, uint32_t slot, PageBytes& page) {
  std::byte* const to[] = {page.data()};
  return file.read(x86::paging_file_pte({.file = 0, .slot = slot}, x86::protection::kReadWrite), to);
}

// Writes a cluster; where the first of the pages is, and how many found room.
inline Result<SlotRun> write_cluster(PagingFile& file, std::span<const std::byte* const> pages) {
  std::vector<OutgoingPage> outgoing;
  for (const std::byte* page : pages)
    outgoing.push_back({page, x86::demand_zero_pte(x86::protection::kReadOnly)});
  const auto written = file.write(outgoing);
  if (!written) return fail(written.error());
  for (uint32_t i = 0; i < written->value; ++i) {
    CHECK(outgoing[i].stored.slot().slot == outgoing[0].stored.slot().slot + i);
    CHECK(outgoing[i].stored.protection() == x86::protection::kReadOnly);
  }
  return SlotRun{outgoing[0].stored.slot().slot, *written};
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
