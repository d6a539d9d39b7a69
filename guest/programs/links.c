// Hard links, the times of files, and the volume that files lie on. Needs a disk that takes changes.
#include <errno.h>
#include <string.h>
#include <sys/utime.h>
#include <windows.h>

#include "check.h"

static void make_file(const char* name, const char* text) {
  DWORD written;
  HANDLE file = CreateFileA(name, GENERIC_WRITE, 0, NULL, CREATE_NEW, 0, NULL);
  check(file != INVALID_HANDLE_VALUE && WriteFile(file, text, (DWORD)strlen(text), &written, NULL), name);
  CloseHandle(file);
}

static int refused(BOOL done, DWORD error) { return !done && GetLastError() == error; }

static BY_HANDLE_FILE_INFORMATION information_of(const char* name) {
  BY_HANDLE_FILE_INFORMATION information = {0};
  HANDLE file = CreateFileA(name, 0, 7, NULL, OPEN_EXISTING, 0, NULL);
  GetFileInformationByHandle(file, &information);
  CloseHandle(file);
  return information;
}

static void links(void) {
  make_file("first", "text");
  CreateDirectoryA("folder", NULL);
  check(CreateHardLinkA("folder\\second", "first", NULL), "a second name");
  BY_HANDLE_FILE_INFORMATION first = information_of("first"), second = information_of("folder\\second");
  check(first.nNumberOfLinks == 2 && second.nNumberOfLinks == 2, "both say 2");
  check(first.nFileIndexLow == second.nFileIndexLow && second.nFileSizeLow == 4, "it is the same file");
  check(refused(CreateHardLinkA("folder\\second", "first", NULL), ERROR_ALREADY_EXISTS),
        "a name that is taken");
  check(refused(CreateHardLinkA("third", "none", NULL), ERROR_FILE_NOT_FOUND), "a name for nothing");
  check(refused(CreateHardLinkA("none\\third", "first", NULL), ERROR_PATH_NOT_FOUND), "a name nowhere");
  check(refused(CreateHardLinkA("third", "folder", NULL), ERROR_ACCESS_DENIED), "a name for a folder");
  check(refused(CreateHardLinkA("D:\\third", "first", NULL), ERROR_PATH_NOT_FOUND),
        "a name on another drive");
  HANDLE open = CreateFileA("first", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
  check(DeleteFileA("first"), "the first name goes");
  check(refused(DeleteFileA("first"), ERROR_ACCESS_DENIED), "it is going already");
  check(information_of("folder\\second").nNumberOfLinks == 1, "the other says 1");
  CloseHandle(open);
  check(refused(DeleteFileA("first"), ERROR_FILE_NOT_FOUND), "it is gone");
  char text[5] = "";
  DWORD read = 0;
  open = CreateFileA("folder\\second", GENERIC_READ, 7, NULL, OPEN_EXISTING, 0, NULL);
  check(ReadFile(open, text, 4, &read, NULL) && strcmp(text, "text") == 0, "the content is not");
  CloseHandle(open);
}

static void times(void) {
  struct __utimbuf32 when = {1000000000, 1234567890};
  struct __utimbuf64 later = {4000000000ll, 5000000000ll};
  check(_utime32("folder\\second", &when) == 0, "times of 32 bits");
  FILETIME written = information_of("folder\\second").ftLastWriteTime;
  unsigned long long ticks = (unsigned long long)written.dwHighDateTime << 32 | written.dwLowDateTime;
  check(ticks == (1234567890ull + 11644473600ull) * 10000000, "it is what was given");
  check(_wutime64(L"folder\\second", &later) == 0, "times of 64 bits");
  check(_utime64("folder\\second", NULL) == 0, "now");
  check(_utime32("none", &when) == -1 && errno == ENOENT, "of nothing");
  check(_utime32("folder", &when) == -1 && errno == EACCES, "of a folder");
  later.modtime = -1;
  check(_utime64("folder\\second", &later) == -1 && errno == EINVAL, "before 1970");
}

static void volumes(void) {
  char name[MAX_PATH], label[8], system[8];
  DWORD serial, longest, flags;
  HANDLE search = FindFirstVolumeA(name, sizeof name);
  check(search != INVALID_HANDLE_VALUE && strncmp(name, "\\\\?\\Volume{", 11) == 0 && strlen(name) == 49,
        "a volume's name");
  check(GetVolumeInformationA(name, label, sizeof label, &serial, &longest, &flags, system, sizeof system),
        "what it says of itself");
  check(strcmp(system, "NTFS") == 0 && longest == 255 && flags & FILE_SUPPORTS_HARD_LINKS, "the file system");
  check(serial == information_of("folder\\second").dwVolumeSerialNumber, "its number is that of its files");
  strcat(name, "folder\\second");
  check(GetFileAttributesA(name) != INVALID_FILE_ATTRIBUTES, "a file by the volume's name");
  check(refused(FindNextVolumeA(search, name, sizeof name), ERROR_NO_MORE_FILES), "no other volume");
  check(FindVolumeClose(search), "the search ends");
  check(FindFirstVolumeA(name, 49) == INVALID_HANDLE_VALUE && GetLastError() == ERROR_FILENAME_EXCED_RANGE,
        "too little room for the name");
  check(GetVolumeInformationA(NULL, NULL, 0, &serial, NULL, NULL, NULL, 0), "the current directory's volume");
  check(GetVolumeInformationA("C:\\", NULL, 0, &serial, NULL, NULL, NULL, 0), "C:\\");
  check(refused(GetVolumeInformationA("C:", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_INVALID_NAME),
        "C: without its backslash");
  check(
      refused(GetVolumeInformationA("C:\\folder\\", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_DIR_NOT_ROOT),
      "a folder");
  check(refused(GetVolumeInformationA("D:\\", NULL, 0, NULL, NULL, NULL, NULL, 0), ERROR_PATH_NOT_FOUND),
        "another drive");
  check(refused(GetVolumeInformationA("C:\\", NULL, 0, NULL, NULL, NULL, system, 4), ERROR_MORE_DATA),
        "too little room for NTFS");
}

int main(void) {
  links();
  times();
  volumes();
  return failures;
}
