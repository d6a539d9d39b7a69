// Reading and writing streams by characters, lines and blocks.
#include <io.h>

#include "guest/msvcrt/stdio/stream.h"

int fputc(int character, FILE* stream) { return stream_put(character, stream); }
int putc(int character, FILE* stream) { return stream_put(character, stream); }
int putchar(int character) { return stream_put(character, stdout); }
int fgetc(FILE* stream) { return stream_get(stream); }
int getc(FILE* stream) { return stream_get(stream); }
int getchar(void) { return stream_get(stdin); }
int _fputchar(int character) { return stream_put(character, stdout); }
int _fgetchar(void) { return stream_get(stdin); }

int ungetc(int character, FILE* stream) {
  if (character == EOF || !(stream->_flag & (kReading | kBoth)) || stream->_flag & kWriting) return EOF;
  stream_get_buffer(stream);
  stream->_flag = (stream->_flag & ~kEnd) | kReading;
  if (stream->_cnt < 0) stream->_cnt = 0;
  if (stream->_ptr == stream->_base) {
    if (stream->_cnt) return EOF;
    ++stream->_ptr;
  }
  *--stream->_ptr = (char)character;
  ++stream->_cnt;
  return (unsigned char)character;
}

// Into the buffer as far as it reaches; straight to the file what is bigger than the buffer.
static size_t write_bytes(FILE* stream, const char* bytes, size_t size) {
  size_t done = 0;
  if (stream_start_writing(stream)) return 0;
  while (done < size) {
    size_t room = (size_t)(stream->_bufsiz - (stream->_ptr - stream->_base)), left = size - done;
    if (room == (size_t)stream->_bufsiz && left >= room) {
      int written = _write(stream->_file, bytes + done, (unsigned)left);
      if (written <= 0) {
        stream->_flag |= kError;
        return done;
      }
      done += (size_t)written;
      continue;
    }
    size_t part = left < room ? left : room;
    memcpy(stream->_ptr, bytes + done, part);
    stream->_ptr += part;
    if (!(stream->_flag & (kDevice | kUnbuffered))) stream->_cnt -= (int)part;
    done += part;
    if (part == room && stream_send(stream)) return done - part;
  }
  return done;
}

size_t fwrite(const void* bytes, size_t size, size_t count, FILE* stream) {
  if (size == 0 || count == 0) return 0;
  _lock_file(stream);
  size_t written = write_bytes(stream, bytes, size * count);
  _unlock_file(stream);
  return written / size;
}

int fputs(const char* text, FILE* stream) {
  size_t length = strlen(text);
  return fwrite(text, 1, length, stream) == length ? 0 : EOF;
}

int puts(const char* text) {
  size_t length = strlen(text);
  _lock_file(stdout);
  int done = write_bytes(stdout, text, length) == length && stream_put('\n', stdout) != EOF;
  _unlock_file(stdout);
  return done ? 0 : EOF;
}

// What the buffer holds; then whole blocks past it, then a last buffer for the rest.
size_t fread(void* to, size_t size, size_t count, FILE* stream) {
  size_t wanted = size * count, got = 0;
  if (wanted == 0) return 0;
  while (got < wanted) {
    if (stream->_cnt > 0) {
      size_t part = (size_t)stream->_cnt < wanted - got ? (size_t)stream->_cnt : wanted - got;
      memcpy((char*)to + got, stream->_ptr, part);
      stream->_ptr += part;
      stream->_cnt -= (int)part;
      got += part;
      continue;
    }
    int character = _filbuf(stream);
    if (character == EOF) break;
    ((char*)to)[got++] = (char)character;
  }
  return got / size;
}

char* fgets(char* to, int room, FILE* stream) {
  char* at = to;
  if (room <= 0) return NULL;
  while (--room) {
    int character = stream_get(stream);
    if (character == EOF) {
      if (at == to || stream->_flag & kError) return NULL;
      break;
    }
    *at++ = (char)character;
    if (character == '\n') break;
  }
  *at = 0;
  return to;
}

char* gets(char* to) {
  char* at = to;
  int character;
  while ((character = stream_get(stdin)) != EOF && character != '\n') *at++ = (char)character;
  if (character == EOF && at == to) return NULL;
  *at = 0;
  return to;
}

int feof(FILE* stream) { return stream->_flag & kEnd; }
int ferror(FILE* stream) { return stream->_flag & kError; }
void clearerr(FILE* stream) { stream->_flag &= ~(kEnd | kError); }
int _fileno(FILE* stream) { return stream->_file; }

int _getw(FILE* stream) {
  int value;
  return fread(&value, sizeof value, 1, stream) == 1 ? value : EOF;
}

int _putw(int value, FILE* stream) { return fwrite(&value, sizeof value, 1, stream) == 1 ? value : EOF; }
