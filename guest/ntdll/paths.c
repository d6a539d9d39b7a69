// Paths as programs write them: what kind they are, their full form, and the name in the object namespace
// ("File path formats on Windows systems", "Naming Files, Paths, and Namespaces", Microsoft).
#include "guest/ntdll/files.h"
#include "guest/runtime/memory.h"

enum { kPrefix = 4 };  // characters of each device prefix: two slashes, . or ?, one slash

static HANDLE process_heap(void) { return nt_pointer(nt_peb()->ProcessHeap); }
static ProcessParameters* parameters(void) { return nt_pointer(nt_peb()->ProcessParameters); }

static BOOLEAN separator(WCHAR unit) { return unit == '\\' || unit == '/'; }

static ULONG length_of(const WCHAR* text) {
  ULONG length = 0;
  while (text[length]) ++length;
  return length;
}

ULONG NTAPI RtlDetermineDosPathNameType_U(const WCHAR* path) {
  if (separator(path[0])) {
    if (!separator(path[1])) return kPathRooted;
    if (path[2] != '.' && path[2] != '?') return kPathUnc;
    if (separator(path[3])) return kPathLocalDevice;
    return path[3] ? kPathUnc : kPathRootLocalDevice;
  }
  if (!path[0] || path[1] != ':') return kPathRelative;
  return separator(path[2]) ? kPathDriveAbsolute : kPathDriveRelative;
}

// --- Reserved names: CON, PRN, AUX, NUL, COM1-9, LPT1-9, CONIN$ and CONOUT$, also with an extension.

static BOOLEAN same_letters(const WCHAR* text, const char* name, ULONG length) {
  for (ULONG i = 0; i < length; ++i) {
    if (RtlUpcaseUnicodeChar(text[i]) != (WCHAR)name[i]) return FALSE;
  }
  return TRUE;
}

static BOOLEAN reserved(const WCHAR* name, ULONG length) {
  static const char* const kNames[] = {"CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"};
  for (ULONG i = 0; i < sizeof kNames / sizeof *kNames; ++i) {
    if (length == strlen(kNames[i]) && same_letters(name, kNames[i], length)) return TRUE;
  }
  BOOLEAN port = length == 4 && (same_letters(name, "COM", 3) || same_letters(name, "LPT", 3));
  return port && name[3] >= '1' && name[3] <= '9';
}

// The last component up to its first dot or colon, without spaces at its end.
ULONG NTAPI RtlIsDosDeviceName_U(const WCHAR* path) {
  ULONG type = RtlDetermineDosPathNameType_U(path), end = length_of(path), start;
  if (type == kPathUnc || type == kPathLocalDevice || type == kPathRootLocalDevice) return 0;
  if (end && path[end - 1] == ':') --end;
  for (start = end; start && !separator(path[start - 1]) && path[start - 1] != ':'; --start) {
  }
  ULONG stop = start;
  while (stop < end && path[stop] != '.' && path[stop] != ':') ++stop;
  while (stop > start && path[stop - 1] == ' ') --stop;
  if (!reserved(path + start, stop - start)) return 0;
  return start * sizeof *path << 16 | (stop - start) * sizeof *path;
}

// --- The full form.

typedef struct Builder {
  WCHAR* text;
  ULONG length;
  ULONG root;  // what ".." does not remove
} Builder;

static void append(Builder* to, const WCHAR* text, ULONG length) {
  memcpy(to->text + to->length, text, length * sizeof *text);
  to->length += length;
}

static void append_separator(Builder* to) {
  if (to->length == 0 || to->text[to->length - 1] != '\\') append(to, L"\\", 1);
}

static void drop_component(Builder* to) {
  while (to->length > to->root && to->text[to->length - 1] == '\\') --to->length;
  while (to->length > to->root && to->text[to->length - 1] != '\\') --to->length;
}

// One component: "." and ".." are worked off, a single dot at its end is dropped.
static void append_component(Builder* to, const WCHAR* text, ULONG length) {
  if (length == 1 && text[0] == '.') return;
  if (length == 2 && text[0] == '.' && text[1] == '.') {
    drop_component(to);
    return;
  }
  if (length > 1 && text[length - 1] == '.' && text[length - 2] != '.') --length;
  append_separator(to);
  append(to, text, length);
}

static void append_components(Builder* to, const WCHAR* text) {
  while (*text) {
    ULONG length = 0;
    while (text[length] && !separator(text[length])) ++length;
    if (length) append_component(to, text, length);
    text += length;
    if (!*text) return;
    while (separator(*text)) ++text;
    if (!*text) append_separator(to);
  }
}

