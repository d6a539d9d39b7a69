// Per-thread data in a TLS slot, read straight from the TEB: TlsGetValue would clear the last error.
#include "guest/msvcrt/msvcrt.h"

static DWORD slot = TLS_OUT_OF_INDEXES;

static ThreadData* make(void) {
  ThreadData* data = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, sizeof *data);
  if (!data) ExitProcess(255);
  data->random = 1;
  TlsSetValue(slot, data);
  return data;
}

int crt_initialize_threads(void) {
  slot = TlsAlloc();
  return slot < 64;
}

ThreadData* crt_thread(void) {
  ThreadData* data = nt_pointer(nt_teb()->TlsSlots[slot]);
  return data ? data : make();
}

void crt_forget_thread(void) {
  void* data = nt_pointer(nt_teb()->TlsSlots[slot]);
  nt_teb()->TlsSlots[slot] = 0;
  if (data) HeapFree(GetProcessHeap(), 0, data);
}

int* _errno(void) { return &crt_thread()->error; }
unsigned long* __doserrno(void) { return &crt_thread()->dos_error; }

errno_t _set_errno(int value) {
  *_errno() = value;
  return 0;
}

errno_t _get_errno(int* value) {
  *value = *_errno();
  return 0;
}

int crt_fail(int error) {
  *_errno() = error;
  return -1;
}
