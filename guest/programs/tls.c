// Shows thread-local storage: static (__thread, copied from the image's template) and by the Tls functions.
#include <stdio.h>
#include <windows.h>

static __thread int counter = 41;
static __thread char zeroed[64];

static int check(int good, const char* what) {
  printf("%s: %s\n", good ? "ok" : "FAILED", what);
  return !good;
}

static int test_static(void) {
  int sum = 0;
  ++counter;
  for (unsigned i = 0; i < sizeof zeroed; ++i) sum += zeroed[i];
  return check(counter == 42, "initialized variable") + check(sum == 0, "zeroed variable");
}

// The first 64 slots lie in the TEB, the others elsewhere.
static int test_slots(void) {
  DWORD slots[200];
  int failures = 0, wrong = 0;
  for (int i = 0; i < 200; ++i) {
    slots[i] = TlsAlloc();
    wrong += slots[i] == TLS_OUT_OF_INDEXES || TlsGetValue(slots[i]) != NULL;
    TlsSetValue(slots[i], (void*)(INT_PTR)(1000 + i));
  }
  failures += check(wrong == 0, "200 slots, empty at first");
  for (int i = 0; i < 200; ++i) wrong += TlsGetValue(slots[i]) != (void*)(INT_PTR)(1000 + i);
  failures += check(wrong == 0, "each keeps its value");
  for (int i = 0; i < 200; ++i) wrong += !TlsFree(slots[i]);
  failures += check(wrong == 0, "freed");
  SetLastError(0);
  failures += check(!TlsFree(slots[0]) && GetLastError() == ERROR_INVALID_PARAMETER, "not freed twice");
  return failures;
}

int main(void) { return test_static() + test_slots(); }
