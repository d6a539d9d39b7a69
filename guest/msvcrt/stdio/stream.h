// Streams: the FILE that programs compiled against msvcrt know, and what its functions share.
//
// A buffered stream keeps _cnt: characters left to read, or room left to write, at _ptr. A stream on a
// character device keeps _cnt at 0 while it writes, so that every character passes _flsbuf, which sends whole
// lines; what a call of printf's kind leaves over is sent when that call ends (stream_end_call).
#ifndef PAGEWALK_GUEST_MSVCRT_STDIO_STREAM_H
#define PAGEWALK_GUEST_MSVCRT_STDIO_STREAM_H

#include "guest/msvcrt/msvcrt.h"

enum { kStreamTableLock = 1, kFirstStreamLock = 16, kStreams = 20, kBufferSize = 4096 };

void _lock(int number);
void _unlock(int number);

enum StreamFlags {
  kReading = 0x0001,
  kWriting = 0x0002,
  kUnbuffered = 0x0004,
  kOwnBuffer = 0x0008,  // ours to free
  kEnd = 0x0010,
  kError = 0x0020,
  kBoth = 0x0080,  // opened for reading and writing
  kUserBuffer = 0x0100,
  kDevice = 0x1000,  // a character device: sent line by line
};

#undef _iob
#undef __iob_func
extern FILE _iob[kStreams];
#undef stdin
#undef stdout
#undef stderr
#define stdin (&_iob[0])
#define stdout (&_iob[1])
#define stderr (&_iob[2])

// How many calls are in progress; kept in a word of FILE that serves tmpfile alone.
static inline int* stream_depth(FILE* stream) { return (int*)&stream->_tmpfname; }

void stream_begin_call(FILE* stream);
void stream_end_call(FILE* stream);
int stream_send(FILE* stream);           // writes out what waits; EOF and kError on failure
int stream_start_writing(FILE* stream);  // 0, or EOF when the stream cannot write
void stream_get_buffer(FILE* stream);
FILE* stream_open(int file, int flags);  // a free FILE for an open file; null and EMFILE without one
int _filbuf(FILE* stream);
int _flsbuf(int character, FILE* stream);

// snprintf as MinGW's formatter has it.
int crt_format(char* to, size_t room, const char* format, ...);

static inline int stream_put(int character, FILE* stream) {
  return --stream->_cnt >= 0 ? (unsigned char)(*stream->_ptr++ = (char)character)
                             : _flsbuf(character, stream);
}

static inline int stream_get(FILE* stream) {
  return --stream->_cnt >= 0 ? (unsigned char)*stream->_ptr++ : _filbuf(stream);
}

#endif
