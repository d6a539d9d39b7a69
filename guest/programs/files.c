// Files through the Win32 API, in C:\: created, written, sought, read back, appended to, shared and not
// shared, renamed, copied and deleted; what each call that must fail says. Each line is what happened, and
// "ok" or the error's number.
#include <stdio.h>
#include <string.h>
#include <windows.h>

static void say(const char* what, BOOL done) {
  if (done) {
    printf("%s: ok\n", what);
  } else {
    printf("%s: error %lu\n", what, GetLastError());
  }
}

static HANDLE open_file(const char* what, const char* name, DWORD access, DWORD share, DWORD creation) {
  SetLastError(12345);
  HANDLE file = CreateFileA(name, access, share, NULL, creation, FILE_ATTRIBUTE_NORMAL, NULL);
  DWORD error = GetLastError();
  if (file == INVALID_HANDLE_VALUE) {
    printf("%s: error %lu\n", what, error);
  } else {
    printf("%s: ok%s\n", what, error == ERROR_ALREADY_EXISTS ? ", it existed" : "");
  }
  return file;
}

static void write_text(HANDLE file, const char* text) {
  DWORD written = 0;
  BOOL done = WriteFile(file, text, (DWORD)strlen(text), &written, NULL);
  if (done) printf("  wrote %lu\n", written);
  if (!done) printf("  write: error %lu\n", GetLastError());
}

static void read_text(HANDLE file, DWORD size) {
  char text[65] = "";
  DWORD read = 0;
  if (ReadFile(file, text, size, &read, NULL)) {
    printf("  read %lu: '%.*s'\n", read, (int)read, text);
  } else {
    printf("  read: error %lu\n", GetLastError());
  }
}

static void seek(HANDLE file, LONG distance, DWORD from) {
  DWORD position = SetFilePointer(file, distance, NULL, from);
  if (position == INVALID_SET_FILE_POINTER && GetLastError()) {
    printf("  seek: error %lu\n", GetLastError());
  } else {
    printf("  at %lu\n", position);
  }
}

static void create_and_read_back(void) {
  puts("-- create, write, seek, read");
  HANDLE file = open_file("create a.txt", "a.txt", GENERIC_READ | GENERIC_WRITE, 0, CREATE_NEW);
  write_text(file, "hello, world");
  seek(file, -5, FILE_CURRENT);
  read_text(file, 64);
  read_text(file, 64);
  seek(file, 0, FILE_BEGIN);
  write_text(file, "J");
  seek(file, 0, FILE_BEGIN);
  read_text(file, 5);
  seek(file, -1, FILE_BEGIN);
  seek(file, 4, FILE_END);
  write_text(file, "!");
  printf("  size %lu\n", GetFileSize(file, NULL));
  OVERLAPPED at = {.Offset = 12};
  char gap[5];
  DWORD read = 0;
  say("  read at 12", ReadFile(file, gap, 5, &read, &at));
  printf("  %lu bytes, the gap is zeros: %s\n", read, memcmp(gap, "\0\0\0\0!", 5) == 0 ? "yes" : "no");
  at.Offset = 100;
  say("  read past the end with an offset", ReadFile(file, gap, 5, &read, &at));
  seek(file, 5, FILE_BEGIN);
  say("  cut here", SetEndOfFile(file));
  printf("  size %lu\n", GetFileSize(file, NULL));
  say("  flush", FlushFileBuffers(file));
  printf("  type %lu\n", GetFileType(file));
  CloseHandle(file);
  say("write after close", WriteFile(file, "x", 1, &read, NULL));
}

