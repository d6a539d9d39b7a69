// What msvcrt's files share. Behaviour is that of Microsoft's "C runtime library reference" for msvcrt.dll.
#ifndef PAGEWALK_GUEST_MSVCRT_MSVCRT_H
#define PAGEWALK_GUEST_MSVCRT_MSVCRT_H

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

#include "guest/ntdll/ntdll.h"

// What the C runtime keeps per thread.
typedef struct ThreadData {
  int error;  // errno
  unsigned long dos_error;
  unsigned int random;  // rand's seed
  char* token;          // strtok's place
  wchar_t* wide_token;
  char message[96];  // strerror's and asctime's result
  wchar_t wide_message[96];
  int broken_down[9];  // localtime's and gmtime's result: a struct tm
  HANDLE own_handle;   // _beginthread's, closed by _endthread; null otherwise
} ThreadData;

ThreadData* crt_thread(void);    // start/thread_data.c
void crt_forget_thread(void);    // the calling thread ends
int crt_fail(int error);         // sets errno, returns -1
int crt_fail_from_system(void);  // sets errno and _doserrno from GetLastError, returns -1

// start/: what DllMain runs.
void crt_initialize_heap(void);
void crt_initialize_clock(void);
int crt_initialize_threads(void);
void crt_initialize_locks(void);
void crt_initialize_streams(void);
void crt_initialize_characters(void);
int crt_initialize_arguments(void);
void crt_run_exit_functions(void);
void crt_close_streams(void);

#endif
