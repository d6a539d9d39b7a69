// Memory and narrow-string functions that each of our DLLs carries for itself: gcc calls the first four
// whenever it likes. C11 7.24.
#ifndef PAGEWALK_GUEST_RUNTIME_MEMORY_H
#define PAGEWALK_GUEST_RUNTIME_MEMORY_H

#include <stddef.h>
#include <stdint.h>

void* memcpy(void* to, const void* from, size_t size);
void* memmove(void* to, const void* from, size_t size);
void* memset(void* to, int value, size_t size);
int memcmp(const void* a, const void* b, size_t size);
size_t strlen(const char* text);
int strcmp(const char* a, const char* b);
int strncmp(const char* a, const char* b, size_t most);
char* strchr(const char* text, int character);
void* memchr(const void* bytes, int value, size_t size);
size_t wide_length(const uint16_t* text);
char* strrchr(const char* text, int character);

#endif