static void dispositions(void) {
  puts("-- dispositions");
  CloseHandle(open_file("CREATE_NEW on what exists", "A.TXT", GENERIC_WRITE, 0, CREATE_NEW));
  CloseHandle(open_file("OPEN_EXISTING on what does not", "none.txt", GENERIC_READ, 0, OPEN_EXISTING));
  CloseHandle(
      open_file("OPEN_EXISTING in a folder that does not", "none\\a.txt", GENERIC_READ, 0, OPEN_EXISTING));
  CloseHandle(open_file("OPEN_ALWAYS on what exists", "a.txt", GENERIC_READ, 0, OPEN_ALWAYS));
  CloseHandle(open_file("OPEN_ALWAYS on what does not", "b.txt", GENERIC_READ, 0, OPEN_ALWAYS));
  CloseHandle(open_file("TRUNCATE_EXISTING without writing", "a.txt", GENERIC_READ, 0, TRUNCATE_EXISTING));
  CloseHandle(
      open_file("TRUNCATE_EXISTING on what does not exist", "none.txt", GENERIC_WRITE, 0, TRUNCATE_EXISTING));
  HANDLE file = open_file("CREATE_ALWAYS on what exists", "b.txt", GENERIC_WRITE, 0, CREATE_ALWAYS);
  write_text(file, "bee");
  read_text(file, 3);
  CloseHandle(file);
  file = open_file("TRUNCATE_EXISTING", "b.txt", GENERIC_WRITE, 0, TRUNCATE_EXISTING);
  printf("  size %lu\n", GetFileSize(file, NULL));
  CloseHandle(file);
  CloseHandle(open_file("a disposition of 9", "b.txt", GENERIC_READ, 0, 9));
  CloseHandle(open_file("a folder as a file", "C:\\", GENERIC_READ, 0, OPEN_EXISTING));
}

static void append(void) {
  puts("-- append-only access");
  HANDLE file = open_file("append to a.txt", "a.txt", FILE_APPEND_DATA, 0, OPEN_EXISTING);
  seek(file, 0, FILE_BEGIN);
  write_text(file, "+1");
  seek(file, 0, FILE_BEGIN);
  write_text(file, "+2");
  read_text(file, 1);
  CloseHandle(file);
  file = open_file("read a.txt", "a.txt", GENERIC_READ, 0, OPEN_EXISTING);
  read_text(file, 64);
  write_text(file, "x");
  CloseHandle(file);
}

