// _lock and _unlock: a table of critical sections; numbers from 16 on belong to the streams of _iob.
#include "guest/msvcrt/stdio/stream.h"

enum { kLocks = 48 };

static CRITICAL_SECTION locks[kLocks];

void crt_initialize_locks(void) {
  for (int i = 0; i < kLocks; ++i) InitializeCriticalSection(&locks[i]);
}

void _lock(int number) {
  EnterCriticalSection(&locks[number]);
  if (number >= kFirstStreamLock) stream_begin_call(&_iob[number - kFirstStreamLock]);
}

void _unlock(int number) {
  if (number >= kFirstStreamLock) stream_end_call(&_iob[number - kFirstStreamLock]);
  LeaveCriticalSection(&locks[number]);
}

void _lock_file(FILE* stream) { _lock(kFirstStreamLock + (int)(stream - _iob)); }
void _unlock_file(FILE* stream) { _unlock(kFirstStreamLock + (int)(stream - _iob)); }
