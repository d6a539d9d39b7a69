// _environ, getenv and putenv. kernel32 keeps the variables; these are copies as the C library promises them.
#include "guest/msvcrt/msvcrt.h"
#include "guest/msvcrt/start/arguments.h"

char** _environ;
wchar_t** _wenviron;

static size_t count_strings(const wchar_t* block) {
  size_t count = 0;
  for (; *block; block += wcslen(block) + 1) ++count;
  return count;
}

static char* narrow(const wchar_t* text) {
  int size = WideCharToMultiByte(CP_ACP, 0, text, -1, NULL, 0, NULL, NULL);
  char* copy = malloc((size_t)size);
  if (copy) WideCharToMultiByte(CP_ACP, 0, text, -1, copy, size, NULL, NULL);
  return copy;
}

// Entries whose name begins with '=' are the system's own.
int crt_read_environment(void) {
  wchar_t* block = GetEnvironmentStringsW();
  if (!block) return 0;
  char** list = malloc((count_strings(block) + 1) * sizeof *list);
  size_t count = 0;
  for (const wchar_t* at = block; list && *at; at += wcslen(at) + 1) {
    if (*at != '=') list[count++] = narrow(at);
  }
  FreeEnvironmentStringsW(block);
  if (!list) return 0;
  list[count] = NULL;
  _environ = list;
  return 1;
}

wchar_t** crt_wide_environment(void) {
  if (_wenviron) return _wenviron;
  const wchar_t* block = GetEnvironmentStringsW();  // kept: the list points into it
  if (!block) return NULL;
  wchar_t** list = malloc((count_strings(block) + 1) * sizeof *list);
  size_t count = 0;
  for (const wchar_t* at = block; list && *at; at += wcslen(at) + 1) {
    if (*at != '=') list[count++] = (wchar_t*)at;
  }
  if (list) list[count] = NULL;
  return _wenviron = list;
}

static char** find(const char* name, size_t length) {
  for (char** entry = _environ; entry && *entry; ++entry) {
    if (_strnicmp(*entry, name, length) == 0 && (*entry)[length] == '=') return entry;
  }
  return NULL;
}

char* getenv(const char* name) {
  char** entry = find(name, strlen(name));
  return entry ? *entry + strlen(name) + 1 : NULL;
}

wchar_t* _wgetenv(const wchar_t* name) {
  size_t length = wcslen(name);
  wchar_t** entry = crt_wide_environment();
  for (; entry && *entry; ++entry) {
    if (_wcsnicmp(*entry, name, length) == 0 && (*entry)[length] == '=') return *entry + length + 1;
  }
  return NULL;
}

static int append(char* definition) {
  size_t count = 0;
  while (_environ && _environ[count]) ++count;
  char** grown = realloc(_environ, (count + 2) * sizeof *grown);
  if (!grown) return -1;
  grown[count] = definition;
  grown[count + 1] = NULL;
  _environ = grown;
  return 0;
}

static void take_out(char** entry) {
  do {
    entry[0] = entry[1];
  } while (*entry++);
}

// "NAME=value" sets, "NAME=" removes. The old text is not freed: getenv may have given it out.
int _putenv(const char* definition) {
  const char* equals = strchr(definition, '=');
  if (!equals || equals == definition) return crt_fail(EINVAL);
  char* copy = _strdup(definition);
  if (!copy) return -1;
  size_t length = (size_t)(equals - definition);
  char** entry = find(definition, length);
  int result = 0;
  if (!equals[1]) {
    if (entry) take_out(entry);
  } else if (entry) {
    *entry = copy;
  } else {
    result = append(copy);
  }
  copy[length] = 0;
  SetEnvironmentVariableA(copy, equals[1] ? copy + length + 1 : NULL);
  copy[length] = '=';
  return result;
}

errno_t _putenv_s(const char* name, const char* value) {
  size_t length = strlen(name) + strlen(value) + 2;
  char* definition = malloc(length);
  if (!definition) return ENOMEM;
  strcpy(definition, name);
  strcat(definition, "=");
  strcat(definition, value);
  int failed = _putenv(definition);
  free(definition);
  return failed ? *_errno() : 0;
}