// Dots and spaces at the end of the whole path belong to no name.
static void trim_end(Builder* to) {
  while (to->length > to->root && (to->text[to->length - 1] == '.' || to->text[to->length - 1] == ' '))
    --to->length;
}

static void set_root(Builder* to, const WCHAR* root, ULONG length) {
  append(to, root, length);
  to->root = to->length;
}

static void start_in_current_directory(Builder* to) {
  const UnicodeString* directory = &parameters()->CurrentDirectory;
  append(to, nt_pointer(directory->Buffer), directory->Length / sizeof(WCHAR));
  to->root = 3;  // "C:" and its backslash
}

static WCHAR current_drive(void) {
  const WCHAR* directory = nt_pointer(parameters()->CurrentDirectory.Buffer);
  return RtlUpcaseUnicodeChar(directory[0]);
}

static void start_at_drive(Builder* to, WCHAR drive) {
  const WCHAR root[3] = {drive, ':', '\\'};
  set_root(to, root, 3);
}

// The server and the share are the root: \\server\share.
static const WCHAR* start_at_share(Builder* to, const WCHAR* path) {
  append(to, L"\\\\", 2);
  path += 2;
  for (int part = 0; part < 2 && *path; ++part) {
    if (part) append(to, L"\\", 1);
    while (*path && !separator(*path)) append(to, path++, 1);
    while (separator(*path)) ++path;
  }
  to->root = to->length;
  return path;
}

static void build(Builder* to, const WCHAR* path, ULONG type) {
  switch (type) {
    case kPathDriveAbsolute:
      start_at_drive(to, path[0]);
      path += 3;
      break;
    case kPathDriveRelative:
      if (RtlUpcaseUnicodeChar(path[0]) == current_drive()) {
        start_in_current_directory(to);
      } else {
        start_at_drive(to, path[0]);
      }
      path += 2;
      break;
    case kPathRooted:
      start_at_drive(to, current_drive());
      ++path;
      break;
    case kPathRelative: start_in_current_directory(to); break;
    case kPathUnc: path = start_at_share(to, path); break;
    default:
      set_root(to, path[2] == '?' ? L"\\\\?\\" : L"\\\\.\\", kPrefix);
      path += type == kPathRootLocalDevice ? 3 : kPrefix;
      break;
  }
  append_components(to, path);
  if (!separator(to->text[to->length - 1])) trim_end(to);
}

static void build_device(Builder* to, const WCHAR* path, ULONG device) {
  set_root(to, L"\\\\.\\", kPrefix);
  append(to, path + (device >> 16) / sizeof *path, (device & 0xffff) / sizeof *path);
}

// The full form in a buffer from the heap; false without memory.
static BOOLEAN make_full(Builder* full, const WCHAR* path) {
  // All of both, a device's prefix or a drive, and a backslash at the end.
  ULONG room = length_of(path) + parameters()->CurrentDirectory.Length / sizeof *path + kPrefix + 4;
  *full = (Builder){.text = RtlAllocateHeap(process_heap(), 0, room * sizeof *path)};
  if (!full->text) return FALSE;
  ULONG device = RtlIsDosDeviceName_U(path);
  if (device) {
    build_device(full, path, device);
  } else {
    build(full, path, RtlDetermineDosPathNameType_U(path));
  }
  full->text[full->length] = 0;
  return TRUE;
}

static BOOLEAN blank(const WCHAR* path) {
  while (*path == ' ') ++path;
  return !*path;
}

static WCHAR* last_part(WCHAR* full, ULONG length, ULONG root) {
  ULONG at = length;
  while (at > root && full[at - 1] != '\\') --at;
  return at == length ? NULL : full + at;
}

ULONG NTAPI RtlGetFullPathName_U(const WCHAR* path, ULONG size, WCHAR* buffer, WCHAR** file_part) {
  Builder full;
  if (file_part) *file_part = NULL;
  if (!path || blank(path) || !make_full(&full, path)) return 0;
  ULONG bytes = full.length * sizeof(WCHAR);
  if (bytes + sizeof(WCHAR) > size) {
    bytes += sizeof(WCHAR);
  } else {
    memcpy(buffer, full.text, bytes + sizeof(WCHAR));
    if (file_part) *file_part = last_part(buffer, full.length, full.root);
  }
  RtlFreeHeap(process_heap(), 0, full.text);
  return bytes;
}

// --- Names in the object namespace.

static BOOLEAN make_nt_name(NtUnicodeString* to, const WCHAR* prefix, const WCHAR* rest) {
  ULONG prefix_length = length_of(prefix), length = length_of(rest);
  ULONG bytes = (prefix_length + length + 1) * sizeof(WCHAR);
  if (bytes > 0xfffe) return FALSE;
  to->Buffer = RtlAllocateHeap(process_heap(), 0, bytes);
  if (!to->Buffer) return FALSE;
  memcpy(to->Buffer, prefix, prefix_length * sizeof(WCHAR));
  memcpy(to->Buffer + prefix_length, rest, (length + 1) * sizeof(WCHAR));
  to->MaximumLength = (USHORT)bytes;
  to->Length = (USHORT)(bytes - sizeof(WCHAR));
  return TRUE;
}

