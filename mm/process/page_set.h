// A set of pages of the user half, as bits: how many of a range are in it, and which is the next, without
// looking at every page. A count costs by 1024 pages, a search by its outcome. Nothing is allocated after
// construction, so that a fault may change it.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "mm/base/types.h"

namespace mm {

class PageSet {
 public:
  PageSet() : words_(kWords) {}

  void insert(PageRange range);
  void erase(PageRange range);
  void insert(VirtualPageNumber page) { insert({page, page + PageCount{1}}); }
  void erase(VirtualPageNumber page) { erase({page, page + PageCount{1}}); }

  bool contains(VirtualPageNumber page) const {
    return (words_[word_of(page)] >> (page.value() % kBits) & 1) != 0;
  }
  PageCount size() const { return size_; }
  PageCount count(PageRange range) const;
  // The first page of the set in [from, end); `end` when there is none.
  VirtualPageNumber next(VirtualPageNumber from, VirtualPageNumber end) const;

 private:
  static constexpr uint32_t kBits = 64;
  static constexpr uint32_t kWords = kSystemBase.page().value() / kBits;
  static constexpr uint32_t kPagesPerGroup = 1024;  // whose count is kept
  static constexpr uint32_t kWordsPerGroup = kPagesPerGroup / kBits;

  // Finds the words that hold anything without reading those that do not: a bit for each word, and one for
  // each 64 of these.
  struct Index {
    std::array<uint64_t, kWords / kBits> words{};
    std::array<uint64_t, kWords / kBits / kBits> blocks{};

    void note(uint32_t word, bool used);
    // The first word from `word` on that holds anything; kWords when none does.
    uint32_t next(uint32_t word) const;
  };

  static uint32_t word_of(VirtualPageNumber page) { return page.value() / kBits; }
  // The bits of the word `word` that stand for pages of `range`.
  static uint64_t mask(uint32_t word, PageRange range);
  static void check(PageRange range);

  void set_word(uint32_t word, uint64_t bits);
  PageCount count_words(PageRange range) const;

  std::vector<uint64_t> words_;
  Index index_;
  std::array<uint16_t, kWords / kWordsPerGroup> counts_{};
  PageCount size_;
};

}  // namespace mm
