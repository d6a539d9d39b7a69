// Opening streams and moving in them.
#include <fcntl.h>
#include <io.h>

#include "guest/msvcrt/stdio/stream.h"

// The names that files have: none, while there is no file system.
FILE* _fsopen(const char* name, const char* mode, int share) {
  (void)share;
  if (!name || !mode || !strchr("rwa", *mode) || !*mode) {
    *_errno() = EINVAL;
    return NULL;
  }
  *_errno() = ENOENT;
  return NULL;
}

FILE* fopen(const char* name, const char* mode) { return _fsopen(name, mode, 0); }

FILE* _wfopen(const wchar_t* name, const wchar_t* mode) {
  *_errno() = name && mode ? ENOENT : EINVAL;
  return NULL;
}

errno_t fopen_s(FILE** stream, const char* name, const char* mode) {
  *stream = fopen(name, mode);
  return *stream ? 0 : *_errno();
}

FILE* freopen(const char* name, const char* mode, FILE* stream) {
  fclose(stream);
  return fopen(name, mode);
}

FILE* tmpfile(void) {
  *_errno() = EACCES;
  return NULL;
}

FILE* _fdopen(int file, const char* mode) {
  int flags = *mode == 'r' ? kReading : kWriting;
  if (_get_osfhandle(file) == -1) return NULL;
  if (strchr(mode, '+')) flags = kBoth;
  return stream_open(file, flags | (_isatty(file) ? kDevice : 0));
}

long long _ftelli64(FILE* stream) {
  long long position = _telli64(stream->_file);
  if (position < 0) return -1;
  if (stream->_flag & kWriting) return position + (stream->_ptr - stream->_base);
  return position - (stream->_cnt > 0 ? stream->_cnt : 0);
}

long ftell(FILE* stream) { return (long)_ftelli64(stream); }

int _fseeki64(FILE* stream, long long offset, int origin) {
  if (origin < SEEK_SET || origin > SEEK_END) return crt_fail(EINVAL);
  stream_send(stream);
  if (origin == SEEK_CUR && stream->_flag & kReading && stream->_cnt > 0) offset -= stream->_cnt;
  stream->_flag &= ~kEnd;
  if (_lseeki64(stream->_file, offset, origin) < 0) return -1;
  stream->_ptr = stream->_base;
  stream->_cnt = 0;
  if (stream->_flag & kBoth) stream->_flag &= ~(kReading | kWriting);
  return 0;
}

int fseek(FILE* stream, long offset, int origin) { return _fseeki64(stream, offset, origin); }

void rewind(FILE* stream) {
  fseek(stream, 0, SEEK_SET);
  clearerr(stream);
}

int fgetpos(FILE* stream, fpos_t* position) {
  *position = _ftelli64(stream);
  return *position == -1 ? -1 : 0;
}

int fsetpos(FILE* stream, const fpos_t* position) { return _fseeki64(stream, *position, SEEK_SET); }
