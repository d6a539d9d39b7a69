#include "guest/kernel32/image_search.h"

typedef struct Search {
  StartImage* start;
  void* context;
  NTSTATUS failure;  // the first, but a folder says more than nothing; STATUS_SUCCESS: none yet
} Search;

static BOOL not_there(NTSTATUS status) {
  return status == STATUS_OBJECT_NAME_NOT_FOUND || status == STATUS_OBJECT_PATH_NOT_FOUND ||
         status == STATUS_OBJECT_NAME_INVALID || status == STATUS_FILE_IS_A_DIRECTORY;
}

// False: there is nothing to start, go on.
static BOOL try_path(Search* search, const WCHAR* path, NTSTATUS* status) {
  *status = search->start(search->context, path);
  if (!not_there(*status)) return TRUE;
  if (!search->failure || *status == STATUS_FILE_IS_A_DIRECTORY) search->failure = *status;
  return FALSE;
}

static BOOL names_folder(const WCHAR* name) {
  for (; *name; ++name) {
    if (*name == '\\' || *name == '/' || *name == ':') return TRUE;
  }
  return FALSE;
}

static BOOL has_extension(const WCHAR* name) {
  BOOL dot = FALSE;
  for (; *name; ++name) dot = *name == '.' || (dot && *name != '\\' && *name != '/');
  return dot;
}

static BOOL try_completed(Search* search, const WCHAR* name, NTSTATUS* status) {
  WCHAR path[kLongestImagePath];
  DWORD length = GetFullPathNameW(name, kLongestImagePath, path, NULL);
  if (length && length < kLongestImagePath) return try_path(search, path, status);
  if (!search->failure) search->failure = STATUS_OBJECT_NAME_NOT_FOUND;
  return FALSE;
}

static BOOL try_in(Search* search, const WCHAR* folder, SIZE_T length, const WCHAR* name, NTSTATUS* status) {
  WCHAR path[kLongestImagePath];
  if (length == 0 || length + 1 + k32_wide_length(name) >= kLongestImagePath) return FALSE;
  memcpy(path, folder, length * sizeof *path);
  if (path[length - 1] != '\\') path[length++] = '\\';
  lstrcpyW(path + length, name);
  return try_completed(search, path, status);
}

// The folder that the calling program lies in.
static SIZE_T own_folder(const WCHAR** folder) {
  const UnicodeString* image = &k32_parameters()->ImagePathName;
  *folder = nt_pointer(image->Buffer);
  SIZE_T length = image->Length / sizeof(WCHAR);
  while (length && (*folder)[length - 1] != '\\') --length;
  return length;
}

static BOOL try_search_path(Search* search, const WCHAR* name, NTSTATUS* status) {
  DWORD room = GetEnvironmentVariableW(L"PATH", NULL, 0);
  WCHAR* folders = room ? RtlAllocateHeap(k32_heap(), 0, room * sizeof *folders) : NULL;
  BOOL found = FALSE;
  if (!folders) return FALSE;
  folders[0] = 0;
  GetEnvironmentVariableW(L"PATH", folders, room);
  for (const WCHAR* at = folders; *at && !found;) {
    SIZE_T length = 0;
    while (at[length] && at[length] != ';') ++length;
    found = try_in(search, at, length, name, status);
    at += length + (at[length] != 0);
  }
  k32_free(folders);
  return found;
}

// For a name without a folder.
static BOOL try_everywhere(Search* search, const WCHAR* name, NTSTATUS* status) {
  static const WCHAR kWindows[] = L"C:\\Windows", kSystem[] = L"C:\\Windows\\System32",
                     kOldSystem[] = L"C:\\Windows\\System";
  const WCHAR* own;
  SIZE_T own_length = own_folder(&own);
  return try_in(search, own, own_length, name, status) || try_completed(search, name, status) ||
         try_in(search, kSystem, sizeof kSystem / sizeof *kSystem - 1, name, status) ||
         try_in(search, kOldSystem, sizeof kOldSystem / sizeof *kOldSystem - 1, name, status) ||
         try_in(search, kWindows, sizeof kWindows / sizeof *kWindows - 1, name, status) ||
         try_search_path(search, name, status);
}

// A name of a command line, which need not have an extension.
static BOOL try_name(Search* search, const WCHAR* name, SIZE_T length, NTSTATUS* status) {
  static const WCHAR kExtension[] = L".exe";
  WCHAR completed[kLongestImagePath];
  if (length + sizeof kExtension / sizeof *kExtension > kLongestImagePath) return FALSE;
  memcpy(completed, name, length * sizeof *name);
  completed[length] = 0;
  if (!has_extension(completed)) lstrcpyW(completed + length, kExtension);
  return names_folder(completed) ? try_completed(search, completed, status)
                                 : try_everywhere(search, completed, status);
}

static BOOL blank(WCHAR unit) { return unit == ' ' || unit == '\t'; }

// The name is what stands in quotation marks, or else the first word, the first two words, and so on.
static BOOL try_line(Search* search, const WCHAR* line, NTSTATUS* status) {
  SIZE_T length = 0;
  while (blank(*line)) ++line;
  if (*line == '"') {
    while (line[length + 1] && line[length + 1] != '"') ++length;
    return length && try_name(search, line + 1, length, status);
  }
  while (line[length] && length < kLongestImagePath) {
    while (line[length] && !blank(line[length])) ++length;
    if (try_name(search, line, length, status)) return TRUE;
    while (blank(line[length])) ++length;
  }
  return FALSE;
}

NTSTATUS k32_start_image(const WCHAR* application, const WCHAR* line, StartImage* start, void* context) {
  Search search = {start, context, STATUS_SUCCESS};
  NTSTATUS status;
  BOOL found = application ? try_completed(&search, application, &status) : try_line(&search, line, &status);
  if (found) return status;
  return search.failure ? search.failure : STATUS_OBJECT_NAME_NOT_FOUND;
}
