// Numbers that look like chance and are the same on every side.
#ifndef PAGEWALK_TESTS_BENCH_PROGRAMS_NUMBERS_H
#define PAGEWALK_TESTS_BENCH_PROGRAMS_NUMBERS_H

// The example generator of the C standard (C11 7.22.2.2), of which the upper bits are of use.
static inline unsigned next_number(unsigned* state) { return *state = *state * 1103515245 + 12345; }

#endif