// \\?\ says: as it stands.
static BOOLEAN literal(const WCHAR* path) {
  return path[0] == '\\' && path[1] == '\\' && path[2] == '?' && path[3] == '\\';
}

BOOLEAN NTAPI RtlDosPathNameToNtPathName_U(const WCHAR* path, NtUnicodeString* to, WCHAR** file_part,
                                           void* relative) {
  Builder full;
  (void)file_part, (void)relative;
  if (!path || blank(path)) return FALSE;
  if (literal(path)) return make_nt_name(to, L"\\??\\", path + kPrefix);
  if (!make_full(&full, path)) return FALSE;
  BOOLEAN unc = RtlDetermineDosPathNameType_U(full.text) == kPathUnc;
  BOOLEAN device = full.text[0] == '\\' && !unc;
  BOOLEAN made = unc ? make_nt_name(to, L"\\??\\UNC\\", full.text + 2)
                     : make_nt_name(to, L"\\??\\", full.text + (device ? kPrefix : 0));
  RtlFreeHeap(process_heap(), 0, full.text);
  return made;
}

// --- The current directory: in the process parameters, with a backslash at its end, kept open.

ULONG NTAPI RtlGetCurrentDirectory_U(ULONG size, WCHAR* buffer) {
  RtlAcquirePebLock();
  const UnicodeString* directory = &parameters()->CurrentDirectory;
  const WCHAR* text = nt_pointer(directory->Buffer);
  ULONG length = directory->Length / sizeof *text;
  if (length > 3 && text[length - 1] == '\\') --length;  // only a root keeps its backslash
  ULONG bytes = length * sizeof *text;
  if (bytes + sizeof *text > size) {
    bytes += sizeof *text;
  } else {
    memcpy(buffer, text, bytes);
    buffer[length] = 0;
  }
  RtlReleasePebLock();
  return bytes;
}

static NTSTATUS open_directory(const WCHAR* path, HANDLE* handle) {
  NtUnicodeString name;
  if (!RtlDosPathNameToNtPathName_U(path, &name, NULL, NULL)) return STATUS_OBJECT_NAME_INVALID;
  NtObjectAttributes attributes = {sizeof attributes, NULL, &name, kCaseInsensitive | kInherit, NULL, NULL};
  IoStatusBlock io;
  NTSTATUS status = NtOpenFile(handle, FILE_EXECUTE | SYNCHRONIZE, &attributes, &io,
                               FILE_SHARE_READ | FILE_SHARE_WRITE, kDirectoryFile | kSynchronousNonAlert);
  RtlFreeUnicodeString(&name);
  return status;
}

static void become_current(Builder* full, HANDLE handle) {
  static WCHAR* own;  // a path that was made here; the first one is the host's
  RtlAcquirePebLock();
  UnicodeString* directory = &parameters()->CurrentDirectory;
  HANDLE old = (HANDLE)parameters()->CurrentDirectoryHandle;
  directory->Length = (uint16_t)(full->length * sizeof(WCHAR));
  directory->MaximumLength = (uint16_t)(directory->Length + sizeof(WCHAR));
  full->text[full->length] = 0;
  directory->Buffer = nt_address(full->text);
  parameters()->CurrentDirectoryHandle = nt_address(handle);
  if (own) RtlFreeHeap(process_heap(), 0, own);
  own = full->text;
  RtlReleasePebLock();
  if (old) NtClose(old);
}

NTSTATUS NTAPI RtlSetCurrentDirectory_U(const NtUnicodeString* path) {
  Builder full;
  HANDLE handle;
  if (!path->Buffer || blank(path->Buffer)) return STATUS_OBJECT_NAME_INVALID;
  if (!make_full(&full, path->Buffer)) return STATUS_NO_MEMORY;
  // A path that ".." and the like could not start from is no current directory.
  BOOLEAN usable = RtlDetermineDosPathNameType_U(full.text) == kPathDriveAbsolute && full.length < MAX_PATH;
  NTSTATUS status = usable ? open_directory(full.text, &handle) : STATUS_OBJECT_NAME_INVALID;
  if (!NT_SUCCESS(status)) {
    RtlFreeHeap(process_heap(), 0, full.text);
    return status;
  }
  append_separator(&full);
  become_current(&full, handle);
  return STATUS_SUCCESS;
}
