// The C library's files: text mode makes CR LF of LF and LF of CR LF and stops at Ctrl-Z, binary mode does
// nothing of the kind; positions count the file's bytes in both. Each file is shown as it lies on the disk.
#include <direct.h>
#include <errno.h>
#include <fcntl.h>
#include <io.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static void say(const char* what, int result) {
  if (result == -1) {
    printf("  %s: -1, errno %d\n", what, errno);
  } else {
    printf("  %s: %d\n", what, result);
  }
}

static void show_bytes(const char* name) {
  FILE* file = fopen(name, "rb");
  int character;
  printf("  %s:", name);
  if (!file) {
    printf(" errno %d\n", errno);
    return;
  }
  while ((character = fgetc(file)) != EOF) {
    if (character >= ' ' && character < 127) {
      printf(" %c", character);
    } else {
      printf(" %02x", character);
    }
  }
  puts("");
  fclose(file);
}

static void write_bytes(const char* name, const char* bytes, size_t size) {
  FILE* file = fopen(name, "wb");
  fwrite(bytes, 1, size, file);
  fclose(file);
}

static void writing(void) {
  puts("-- writing");
  FILE* file = fopen("text.txt", "w");
  fputs("one\ntwo\r\n", file);
  printf("  at %ld", ftell(file));
  fputs("three", file);
  printf(", then %ld\n", ftell(file));
  fclose(file);
  show_bytes("text.txt");
  file = fopen("binary.bin", "wb");
  fputs("one\ntwo\r\n", file);
  printf("  at %ld\n", ftell(file));
  fclose(file);
  show_bytes("binary.bin");
  file = fopen("text.txt", "a");
  fputs("\nfour\n", file);
  fclose(file);
  show_bytes("text.txt");
}

static void reading(void) {
  char line[64];
  puts("-- reading");
  write_bytes("mixed.txt", "a\r\nb\nc\rd\r\r\ne\x1a hidden\r\n", 22);
  show_bytes("mixed.txt");
  FILE* file = fopen("mixed.txt", "r");
  while (fgets(line, sizeof line, file)) {
    size_t length = strlen(line);
    printf("  line of %u, now at %ld:", (unsigned)length, ftell(file));
    for (size_t i = 0; i < length; ++i) printf(" %02x", (unsigned char)line[i]);
    puts("");
  }
  printf("  end %d, error %d\n", feof(file) != 0, ferror(file) != 0);
  fclose(file);
  file = fopen("mixed.txt", "rb");
  size_t all = fread(line, 1, sizeof line, file);
  printf("  in binary mode: %u bytes\n", (unsigned)all);
  fclose(file);
}

static void positions(void) {
  char text[16] = "";
  fpos_t mark;
  puts("-- positions");
  write_bytes("lines.txt", "11\r\n22\r\n33\r\n", 12);
  FILE* file = fopen("lines.txt", "r+");
  fgets(text, sizeof text, file);
  fgetpos(file, &mark);
  fgets(text, sizeof text, file);
  printf("  second line '%.2s', at %ld\n", text, ftell(file));
  fsetpos(file, &mark);
  fgets(text, sizeof text, file);
  printf("  again '%.2s'\n", text);
  fseek(file, 0, SEEK_CUR);
  fputs("XX", file);
  fflush(file);
  rewind(file);
  ungetc('!', file);
  int first = fgetc(file), second = fgetc(file);
  printf("  first characters '%c%c'\n", first, second);
  fseek(file, -4, SEEK_END);
  first = fgetc(file);
  printf("  near the end '%c', then at %ld\n", first, ftell(file));
  say("before the start", fseek(file, -100, SEEK_CUR));
  fclose(file);
  show_bytes("lines.txt");
}

static void append_and_update(void) {
  char text[32] = "";
  puts("-- append and update");
  FILE* file = fopen("log.txt", "a+b");
  fputs("first;", file);
  fseek(file, 0, SEEK_SET);
  printf("  read '%.*s'\n", (int)fread(text, 1, 5, file), text);
  fseek(file, 0, SEEK_SET);
  fputs("second;", file);
  fclose(file);
  show_bytes("log.txt");
  write_bytes("marked.txt", "text\x1a", 5);
  file = fopen("marked.txt", "r+");
  fseek(file, 0, SEEK_END);
  fputs("+", file);
  fclose(file);
  show_bytes("marked.txt");
  file = freopen("log.txt", "r", stdin);
  printf("  stdin reads '%s'\n", fgets(text, sizeof text, stdin));
  fclose(file);
}

static void low_level(void) {
  char text[32] = "";
  _mkdir("folder");
  puts("-- numbers");
  int file = _open("low.txt", _O_CREAT | _O_RDWR | _O_TRUNC | _O_TEXT, _S_IREAD | _S_IWRITE);
  printf("  wrote %d\n", _write(file, "a\nb\n", 4));
  printf("  length %ld, at %ld\n", _filelength(file), _tell(file));
  int copy = _dup(file);
  _lseek(copy, 0, SEEK_SET);
  int got = _read(file, text, sizeof text);
  printf("  both numbers share a position: read %d, at %ld\n", got, _tell(copy));
  _setmode(copy, _O_BINARY);
  _lseek(copy, 0, SEEK_SET);
  got = _read(copy, text, sizeof text);
  printf("  in binary mode: read %d, end %d\n", got, _eof(copy));
  _close(file);
  say("read a closed number", _read(file, text, 1));
  _chsize(copy, 3);
  printf("  cut to %ld\n", _filelength(copy));
  _close(copy);
  show_bytes("low.txt");
  say("exclusively", _open("low.txt", _O_CREAT | _O_EXCL | _O_RDWR, _S_IWRITE));
  say("a folder", _open("C:\\Folder", _O_RDONLY));
}

static void status(void) {
  struct _stat information;
  puts("-- status");
  write_bytes("tool.exe", "MZ", 2);
  static const char* const kNames[] = {"low.txt", "tool.exe", "folder", "none", "l*.txt"};
  for (int i = 0; i < 5; ++i) {
    if (_stat(kNames[i], &information) == 0) {
      printf("  %s: mode %o, size %ld\n", kNames[i], information.st_mode, (long)information.st_size);
    } else {
      printf("  %s: errno %d\n", kNames[i], errno);
    }
  }
  _chmod("low.txt", _S_IREAD);
  say("write what is read-only", _access("low.txt", 2));
  say("read it", _access("low.txt", 4));
  say("remove it", remove("low.txt"));
  _chmod("low.txt", _S_IREAD | _S_IWRITE);
  say("rename it", rename("low.txt", "renamed.txt"));
  say("onto what exists", rename("renamed.txt", "log.txt"));
  say("remove it", remove("renamed.txt"));
  say("rename what is gone", rename("renamed.txt", "low.txt"));
  FILE* file = tmpfile();
  fputs("temporary", file);
  printf("  tmpfile at %ld\n", ftell(file));
  fclose(file);
}

int main(void) {
  writing();
  reading();
  positions();
  append_and_update();
  low_level();
  status();
  return 0;
}
