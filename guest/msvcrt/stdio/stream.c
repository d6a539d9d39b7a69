// The streams themselves: buffers, filling, sending, opening, closing.
#include "guest/msvcrt/stdio/stream.h"

#include <io.h>

FILE _iob[kStreams];

FILE* __iob_func(void);
FILE* __iob_func(void) { return _iob; }

FILE* __acrt_iob_func(unsigned index) { return &_iob[index]; }

static void open_standard(int file, int flags) {
  _iob[file]._file = file;
  _iob[file]._flag = flags | (_isatty(file) ? kDevice : 0);
}

void crt_initialize_streams(void) {
  open_standard(0, kReading);
  open_standard(1, kWriting);
  open_standard(2, kWriting | kUnbuffered);
}

void stream_get_buffer(FILE* stream) {
  if (stream->_base) return;
  stream->_base = stream->_flag & kUnbuffered && !(stream->_flag & kWriting) ? NULL : malloc(kBufferSize);
  stream->_bufsiz = kBufferSize;
  if (stream->_base) {
    stream->_flag |= kOwnBuffer;
  } else {
    stream->_base = (char*)&stream->_charbuf;
    stream->_bufsiz = 1;
  }
  stream->_ptr = stream->_base;
  stream->_cnt = 0;
}

static int sends_lines(const FILE* stream) { return stream->_flag & (kDevice | kUnbuffered); }

int stream_send(FILE* stream) {
  int size = (int)(stream->_ptr - stream->_base);
  if (!(stream->_flag & kWriting) || !stream->_base || size <= 0) return 0;
  stream->_ptr = stream->_base;
  stream->_cnt = sends_lines(stream) ? 0 : stream->_bufsiz;
  if (_write(stream->_file, stream->_base, (unsigned)size) == size) return 0;
  stream->_flag |= kError;
  return EOF;
}

int stream_start_writing(FILE* stream) {
  if (!(stream->_flag & (kWriting | kBoth))) {
    stream->_flag |= kError;
    return crt_fail(EBADF);
  }
  if (!(stream->_flag & kWriting)) {  // it was reading
    stream->_ptr = stream->_base;
    stream->_flag = (stream->_flag & ~(kReading | kEnd)) | kWriting;
    stream->_cnt = 0;
  }
  if (!stream->_base) {
    stream_get_buffer(stream);
    stream->_cnt = sends_lines(stream) ? 0 : stream->_bufsiz;
  }
  return 0;
}

// After `character` went into the buffer of a stream that sends lines or holds no more.
static int send_if_due(FILE* stream, int character) {
  int full = stream->_ptr - stream->_base >= stream->_bufsiz;
  int line = (stream->_flag & kUnbuffered || character == '\n') && *stream_depth(stream) == 0;
  return full || line ? stream_send(stream) : 0;
}

int _flsbuf(int character, FILE* stream) {
  if (stream_start_writing(stream)) return EOF;
  if (!sends_lines(stream) && stream->_ptr - stream->_base >= stream->_bufsiz && stream_send(stream))
    return EOF;
  *stream->_ptr++ = (char)character;
  stream->_cnt = sends_lines(stream) ? 0 : stream->_bufsiz - (int)(stream->_ptr - stream->_base);
  if (sends_lines(stream) && send_if_due(stream, character)) return EOF;
  return (unsigned char)character;
}

void stream_begin_call(FILE* stream) { ++*stream_depth(stream); }

void stream_end_call(FILE* stream) {
  if (--*stream_depth(stream) == 0 && sends_lines(stream)) stream_send(stream);
}

int _filbuf(FILE* stream) {
  stream->_cnt = 0;
  if (!(stream->_flag & (kReading | kBoth)) || stream->_flag & kWriting) {
    stream->_flag |= kError;
    return crt_fail(EBADF);
  }
  stream->_flag |= kReading;
  stream_get_buffer(stream);
  if (stream == stdin) stream_send(stdout);  // a prompt goes out before its answer is read
  stream->_ptr = stream->_base;
  int size = _read(stream->_file, stream->_base, (unsigned)stream->_bufsiz);
  if (size <= 0) {
    stream->_flag |= size ? kError : kEnd;
    return EOF;
  }
  stream->_cnt = size - 1;
  return (unsigned char)*stream->_ptr++;
}

FILE* stream_open(int file, int flags) {
  for (FILE* stream = _iob + 3; stream < _iob + kStreams; ++stream) {
    if (stream->_flag) continue;
    *stream = (FILE){._file = file, ._flag = flags};
    return stream;
  }
  *_errno() = EMFILE;
  return NULL;
}

int fflush(FILE* stream) {
  if (stream) return stream_send(stream);
  int result = 0;
  for (FILE* each = _iob; each < _iob + kStreams; ++each) result |= stream_send(each);
  return result;
}

int _flushall(void) {
  fflush(NULL);
  int open = 0;
  for (FILE* each = _iob; each < _iob + kStreams; ++each) open += each->_flag != 0;
  return open;
}

int fclose(FILE* stream) {
  if (!stream->_flag) return crt_fail(EBADF);
  int result = stream_send(stream);
  if (stream->_flag & kOwnBuffer) free(stream->_base);
  result |= _close(stream->_file);
  memset(stream, 0, sizeof *stream);
  stream->_file = -1;
  return result;
}

int _fcloseall(void) {
  int closed = 0;
  for (FILE* each = _iob + 3; each < _iob + kStreams; ++each) closed += each->_flag && fclose(each) == 0;
  return closed;
}

void crt_close_streams(void) { fflush(NULL); }

int setvbuf(FILE* stream, char* buffer, int mode, size_t size) {
  if (mode != _IONBF && mode != _IOFBF && mode != _IOLBF) return crt_fail(EINVAL);
  stream_send(stream);
  if (stream->_flag & kOwnBuffer) free(stream->_base);
  stream->_flag &= ~(kOwnBuffer | kUserBuffer | kUnbuffered | kDevice);
  stream->_base = stream->_ptr = NULL;
  stream->_cnt = 0;
  if (mode == _IONBF) {
    stream->_flag |= kUnbuffered;
  } else if (buffer && size >= 2) {
    stream->_base = stream->_ptr = buffer;
    stream->_bufsiz = (int)size;
    stream->_flag |= kUserBuffer;
    if (stream->_flag & kWriting) stream->_cnt = (int)size;
  }
  return 0;
}

void setbuf(FILE* stream, char* buffer) { setvbuf(stream, buffer, buffer ? _IOFBF : _IONBF, BUFSIZ); }