static void shares(void) {
  puts("-- share modes");
  HANDLE first = open_file("reads, shares reading", "a.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  CloseHandle(
      open_file("another reader that shares reading", "a.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING));
  CloseHandle(open_file("another reader that shares nothing", "a.txt", GENERIC_READ, 0, OPEN_EXISTING));
  CloseHandle(
      open_file("a writer", "a.txt", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE, OPEN_EXISTING));
  CloseHandle(open_file("who asks for no data", "a.txt", 0, 0, OPEN_EXISTING));
  say("delete what is open", DeleteFileA("a.txt"));
  CloseHandle(first);
  first = open_file("reads, shares deleting", "a.txt", GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE,
                    OPEN_EXISTING);
  say("delete it", DeleteFileA("a.txt"));
  CloseHandle(open_file("make what is being deleted", "a.txt", GENERIC_WRITE, 7, CREATE_NEW));
  CloseHandle(open_file("open what is being deleted", "a.txt", GENERIC_READ, 7, OPEN_EXISTING));
  read_text(first, 4);
  CloseHandle(first);
  CloseHandle(open_file("open it when nobody has it any more", "a.txt", GENERIC_READ, 7, OPEN_EXISTING));
}

static void moves(void) {
  puts("-- move, copy, delete");
  HANDLE file = open_file("create c.txt", "c.txt", GENERIC_WRITE, 0, CREATE_NEW);
  write_text(file, "sea");
  CloseHandle(file);
  say("move it onto b.txt", MoveFileA("c.txt", "b.txt"));
  say("move it onto b.txt, replacing", MoveFileExA("c.txt", "b.txt", MOVEFILE_REPLACE_EXISTING));
  say("move what is not there", MoveFileA("c.txt", "d.txt"));
  say("change the case of its name", MoveFileA("b.txt", "B.Txt"));
  say("copy it", CopyFileA("b.txt", "copy.txt", TRUE));
  say("copy it again", CopyFileA("b.txt", "copy.txt", TRUE));
  say("copy it again, replacing", CopyFileA("b.txt", "copy.txt", FALSE));
  file = open_file("read the copy", "copy.txt", GENERIC_READ, 0, OPEN_EXISTING);
  read_text(file, 64);
  CloseHandle(file);
  file = CreateFileA("gone.txt", GENERIC_WRITE, 0, NULL, CREATE_NEW, FILE_FLAG_DELETE_ON_CLOSE, NULL);
  printf("delete on close: there %d,", GetFileAttributesA("gone.txt") != INVALID_FILE_ATTRIBUTES);
  CloseHandle(file);
  printf(" then %d\n", GetFileAttributesA("gone.txt") != INVALID_FILE_ATTRIBUTES);
  say("make the copy read-only", SetFileAttributesA("copy.txt", FILE_ATTRIBUTE_READONLY));
  printf("  attributes %#lx\n", GetFileAttributesA("copy.txt"));
  CloseHandle(open_file("write to it", "copy.txt", GENERIC_WRITE, 0, OPEN_EXISTING));
  say("delete it", DeleteFileA("copy.txt"));
  say("make it an ordinary file", SetFileAttributesA("copy.txt", FILE_ATTRIBUTE_NORMAL));
  say("delete it", DeleteFileA("copy.txt"));
  say("delete it again", DeleteFileA("copy.txt"));
}

static void names(void) {
  puts("-- names");
  CloseHandle(open_file("a wildcard", "a*.txt", GENERIC_WRITE, 0, CREATE_NEW));
  CloseHandle(open_file("a stream", "a.txt:stream", GENERIC_WRITE, 0, CREATE_NEW));
  CloseHandle(open_file("nothing", "", GENERIC_READ, 0, OPEN_EXISTING));
  CloseHandle(open_file("dots and spaces at the end", "dots.txt. . ", GENERIC_WRITE, 0, CREATE_NEW));
  CloseHandle(open_file("without them", "DOTS.TXT", GENERIC_READ, 0, OPEN_EXISTING));
  HANDLE nul =
      open_file("nul.txt is NUL", "C:\\folder\\nul.txt", GENERIC_READ | GENERIC_WRITE, 0, OPEN_EXISTING);
  write_text(nul, "swallowed");
  read_text(nul, 8);
  printf("  type %lu\n", GetFileType(nul));
  printf("  attributes of NUL %#lx, of CON %#lx\n", GetFileAttributesA("NUL"), GetFileAttributesA("CON"));
  CloseHandle(nul);
  CloseHandle(open_file("another drive", "D:\\a.txt", GENERIC_READ, 0, OPEN_EXISTING));
  say("delete dots.txt", DeleteFileA("dots.txt"));
}

static void information(void) {
  puts("-- information");
  BY_HANDLE_FILE_INFORMATION first, second;
  HANDLE file = open_file("open B.Txt", "b.txt", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  HANDLE again = open_file("again", "B.TXT", GENERIC_READ, FILE_SHARE_READ, OPEN_EXISTING);
  say("by handle", GetFileInformationByHandle(file, &first) && GetFileInformationByHandle(again, &second));
  printf("  size %lu, links %lu, attributes %#lx, the same file: %s\n", first.nFileSizeLow,
         first.nNumberOfLinks, first.dwFileAttributes,
         first.nFileIndexLow == second.nFileIndexLow ? "yes" : "no");
  FILETIME written, now;
  GetFileTime(file, NULL, NULL, &written);
  GetSystemTimeAsFileTime(&now);
  printf("  written before now: %s\n", CompareFileTime(&written, &now) <= 0 ? "yes" : "no");
  CloseHandle(again);
  CloseHandle(file);
  DWORD size = GetFileSize(file, NULL);
  printf("size of a closed handle: %lu, error %lu\n", size, GetLastError());
}

int main(void) {
  create_and_read_back();
  dispositions();
  append();
  shares();
  moves();
  names();
  information();
  return 0;
}
