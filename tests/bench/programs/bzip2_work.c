// Compresses 2 MB of words with bzip2's library and decompresses them again.
#include <bzlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "numbers.h"

enum { kSize = 2000000, kRoom = kSize + kSize / 100 + 600 };  // what bzip2's manual, section 3.5.1, asks for

// bzip2 without its stdio calls this where it finds itself wrong.
void bz_internal_error(int code) { exit(100 + code); }

static void write_words(char* to) {
  static const char* const kWords[] = {"page",     "fault", "frame",     "table", "of",   "the",
                                       "a",        "is",    "directory", "in",    "that", "entry",
                                       "physical", "and",   "memory",    "cache", ".\n"};
  unsigned state = 1;
  for (size_t at = 0; at < kSize;) {
    unsigned number = next_number(&state) >> 16;
    const char* word = kWords[number % (sizeof kWords / sizeof *kWords)];
    for (; *word && at < kSize; ++word) to[at++] = *word;
    if (at < kSize) to[at++] = number & 0x40 ? ' ' : (char)('0' + number % 10);
  }
}

static unsigned sum_of(const char* data, unsigned size) {
  unsigned sum = 0;
  for (unsigned i = 0; i < size; ++i) sum = sum * 31 + (unsigned char)data[i];
  return sum;
}

int main(void) {
  char *words = malloc(kSize), *packed = malloc(kRoom), *again = malloc(kSize);
  if (!words || !packed || !again) return 1;
  write_words(words);
  unsigned packed_size = kRoom, size = kSize;
  if (BZ2_bzBuffToBuffCompress(packed, &packed_size, words, kSize, 9, 0, 0) != BZ_OK) return 2;
  if (BZ2_bzBuffToBuffDecompress(again, &size, packed, packed_size, 0, 0) != BZ_OK) return 3;
  if (size != kSize || memcmp(words, again, kSize) != 0) return 4;
  printf("%u %u %u\n", packed_size, sum_of(packed, packed_size), sum_of(again, size));
  return 0;
}
