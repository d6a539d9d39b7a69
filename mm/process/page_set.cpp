#include "mm/process/page_set.h"

#include <algorithm>
#include <bit>

#include "mm/base/check.h"

namespace mm {
namespace {

uint64_t bit(uint32_t number) { return uint64_t{1} << number % 64; }

// The lowest bit of `words` from bit `from` on; all there are when none is set.
template <size_t n>
uint32_t next_bit(const std::array<uint64_t, n>& words, uint32_t from) {
  uint32_t word = from / 64;
  if (word >= n) return n * 64;
  uint64_t bits = words[word] & ~uint64_t{0} << from % 64;
  while (bits == 0) {
    if (++word == n) return n * 64;
    bits = words[word];
  }
  return word * 64 + static_cast<uint32_t>(std::countr_zero(bits));
}

}  // namespace

void PageSet::Index::note(uint32_t word, bool used) {
  uint64_t& block = words[word / kBits];
  block = used ? block | bit(word) : block & ~bit(word);
  uint64_t& top = blocks[word / kBits / kBits];
  top = block != 0 ? top | bit(word / kBits) : top & ~bit(word / kBits);
}

uint32_t PageSet::Index::next(uint32_t word) const {
  if (word >= kWords) return kWords;
  const uint64_t here = words[word / kBits] & ~uint64_t{0} << word % kBits;
  if (here != 0) return word / kBits * kBits + static_cast<uint32_t>(std::countr_zero(here));
  const uint32_t block = next_bit(blocks, word / kBits + 1);
  if (block == words.size()) return kWords;
  return block * kBits + static_cast<uint32_t>(std::countr_zero(words[block]));
}

uint64_t PageSet::mask(uint32_t word, PageRange range) {
  const uint32_t first = word * kBits;
  const uint32_t begin = std::max(range.begin.value(), first);
  const uint32_t end = std::min(range.end.value(), first + kBits);
  const uint64_t up_to_end = end - first == kBits ? ~uint64_t{0} : bit(end) - 1;
  return up_to_end & ~uint64_t{0} << begin % kBits;
}

void PageSet::check(PageRange range) {
  MM_CHECK(range.begin <= range.end && range.end <= kSystemBase.page(), "pages outside the user half");
}

void PageSet::set_word(uint32_t word, uint64_t bits) {
  const int added = std::popcount(bits) - std::popcount(words_[word]);
  words_[word] = bits;
  index_.note(word, bits != 0);
  uint16_t& count = counts_[word / kWordsPerGroup];
  count = static_cast<uint16_t>(count + added);
  size_ += PageCount{static_cast<uint32_t>(added)};
}

void PageSet::insert(PageRange range) {
  check(range);
  for (uint32_t word = word_of(range.begin); word * kBits < range.end.value(); ++word)
    set_word(word, words_[word] | mask(word, range));
}

void PageSet::erase(PageRange range) {
  check(range);
  if (range.empty() || size_ == PageCount{0}) return;
  for (uint32_t word = index_.next(word_of(range.begin)); word * kBits < range.end.value();
       word = index_.next(word + 1))
    set_word(word, words_[word] & ~mask(word, range));
}

PageCount PageSet::count_words(PageRange range) const {
  int pages = 0;
  for (uint32_t word = word_of(range.begin); word * kBits < range.end.value(); ++word)
    pages += std::popcount(words_[word] & mask(word, range));
  return {static_cast<uint32_t>(pages)};
}

PageCount PageSet::count(PageRange range) const {
  check(range);
  if (size_ == PageCount{0}) return {};
  PageCount pages;
  for (VirtualPageNumber page = range.begin; page < range.end;) {
    const uint32_t group = page.value() / kPagesPerGroup;
    const PageRange whole{VirtualPageNumber(group * kPagesPerGroup),
                          VirtualPageNumber((group + 1) * kPagesPerGroup)};
    const PageRange piece{page, std::min(whole.end, range.end)};
    const bool none = counts_[group] == 0;
    if (!none) pages += piece == whole ? PageCount{counts_[group]} : count_words(piece);
    page = piece.end;
  }
  return pages;
}

VirtualPageNumber PageSet::next(VirtualPageNumber from, VirtualPageNumber end) const {
  check({from, std::max(from, end)});
  if (from >= end) return end;
  uint32_t word = word_of(from);
  uint64_t bits = words_[word] & ~uint64_t{0} << from.value() % kBits;
  if (bits == 0) {
    word = index_.next(word + 1);
    if (word == kWords) return end;
    bits = words_[word];
  }
  return std::min(end, VirtualPageNumber(word * kBits + static_cast<uint32_t>(std::countr_zero(bits))));
}

}  // namespace mm
