// OutputDebugString: an exception that a debugger reads the text from and that nobody else minds. A vectored
// handler sees it, and may take it.
#include <string.h>
#include <windows.h>

#include "check.h"

static EXCEPTION_RECORD seen;
static int times;
static LONG answer = EXCEPTION_CONTINUE_SEARCH;

static LONG CALLBACK note(EXCEPTION_POINTERS* exception) {
  seen = *exception->ExceptionRecord;
  ++times;
  return answer;
}

static void check_record(const char* text) {
  check(times == 1 && seen.ExceptionCode == DBG_PRINTEXCEPTION_C, "one DBG_PRINTEXCEPTION_C");
  check(seen.ExceptionFlags == 0 && seen.NumberParameters == 2, "continuable, two parameters");
  check(seen.ExceptionInformation[0] == strlen(text) + 1, "the text's size, its 0 included");
  check(!strcmp((const char*)seen.ExceptionInformation[1], text), "the text");
}

int main(void) {
  OutputDebugStringA("nobody listens\n");
  void* handler = AddVectoredExceptionHandler(1, note);
  OutputDebugStringA("ANSI \xe4\n");
  check_record("ANSI \xe4\n");

  times = 0;
  OutputDebugStringW(L"UTF-16 \x20ac\n");  // the euro sign is 0x80 in code page 1252
  check(times == 1 && seen.ExceptionInformation[0] == 10, "UTF-16 becomes ANSI");

  times = 0;
  OutputDebugStringA(NULL);
  check_record("");

  times = 0;
  answer = EXCEPTION_CONTINUE_EXECUTION;
  OutputDebugStringA("taken by the handler\n");
  check_record("taken by the handler\n");

  times = 0;
  answer = EXCEPTION_CONTINUE_SEARCH;
  OutputDebugStringA((const char*)0x1000);
  check(times == 1 && seen.ExceptionCode == EXCEPTION_ACCESS_VIOLATION, "a bad pointer goes no further");
  RemoveVectoredExceptionHandler(handler);
  printf("%d failures\n", failures);
  return failures;
}
