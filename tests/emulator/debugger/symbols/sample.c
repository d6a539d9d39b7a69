/* For symbols.py: every kind of name, frame and variable that it compares. */
#include <stdio.h>

struct point {
  int x, y;
};

int counter = 1;
static double factor = 2.5;
const char text[] = "a sample";

__declspec(dllexport) __attribute__((noinline)) int add(int left, int right) {
  int sum = left + right;
  counter += sum;
  return sum;
}

__declspec(dllexport) int __stdcall standard(int first, struct point* second) {
  struct point copy = *second;
  return add(first, copy.x * copy.y);
}

__declspec(dllexport) int __fastcall quick(int first, int second) { return add(first, second) ^ 5; }

static int recursive(unsigned depth) {
  char buffer[16];
  if (depth == 0) return counter;
  for (unsigned i = 0; i < sizeof buffer; ++i) buffer[i] = (char)(depth + i);
  return recursive(depth - 1) + buffer[depth % 16];
}

__declspec(dllexport) int work(int count) {
  int total = 0;
  for (int i = 0; i < count; ++i) {
    long long wide = (long long)total * i;
    struct point where = {i, count};
    total += standard(i, &where) + quick(i, total) + (int)(wide / 3);
  }
  switch (count) {
    case 1: total += 7; break;
    case 2: total -= 9; break;
    case 3: total *= 11; break;
    case 4: total ^= 13; break;
    case 5: total |= 17; break;
    case 6: total &= ~19; break;
    default: printf("%s %f\n", text, factor);
  }
  return total + recursive(5);
}

#ifndef LIBRARY
int main(int argc, char** argv) {
  printf("%s %d\n", argv[0], work(argc));
  return 0;
}
#endif
