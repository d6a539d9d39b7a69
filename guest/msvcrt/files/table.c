// The numbers of open files.
#include "guest/msvcrt/files/files.h"

enum { kBlockSize = 32, kBlocks = 64, kTableLock = 10 };

static File first_block[kBlockSize];
static File* blocks[kBlocks] = {first_block};

void _lock(int number);
void _unlock(int number);

// The standard handles come from the device's own streams, whose lines end as the host's do.
static int is_console(HANDLE handle, DWORD type) {
  DWORD device[2] = {0, 0};
  IoStatusBlock io;
  enum { kDeviceInformation = 4, kConsole = 0x50 };
  if (type != FILE_TYPE_CHAR) return 0;
  NtQueryVolumeInformationFile(handle, &io, device, sizeof device, kDeviceInformation);
  return device[0] == kConsole;
}

static void fill(File* file, HANDLE handle, int flags) {
  DWORD type = GetFileType(handle);
  *file = (File){.handle = handle,
                 .mode = flags & _O_TEXT ? _O_TEXT : _O_BINARY,
                 .append = (flags & _O_APPEND) != 0,
                 .held = kNothing,
                 .type = type,
                 .console = is_console(handle, type)};
}

static void open_standard_once(void) {
  static const DWORD kNames[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  static int opened;
  if (opened) return;
  opened = 1;
  for (int i = 0; i < 3; ++i) {
    HANDLE handle = GetStdHandle(kNames[i]);
    if (handle && handle != INVALID_HANDLE_VALUE) fill(&first_block[i], handle, _O_TEXT);
  }
}

File* file_of(int number) {
  open_standard_once();
  unsigned index = (unsigned)number;
  if (index < kBlocks * kBlockSize && blocks[index / kBlockSize]) {
    File* file = &blocks[index / kBlockSize][index % kBlockSize];
    if (file->handle) return file;
  }
  *__doserrno() = 0;
  *_errno() = EBADF;
  return NULL;
}

// The lowest free number; -1 when there is none.
static int take_number(void) {
  for (int i = 0; i < kBlocks; ++i) {
    if (!blocks[i]) blocks[i] = calloc(kBlockSize, sizeof(File));
    if (!blocks[i]) break;
    for (int j = 0; j < kBlockSize; ++j) {
      if (!blocks[i][j].handle) return i * kBlockSize + j;
    }
  }
  return -1;
}

int file_adopt(HANDLE handle, int flags) {
  open_standard_once();
  _lock(kTableLock);
  int number = take_number();
  if (number >= 0) fill(&blocks[number / kBlockSize][number % kBlockSize], handle, flags);
  _unlock(kTableLock);
  return number >= 0 ? number : crt_fail(EMFILE);
}

intptr_t _get_osfhandle(int number) {
  File* file = file_of(number);
  return file ? (intptr_t)file->handle : -1;
}

int _open_osfhandle(intptr_t handle, int flags) {
  if (GetFileType((HANDLE)handle) == FILE_TYPE_UNKNOWN) return crt_fail_from_system();
  return file_adopt((HANDLE)handle, flags);
}

int _close(int number) {
  File* file = file_of(number);
  if (!file) return -1;
  HANDLE handle = file->handle;
  file->handle = NULL;
  return CloseHandle(handle) ? 0 : crt_fail_from_system();
}

static HANDLE duplicate(const File* file) {
  enum { kSameAccess = 2, kInheritHandle = 2 };
  HANDLE copy = NULL;
  NTSTATUS status = NtDuplicateObject(NT_CURRENT_PROCESS, file->handle, NT_CURRENT_PROCESS, &copy, 0,
                                      kInheritHandle, kSameAccess);
  if (NT_SUCCESS(status)) return copy;
  crt_fail(EMFILE);
  return NULL;
}

static int flags_of(const File* file) { return file->mode | (file->append ? _O_APPEND : 0); }

int _dup(int number) {
  File* file = file_of(number);
  HANDLE copy = file ? duplicate(file) : NULL;
  if (!copy) return -1;
  int second = file_adopt(copy, flags_of(file));
  if (second < 0) CloseHandle(copy);
  return second;
}

// The place of a number that is to be taken, whatever is there; null when it is out of range.
static File* place_of(int number) {
  unsigned index = (unsigned)number;
  if (index >= kBlocks * kBlockSize) return NULL;
  File** block = &blocks[index / kBlockSize];
  if (!*block) *block = calloc(kBlockSize, sizeof(File));
  return *block ? &(*block)[index % kBlockSize] : NULL;
}

// The standard numbers carry the process's standard handles with them.
static void set_standard(int number, HANDLE handle) {
  static const DWORD kNames[] = {STD_INPUT_HANDLE, STD_OUTPUT_HANDLE, STD_ERROR_HANDLE};
  if (number < 3) SetStdHandle(kNames[number], handle);
}

int _dup2(int from, int to) {
  File* file = file_of(from);
  File* place = place_of(to);
  if (!file || !place) return crt_fail(EBADF);
  if (file == place) return 0;
  HANDLE copy = duplicate(file);
  if (!copy) return -1;
  if (place->handle) CloseHandle(place->handle);
  fill(place, copy, flags_of(file));
  set_standard(to, copy);
  return 0;
}

int _isatty(int number) {
  File* file = file_of(number);
  return file && file->type == FILE_TYPE_CHAR ? 0x40 : 0;
}

int _setmode(int number, int mode) {
  File* file = file_of(number);
  if (!file) return -1;
  if (mode != _O_TEXT && mode != _O_BINARY) return crt_fail(EINVAL);
  int old = file->mode;
  file->mode = mode;
  return old;
}

int _pipe(int* numbers, unsigned size, int mode) {
  HANDLE reading, writing;
  SECURITY_ATTRIBUTES security = {sizeof security, NULL, !(mode & _O_NOINHERIT)};
  if (!CreatePipe(&reading, &writing, &security, size)) return crt_fail_from_system();
  int text = mode & _O_TEXT || (!(mode & _O_BINARY) && *__p__fmode() != _O_BINARY) ? _O_TEXT : _O_BINARY;
  numbers[0] = file_adopt(reading, text);
  numbers[1] = numbers[0] >= 0 ? file_adopt(writing, text) : -1;
  if (numbers[1] >= 0) return 0;
  CloseHandle(writing);
  numbers[0] >= 0 ? (void)_close(numbers[0]) : (void)CloseHandle(reading);
  return -1;
}
