// errno's texts, and system errors as errno values ("errno constants", "_doserrno", Microsoft).
#include "guest/msvcrt/msvcrt.h"

extern char* crt_error_texts[];
extern int crt_error_count;
char* crt_error_texts[] = {
    "No error",
    "Operation not permitted",
    "No such file or directory",
    "No such process",
    "Interrupted function call",
    "Input/output error",
    "No such device or address",
    "Arg list too long",
    "Exec format error",
    "Bad file descriptor",
    "No child processes",
    "Resource temporarily unavailable",
    "Not enough space",
    "Permission denied",
    "Bad address",
    "Unknown error",
    "Resource device",
    "File exists",
    "Improper link",
    "No such device",
    "Not a directory",
    "Is a directory",
    "Invalid argument",
    "Too many open files in system",
    "Too many open files",
    "Inappropriate I/O control operation",
    "Unknown error",
    "File too large",
    "No space left on device",
    "Invalid seek",
    "Read-only file system",
    "Too many links",
    "Broken pipe",
    "Domain error",
    "Result too large",
    "Unknown error",
    "Resource deadlock avoided",
    "Unknown error",
    "Filename too long",
    "No locks available",
    "Function not implemented",
    "Directory not empty",
    "Illegal byte sequence",
    "Unknown error",
};

int crt_error_count = sizeof crt_error_texts / sizeof *crt_error_texts - 1;

char* strerror(int error) {
  return crt_error_texts[error >= 0 && error < crt_error_count ? error : crt_error_count];
}

errno_t strerror_s(char* to, size_t room, int error) {
  return strncpy_s(to, room, strerror(error), _TRUNCATE) ? 0 : 0;
}

char* _strerror(const char* prefix) {
  char* text = crt_thread()->message;
  _snprintf(text, sizeof crt_thread()->message - 1, "%s%s%s\n", prefix ? prefix : "", prefix ? ": " : "",
            strerror(*_errno()));
  return text;
}

wchar_t* _wcserror(int error) {
  wchar_t* text = crt_thread()->wide_message;
  mbstowcs(text, strerror(error), sizeof crt_thread()->wide_message / sizeof *text);
  return text;
}

void perror(const char* prefix) {
  if (prefix && *prefix) fprintf(stderr, "%s: ", prefix);
  fprintf(stderr, "%s\n", strerror(*_errno()));
}

// "_doserrno, errno, _sys_errlist, and _sys_nerr", Microsoft; in ranges where neighbours mean the same.
static const struct {
  DWORD first, last;
  int error;
} kErrors[] = {
    {ERROR_FILE_NOT_FOUND, ERROR_PATH_NOT_FOUND, ENOENT},
    {ERROR_TOO_MANY_OPEN_FILES, ERROR_TOO_MANY_OPEN_FILES, EMFILE},
    {ERROR_ACCESS_DENIED, ERROR_ACCESS_DENIED, EACCES},
    {ERROR_INVALID_HANDLE, ERROR_INVALID_HANDLE, EBADF},
    {ERROR_ARENA_TRASHED, ERROR_INVALID_BLOCK, ENOMEM},
    {ERROR_BAD_ENVIRONMENT, ERROR_BAD_ENVIRONMENT, E2BIG},
    {ERROR_BAD_FORMAT, ERROR_BAD_FORMAT, ENOEXEC},
    {ERROR_INVALID_DRIVE, ERROR_INVALID_DRIVE, ENOENT},
    {ERROR_CURRENT_DIRECTORY, ERROR_CURRENT_DIRECTORY, EACCES},
    {ERROR_NOT_SAME_DEVICE, ERROR_NOT_SAME_DEVICE, EXDEV},
    {ERROR_NO_MORE_FILES, ERROR_NO_MORE_FILES, ENOENT},
    {ERROR_WRITE_PROTECT, ERROR_SHARING_BUFFER_EXCEEDED, EACCES},
    {ERROR_FILE_EXISTS, ERROR_FILE_EXISTS, EEXIST},
    {ERROR_CANNOT_MAKE, ERROR_FAIL_I24, EACCES},
    {ERROR_BROKEN_PIPE, ERROR_BROKEN_PIPE, EPIPE},
    {ERROR_DISK_FULL, ERROR_DISK_FULL, ENOSPC},
    {ERROR_DIR_NOT_EMPTY, ERROR_DIR_NOT_EMPTY, ENOTEMPTY},
    {ERROR_BAD_PATHNAME, ERROR_BAD_PATHNAME, ENOENT},
    {ERROR_ALREADY_EXISTS, ERROR_ALREADY_EXISTS, EEXIST},
    {ERROR_FILENAME_EXCED_RANGE, ERROR_FILENAME_EXCED_RANGE, ENOENT},
    {ERROR_NO_DATA, ERROR_NO_DATA, EPIPE},
    {ERROR_COMMITMENT_LIMIT, ERROR_COMMITMENT_LIMIT, ENOMEM},
};

int crt_fail_from_system(void) {
  DWORD system = GetLastError();
  *__doserrno() = system;
  for (size_t i = 0; i < sizeof kErrors / sizeof *kErrors; ++i) {
    if (system >= kErrors[i].first && system <= kErrors[i].last) return crt_fail(kErrors[i].error);
  }
  return crt_fail(EINVAL);
}

int _getpid(void);
int _getpid(void) { return (int)GetCurrentProcessId(); }

void _sleep(unsigned long milliseconds);
void _sleep(unsigned long milliseconds) { Sleep(milliseconds); }

void _beep(unsigned frequency, unsigned duration);
void _beep(unsigned frequency, unsigned duration) { (void)frequency, Sleep(duration); }

int system(const char* command) { return command ? crt_fail(ENOENT) : 0; }
