// Reading and writing, with the translation of text: CR LF in the file is LF to the program, Ctrl-Z ends a
// file
// ("Text and binary mode file I/O", Microsoft).
#include "guest/msvcrt/files/files.h"

enum { kPiece = 1024 };

static int write_raw(File* file, const char* bytes, unsigned size) {
  DWORD written;
  return WriteFile(file->handle, bytes, size, &written, NULL) ? (int)written : -1;
}

// A piece with a CR before each LF; how much of `text` it took.
static unsigned translate_out(const char* text, unsigned size, char* piece, unsigned* length) {
  unsigned taken = 0, made = 0;
  while (taken < size && made < kPiece - 1) {
    if (text[taken] == '\n') piece[made++] = '\r';
    piece[made++] = text[taken++];
  }
  *length = made;
  return taken;
}

// How many characters went out, without the CRs.
static int write_text(File* file, const char* text, unsigned size) {
  char piece[kPiece];
  unsigned done = 0;
  while (done < size) {
    unsigned length, taken = translate_out(text + done, size - done, piece, &length);
    int written = write_raw(file, piece, length);
    if (written < 0) return done ? (int)done : crt_fail_from_system();
    done += taken;
    if ((unsigned)written < length) break;
  }
  return (int)done;
}

int _write(int number, const void* bytes, unsigned size) {
  File* file = file_of(number);
  if (!file) return -1;
  if (size == 0) return 0;
  if (file->append) _lseeki64(number, 0, SEEK_END);
  if (file->mode == _O_TEXT && !file->console) return write_text(file, bytes, size);
  int written = write_raw(file, bytes, size);
  return written < 0 ? crt_fail_from_system() : written;
}

// Bytes as they are; 0 at the end (a closed pipe is one), -1 on failure.
static int read_raw(File* file, char* to, unsigned size) {
  DWORD got = 0;
  if (ReadFile(file->handle, to, size, &got, NULL)) return (int)got;
  if (GetLastError() == ERROR_BROKEN_PIPE) return 0;
  // A file that was opened for writing alone is a bad number to read from.
  return GetLastError() == ERROR_ACCESS_DENIED ? crt_fail(EBADF) : crt_fail_from_system();
}

static void step_back(File* file) {
  LARGE_INTEGER back = {.QuadPart = -1};
  SetFilePointerEx(file->handle, back, NULL, FILE_CURRENT);
}

// Whether a CR that ends what was read belongs to a CR LF. The byte after it is put back, or held where that
// cannot be.
static int line_feed_follows(File* file) {
  char next;
  if (read_raw(file, &next, 1) != 1) return 0;
  if (next == '\n') return 1;
  if (file->type == FILE_TYPE_DISK) {
    step_back(file);
  } else {
    file->held = (unsigned char)next;
  }
  return 0;
}

static int translate_in(File* file, char* text, int size) {
  int kept = 0;
  for (int i = 0; i < size; ++i) {
    if (text[i] == kCtrlZ) {
      file->ended = 1;
      break;
    }
    if (text[i] == '\r' && (i + 1 < size ? text[i + 1] == '\n' : line_feed_follows(file))) {
      if (i + 1 == size) text[kept++] = '\n';
      continue;
    }
    text[kept++] = text[i];
  }
  return kept;
}

static long long position_of(const File* file) {
  LARGE_INTEGER none = {.QuadPart = 0}, position;
  if (file->type != FILE_TYPE_DISK) return 0;
  return SetFilePointerEx(file->handle, none, &position, FILE_CURRENT) ? position.QuadPart : 0;
}

int _read(int number, void* to, unsigned size) {
  File* file = file_of(number);
  char* text = to;
  int held = 0;
  if (!file) return -1;
  if (size == 0 || file->ended) return 0;
  if (file->held != kNothing) {
    *text = (char)file->held;
    file->held = kNothing;
    held = 1;
  }
  if (file->mode == _O_TEXT) file->read_from = position_of(file);
  int got = held ? 0 : read_raw(file, text, size);
  if (got < 0) return -1;
  got += held;
  return file->mode == _O_TEXT ? translate_in(file, text, got) : got;
}

// Reads again what the last _read read, and counts.
long long file_raw_length(File* file, int characters) {
  LARGE_INTEGER start = {.QuadPart = file->read_from}, here = {.QuadPart = position_of(file)};
  long long raw = 0;
  char byte;
  DWORD got;
  SetFilePointerEx(file->handle, start, NULL, FILE_BEGIN);
  while (characters > 0 && ReadFile(file->handle, &byte, 1, &got, NULL) && got) {
    ++raw;
    if (byte == '\r') {
      char next = 0;
      if (ReadFile(file->handle, &next, 1, &got, NULL) && got) step_back(file);
      if (next == '\n') continue;
    }
    --characters;
  }
  SetFilePointerEx(file->handle, here, NULL, FILE_BEGIN);
  return raw;
}

long long _lseeki64(int number, long long offset, int origin) {
  File* file = file_of(number);
  LARGE_INTEGER distance = {.QuadPart = offset}, position;
  if (!file) return -1;
  if (file->type != FILE_TYPE_DISK) return crt_fail(ESPIPE);
  if (!SetFilePointerEx(file->handle, distance, &position, (DWORD)origin)) return crt_fail_from_system();
  file->ended = 0;
  return position.QuadPart;
}

long _lseek(int number, long offset, int origin) {
  long long position = _lseeki64(number, offset, origin);
  return position > LONG_MAX ? (long)crt_fail(EINVAL) : (long)position;
}

long _tell(int number) { return _lseek(number, 0, SEEK_CUR); }
long long _telli64(int number) { return _lseeki64(number, 0, SEEK_CUR); }

long long _filelengthi64(int number) {
  File* file = file_of(number);
  LARGE_INTEGER size;
  if (!file) return -1;
  return GetFileSizeEx(file->handle, &size) ? size.QuadPart : crt_fail_from_system();
}

long _filelength(int number) { return (long)_filelengthi64(number); }

int _eof(int number) {
  File* file = file_of(number);
  if (!file) return -1;
  long long position = _telli64(number), size = _filelengthi64(number);
  if (position < 0 || size < 0) return -1;
  return file->ended || position >= size;
}

int _chsize(int number, long size) {
  File* file = file_of(number);
  if (!file) return -1;
  LARGE_INTEGER end = {.QuadPart = size}, here = {.QuadPart = position_of(file)};
  if (!SetFilePointerEx(file->handle, end, NULL, FILE_BEGIN)) return crt_fail_from_system();
  BOOL cut = SetEndOfFile(file->handle);
  if (!cut) crt_fail(GetLastError() == ERROR_ACCESS_DENIED ? EBADF : ENOSPC);
  SetFilePointerEx(file->handle, here, NULL, FILE_BEGIN);
  return cut ? 0 : -1;
}

int _commit(int number) {
  File* file = file_of(number);
  if (!file) return -1;
  return FlushFileBuffers(file->handle) ? 0 : crt_fail_from_system();
}
