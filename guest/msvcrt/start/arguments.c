// argc, argv and the environment ("Parsing C command-line arguments", Microsoft).
#include "guest/msvcrt/start/arguments.h"

#include "guest/msvcrt/msvcrt.h"

char* _acmdln;
wchar_t* _wcmdln;
int __argc;
char** __argv;
wchar_t** __wargv;
char* _pgmptr;
wchar_t* _wpgmptr;
char** __initenv;
wchar_t** __winitenv;

// Where the characters of an argument go; null only counts them.
typedef struct Cursor {
  const wchar_t* from;
  wchar_t* to;
  size_t length;  // characters put so far, the ending zeros included
} Cursor;

static void put(Cursor* cursor, wchar_t c) {
  if (cursor->to) cursor->to[cursor->length] = c;
  ++cursor->length;
}

// The program's own name: quotes group, backslashes mean nothing.
static void parse_program(Cursor* cursor) {
  int quoted = 0;
  for (; *cursor->from && (quoted || (*cursor->from != ' ' && *cursor->from != '\t')); ++cursor->from) {
    if (*cursor->from == '"') {
      quoted = !quoted;
    } else {
      put(cursor, *cursor->from);
    }
  }
  put(cursor, 0);
}

// 2n backslashes and a quote: n backslashes, and the quote opens or closes; 2n+1: n backslashes and a plain
// quote.
static void parse_backslashes(Cursor* cursor, int* quoted) {
  size_t backslashes = 0;
  while (*cursor->from == '\\') ++backslashes, ++cursor->from;
  if (*cursor->from != '"') {
    while (backslashes--) put(cursor, '\\');
    return;
  }
  for (size_t i = 0; i < backslashes / 2; ++i) put(cursor, '\\');
  if (backslashes % 2) {
    put(cursor, '"');
  } else if (*quoted && cursor->from[1] == '"') {
    put(cursor, '"');  // a doubled quote inside quotes
    ++cursor->from;
  } else {
    *quoted = !*quoted;
  }
  ++cursor->from;
}

static void parse_argument(Cursor* cursor) {
  int quoted = 0;
  while (*cursor->from && (quoted || (*cursor->from != ' ' && *cursor->from != '\t'))) {
    if (*cursor->from == '\\' || *cursor->from == '"') {
      parse_backslashes(cursor, &quoted);
    } else {
      put(cursor, *cursor->from++);
    }
  }
  put(cursor, 0);
}

static int parse(const wchar_t* line, wchar_t* to, size_t* characters) {
  Cursor cursor = {line, to, 0};
  int count = 1;
  parse_program(&cursor);
  for (;; ++count) {
    while (*cursor.from == ' ' || *cursor.from == '\t') ++cursor.from;
    if (!*cursor.from) break;
    parse_argument(&cursor);
  }
  *characters = cursor.length;
  return count;
}

static char* narrow(const wchar_t* text) {
  int size = WideCharToMultiByte(CP_ACP, 0, text, -1, NULL, 0, NULL, NULL);
  char* copy = malloc((size_t)size);
  if (copy) WideCharToMultiByte(CP_ACP, 0, text, -1, copy, size, NULL, NULL);
  return copy;
}

static int split_command_line(void) {
  size_t characters;
  __argc = parse(_wcmdln, NULL, &characters);
  wchar_t* text = malloc(characters * sizeof *text);
  __wargv = malloc(((size_t)__argc + 1) * sizeof *__wargv);
  __argv = malloc(((size_t)__argc + 1) * sizeof *__argv);
  if (!text || !__wargv || !__argv) return 0;
  parse(_wcmdln, text, &characters);
  for (int i = 0; i < __argc; ++i, text += wcslen(text) + 1) {
    __wargv[i] = text;
    __argv[i] = narrow(text);
  }
  __wargv[__argc] = NULL;
  __argv[__argc] = NULL;
  return 1;
}

int crt_initialize_arguments(void) {
  _acmdln = GetCommandLineA();
  _wcmdln = GetCommandLineW();
  if (!split_command_line() || !crt_read_environment()) return 0;
  _pgmptr = __argv[0];
  _wpgmptr = __wargv[0];
  __initenv = _environ;
  return 1;
}

// Wildcards name no files while there is no file system: arguments stay as they are.
int __getmainargs(int* argc, char*** argv, char*** environment, int wildcards, void* start);
int __getmainargs(int* argc, char*** argv, char*** environment, int wildcards, void* start) {
  (void)wildcards, (void)start;
  *argc = __argc;
  *argv = __argv;
  *environment = _environ;
  return 0;
}

int __wgetmainargs(int* argc, wchar_t*** argv, wchar_t*** environment, int wildcards, void* start);
int __wgetmainargs(int* argc, wchar_t*** argv, wchar_t*** environment, int wildcards, void* start) {
  (void)wildcards, (void)start;
  *argc = __argc;
  *argv = __wargv;
  *environment = __winitenv = crt_wide_environment();
  return *environment ? 0 : -1;
}
