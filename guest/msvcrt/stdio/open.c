// Opening streams ("fopen, _wfopen", "freopen", "tmpfile", Microsoft).
#include <share.h>
#include <sys/stat.h>

#include "guest/msvcrt/files/files.h"
#include "guest/msvcrt/stdio/stream.h"

// A mode taken apart: flags of _open and of the stream.
typedef struct Mode {
  int file;
  int stream;
} Mode;

static int read_first(wchar_t letter, Mode* mode) {
  switch (letter) {
    case 'r': *mode = (Mode){_O_RDONLY, kReading}; return 1;
    case 'w': *mode = (Mode){_O_WRONLY | _O_CREAT | _O_TRUNC, kWriting}; return 1;
    case 'a': *mode = (Mode){_O_WRONLY | _O_CREAT | _O_APPEND, kWriting}; return 1;
    default: return 0;
  }
}

static void read_further(wchar_t letter, Mode* mode) {
  switch (letter) {
    case '+':
      mode->file = (mode->file & ~(_O_RDONLY | _O_WRONLY)) | _O_RDWR;
      mode->stream = kBoth;
      break;
    case 'b': mode->file |= _O_BINARY; break;
    case 't': mode->file |= _O_TEXT; break;
    case 'S': mode->file |= _O_SEQUENTIAL; break;
    case 'R': mode->file |= _O_RANDOM; break;
    case 'T': mode->file |= _O_SHORT_LIVED; break;
    case 'D': mode->file |= _O_TEMPORARY; break;
    case 'N': mode->file |= _O_NOINHERIT; break;
    default: break;
  }
}

static int read_mode(const wchar_t* text, Mode* mode) {
  if (!text) return 0;
  while (*text == ' ') ++text;
  if (!read_first(*text, mode)) return 0;
  while (*++text) read_further(*text, mode);
  return 1;
}

static int device_flag(int file) { return _isatty(file) ? kDevice : 0; }

static FILE* fail_with(int error) {
  *_errno() = error;
  return NULL;
}

FILE* _wfsopen(const wchar_t* name, const wchar_t* mode, int share) {
  Mode parsed;
  if (!name || !read_mode(mode, &parsed)) return fail_with(EINVAL);
  int file = _wsopen(name, parsed.file, share, _S_IREAD | _S_IWRITE);
  if (file < 0) return NULL;
  FILE* stream = stream_open(file, parsed.stream | device_flag(file));
  if (!stream) _close(file);
  return stream;
}

FILE* _wfopen(const wchar_t* name, const wchar_t* mode) { return _wfsopen(name, mode, _SH_DENYNO); }

FILE* _fsopen(const char* name, const char* mode, int share) {
  wchar_t *wide_name = crt_to_wide(name), *wide_mode = crt_to_wide(mode);
  FILE* stream = wide_name && wide_mode ? _wfsopen(wide_name, wide_mode, share) : NULL;
  int error = *_errno();
  free(wide_name);
  free(wide_mode);
  *_errno() = error;
  return stream;
}

FILE* fopen(const char* name, const char* mode) { return _fsopen(name, mode, _SH_DENYNO); }

errno_t fopen_s(FILE** stream, const char* name, const char* mode) {
  if (!stream) return EINVAL;
  *stream = _fsopen(name, mode, _SH_DENYRD);
  return *stream ? 0 : *_errno();
}

// The same FILE for another file. The number is kept where it was free again.
FILE* freopen(const char* name, const char* mode, FILE* stream) {
  wchar_t* wide_mode = crt_to_wide(mode);
  Mode parsed;
  int understood = wide_mode && read_mode(wide_mode, &parsed);
  free(wide_mode);
  if (!name || !stream || !understood) return fail_with(EINVAL);
  int old = stream->_file;
  if (stream->_flag) fclose(stream);
  int file = _sopen(name, parsed.file, _SH_DENYNO, _S_IREAD | _S_IWRITE);
  if (file < 0) return NULL;
  if (old >= 0 && old < 3 && file != old && _dup2(file, old) == 0) {
    _close(file);
    file = old;
  }
  stream->_file = file;
  stream->_flag = parsed.stream | device_flag(file);
  return stream;
}

FILE* _wfdopen(int file, const wchar_t* mode) {
  Mode parsed;
  if (!read_mode(mode, &parsed)) return fail_with(EINVAL);
  if (_get_osfhandle(file) == -1) return NULL;
  if (parsed.file & (_O_TEXT | _O_BINARY)) _setmode(file, parsed.file & _O_TEXT ? _O_TEXT : _O_BINARY);
  return stream_open(file, parsed.stream | device_flag(file));
}

FILE* _fdopen(int file, const char* mode) {
  wchar_t* wide = crt_to_wide(mode);
  FILE* stream = wide ? _wfdopen(file, wide) : NULL;
  free(wide);
  return stream;
}

// --- Temporary files. Names are counted: the same every time.

enum { kMostNames = 32767, kNameLength = 14 };

static unsigned temporary_count;

char* tmpnam(char* to) {
  static char own[kNameLength];
  if (!to) to = own;
  while (++temporary_count < kMostNames) {
    sprintf(to, "\\s%x.%x", (unsigned)GetCurrentProcessId() & 0xfff, temporary_count & 0xfff);
    if (_access(to, 0) != 0) return to;
  }
  return NULL;
}

// In the root of the current drive, gone when it is closed.
FILE* tmpfile(void) {
  char name[kNameLength];
  enum { kFlags = _O_CREAT | _O_EXCL | _O_RDWR | _O_BINARY | _O_TEMPORARY };
  for (;;) {
    if (!tmpnam(name)) return NULL;
    int file = _sopen(name, kFlags, _SH_DENYNO, _S_IREAD | _S_IWRITE);
    if (file >= 0) return stream_open(file, kBoth);
    if (*_errno() != EEXIST) return NULL;
  }
}

int _rmtmp(void) { return 0; }  // they go by themselves

// The last six characters, XXXXXX, become a letter and five digits that no file has.
char* _mktemp(char* pattern) {
  size_t length = strlen(pattern);
  if (length < 6 || strcmp(pattern + length - 6, "XXXXXX") != 0) return (char*)fail_with(EINVAL);
  for (char letter = 'a'; letter <= 'z'; ++letter) {
    sprintf(pattern + length - 6, "%c%05u", letter, (unsigned)GetCurrentProcessId() % 100000);
    if (_access(pattern, 0) != 0) return pattern;
  }
  return (char*)fail_with(EEXIST);
}

// In the folder that TMP names, else in `folder`, else in the current one.
char* _tempnam(const char* folder, const char* prefix) {
  const char* temporary = getenv("TMP");
  if (temporary && _access(temporary, 0) == 0) folder = temporary;
  if (!folder || _access(folder, 0) != 0) folder = ".";
  if (!prefix) prefix = "";
  size_t room = strlen(folder) + strlen(prefix) + 16;
  char* name = malloc(room);
  while (name && ++temporary_count < kMostNames) {
    const char* end = folder + strlen(folder) - 1;
    sprintf(name, "%s%s%s%u", folder, *end == '\\' || *end == '/' ? "" : "\\", prefix, temporary_count);
    if (_access(name, 0) != 0) return name;
  }
  free(name);
  return NULL;
}
