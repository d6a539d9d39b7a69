// Copying and filling by 16 bytes where that pays, upwards from an aligned destination; bytes otherwise.
// Every loop may stop at a page fault and go on. C11 7.24.
#include "guest/runtime/memory.h"

#include <emmintrin.h>

#include "guest/runtime/words.h"

enum { kVector = sizeof(__m128i), kWorthVectors = 4 * sizeof(__m128i) };

static void copy_up(char* to, const char* from, size_t size) {
  for (; size >= sizeof(Word); size -= sizeof(Word), to += sizeof(Word), from += sizeof(Word)) {
    *(Word*)to = *(const Word*)from;
  }
  for (; size; --size) *to++ = *from++;
}

static void copy_down(char* to, const char* from, size_t size) {
  for (; size & (sizeof(Word) - 1); --size) to[size - 1] = from[size - 1];
  for (; size; size -= sizeof(Word))
    *(Word*)(to + size - sizeof(Word)) = *(const Word*)(from + size - sizeof(Word));
}

static size_t to_alignment(const void* pointer) { return -(uintptr_t)pointer & (kVector - 1); }

void* memcpy(void* to, const void* from, size_t size) {
  char* target = to;
  const char* source = from;
  if (size >= kWorthVectors) {
    size_t head = to_alignment(target);
    copy_up(target, source, head);
    target += head, source += head, size -= head;
    for (; size >= kVector; size -= kVector, target += kVector, source += kVector) {
      _mm_store_si128((__m128i*)target, _mm_loadu_si128((const __m128i*)source));
    }
  }
  copy_up(target, source, size);
  return to;
}

static void move_down(char* to, const char* from, size_t size) {
  if (size >= kWorthVectors) {
    size_t tail = (uintptr_t)(to + size) & (kVector - 1);
    copy_down(to + size - tail, from + size - tail, tail);
    for (size -= tail; size >= kVector; size -= kVector) {
      __m128i block = _mm_loadu_si128((const __m128i*)(from + size - kVector));
      _mm_store_si128((__m128i*)(to + size - kVector), block);
    }
  }
  copy_down(to, from, size);
}

// Each block is read before it is written, so copying upwards is right for any destination below its source.
void* memmove(void* to, const void* from, size_t size) {
  if ((uintptr_t)to - (uintptr_t)from >= size) return memcpy(to, from, size);
  move_down(to, from, size);
  return to;
}

static void fill(char* to, uint8_t value, size_t size) {
  Word word = value * 0x01010101u;
  for (; size >= sizeof word; size -= sizeof word, to += sizeof word) *(Word*)to = word;
  for (; size; --size) *to++ = (char)value;
}

void* memset(void* to, int value, size_t size) {
  char* target = to;
  if (size >= kWorthVectors) {
    size_t head = to_alignment(target);
    fill(target, (uint8_t)value, head);
    __m128i block = _mm_set1_epi8((char)value);
    for (target += head, size -= head; size >= kVector; size -= kVector, target += kVector) {
      _mm_store_si128((__m128i*)target, block);
    }
  }
  fill(target, (uint8_t)value, size);
  return to;
}

static int same_words(const uint8_t* a, const uint8_t* b) {
  const Word *left = (const Word*)a, *right = (const Word*)b;
  return ((left[0] ^ right[0]) | (left[1] ^ right[1]) | (left[2] ^ right[2]) | (left[3] ^ right[3])) == 0;
}

int memcmp(const void* a, const void* b, size_t size) {
  enum { kWords = 4 * sizeof(Word) };
  const uint8_t *left = a, *right = b;
  for (; size >= kWords && same_words(left, right); size -= kWords) left += kWords, right += kWords;
  for (; size >= sizeof(Word) && word_at(left) == word_at(right); size -= sizeof(Word)) {
    left += sizeof(Word), right += sizeof(Word);
  }
  for (; size; --size, ++left, ++right) {
    if (*left != *right) return *left < *right ? -1 : 1;
  }
  return 0;
}

size_t strlen(const char* text) {
  const char* end = text;
  for (; !word_aligned(end); ++end) {
    if (!*end) return (size_t)(end - text);
  }
  Word found;
  while (!(found = zero_byte(word_at(end)))) end += sizeof(Word);
  return (size_t)(end - text) + bytes_before(found);
}

size_t wide_length(const uint16_t* text) {
  const uint16_t* end = text;
  if ((uintptr_t)text & 1) {
    while (*end) ++end;
    return (size_t)(end - text);
  }
  if (!word_aligned(end)) {
    if (!*end) return 0;
    ++end;
  }
  Word found;
  while (!(found = zero_unit(word_at(end)))) end += 2;
  return (size_t)(end - text) + bytes_before(found) / 2;
}

int strcmp(const char* a, const char* b) { return strncmp(a, b, SIZE_MAX); }

// By words that `a` has aligned, except where `b`'s would reach into another page.
int strncmp(const char* a, const char* b, size_t most) {
  for (; most; --most, ++a, ++b) {
    while (word_aligned(a) && word_in_page(b) && most >= sizeof(Word) && word_at(a) == word_at(b) &&
           !zero_byte(word_at(a))) {
      a += sizeof(Word), b += sizeof(Word), most -= sizeof(Word);
    }
    if (!most) break;
    if (!*a || *a != *b) return (uint8_t)*a - (uint8_t)*b;
  }
  return 0;
}

void* memchr(const void* bytes, int value, size_t size) {
  const uint8_t* at = bytes;
  for (; size && !word_aligned(at); --size, ++at) {
    if (*at == (uint8_t)value) return (void*)at;
  }
  const Word wanted = word_of((uint8_t)value);
  for (; size; at += sizeof(Word), size -= sizeof(Word)) {
    const Word found = zero_byte(word_at(at) ^ wanted);
    if (found) return bytes_before(found) < size ? (void*)(at + bytes_before(found)) : NULL;
    if (size < sizeof(Word)) break;
  }
  return NULL;
}

char* strchr(const char* text, int character) {
  for (; !word_aligned(text); ++text) {
    if (*text == (char)character) return (char*)text;
    if (!*text) return NULL;
  }
  const Word wanted = word_of((unsigned char)character);
  Word found;
  while (!(found = zero_byte(word_at(text)) | zero_byte(word_at(text) ^ wanted))) text += sizeof(Word);
  while (*text && *text != (char)character) ++text;
  return *text == (char)character ? (char*)text : NULL;
}

char* strrchr(const char* text, int character) {
  const char* found = 0;
  for (;; ++text) {
    if (*text == (char)character) found = text;
    if (!*text) return (char*)found;
  }
}
