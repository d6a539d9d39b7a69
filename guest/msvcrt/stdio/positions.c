// Moving in streams ("fseek", "ftell", Microsoft). A position is one of the file's bytes, in text mode too,
// where a line's end is two of them.
#include "guest/msvcrt/files/files.h"
#include "guest/msvcrt/stdio/stream.h"

static int translates(const FILE* stream) {
  const File* file = file_of(stream->_file);
  return file && file->mode == _O_TEXT && !file->console;
}

// What the buffer will be in the file.
static long long unsent_bytes(const FILE* stream) {
  long long bytes = stream->_ptr - stream->_base;
  if (!translates(stream)) return bytes;
  for (const char* at = stream->_base; at < stream->_ptr; ++at) bytes += *at == '\n';
  return bytes;
}

static long long reading_position(const FILE* stream, long long behind_buffer) {
  if (stream->_cnt <= 0) return behind_buffer;
  if (!translates(stream)) return behind_buffer - stream->_cnt;
  File* file = file_of(stream->_file);
  return file->read_from + file_raw_length(file, (int)(stream->_ptr - stream->_base));
}

long long _ftelli64(FILE* stream) {
  long long position = _telli64(stream->_file);
  if (position < 0) return -1;
  if (stream->_flag & kWriting && stream->_base) {
    File* file = file_of(stream->_file);
    if (file->append && stream->_ptr > stream->_base) position = _filelengthi64(stream->_file);
    return position + unsent_bytes(stream);
  }
  return reading_position(stream, position);
}

long ftell(FILE* stream) {
  long long position = _ftelli64(stream);
  return position > LONG_MAX ? (long)crt_fail(EINVAL) : (long)position;
}

int _fseeki64(FILE* stream, long long offset, int origin) {
  if (origin < SEEK_SET || origin > SEEK_END) return crt_fail(EINVAL);
  if (origin == SEEK_CUR) {
    long long position = _ftelli64(stream);
    if (position < 0) return -1;
    offset += position;
    origin = SEEK_SET;
  }
  stream_send(stream);
  stream->_flag &= ~kEnd;
  stream->_ptr = stream->_base;
  stream->_cnt = 0;
  if (stream->_flag & kBoth) stream->_flag &= ~(kReading | kWriting);
  return _lseeki64(stream->_file, offset, origin) < 0 ? -1 : 0;
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
