// The functions of the C library that rows are about: each side's own, or, with SAME_LIBRARY, those in same/,
// one source for every side.
#ifndef PAGEWALK_TESTS_BENCH_PROGRAMS_LIBRARY_H
#define PAGEWALK_TESTS_BENCH_PROGRAMS_LIBRARY_H

#undef __USE_MINGW_ANSI_STDIO
#define __USE_MINGW_ANSI_STDIO 0  // so that it is msvcrt.dll's printf, not the one that MinGW links in
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Each as the function of the C library whose name follows the underscore; format knows %d and %g, without
// flags.
void same_qsort(void* base, size_t count, size_t size, int (*compare)(const void*, const void*));
int same_sprintf(char* to, const char* format, ...);
void* same_malloc(size_t size);
void same_free(void* block);

#ifdef SAME_LIBRARY
#define qsort same_qsort
#define sprintf same_sprintf
#define malloc same_malloc
#define free same_free
#endif

#endif
