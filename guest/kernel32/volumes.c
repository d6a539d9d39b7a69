// The disk and its volume ("Volume Management Functions", Microsoft). There is one: C:.
#include "guest/kernel32/files.h"

static BOOL is_drive(const WCHAR* root, WCHAR drive) {
  return RtlUpcaseUnicodeChar(root[0]) == drive && root[1] == ':' && (!root[2] || root[2] == '\\');
}

UINT WINAPI GetDriveTypeW(LPCWSTR root) {
  if (root && root[0] && !is_drive(root, 'C') && root[0] != '\\') return DRIVE_NO_ROOT_DIR;
  return root && root[0] == '\\' && root[1] ? DRIVE_NO_ROOT_DIR : DRIVE_FIXED;
}
UINT WINAPI GetDriveTypeA(LPCSTR root) {
  if (!root) return GetDriveTypeW(NULL);
  K32_WITH_WIDE(UINT, DRIVE_UNKNOWN, root, GetDriveTypeW(wide));
}
DWORD WINAPI GetLogicalDrives(void) { return 1u << ('C' - 'A'); }

BOOL WINAPI GetDiskFreeSpaceW(LPCWSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD free, LPDWORD total) {
  FileFsSizeInformation size;
  IoStatusBlock io;
  HANDLE folder = k32_open_existing(root ? root : L"\\", FILE_READ_ATTRIBUTES, kDirectoryFile);
  if (!folder) return FALSE;
  NTSTATUS status = NtQueryVolumeInformationFile(folder, &io, &size, sizeof size, VolumeClass_Size);
  NtClose(folder);
  if (!k32_succeeded(status)) return FALSE;
  if (sectors) *sectors = size.SectorsPerAllocationUnit;
  if (bytes) *bytes = size.BytesPerSector;
  if (free) *free = (DWORD)size.AvailableAllocationUnits;
  if (total) *total = (DWORD)size.TotalAllocationUnits;
  return TRUE;
}
BOOL WINAPI GetDiskFreeSpaceA(LPCSTR root, LPDWORD sectors, LPDWORD bytes, LPDWORD free, LPDWORD total) {
  if (!root) return GetDiskFreeSpaceW(NULL, sectors, bytes, free, total);
  K32_WITH_WIDE(BOOL, FALSE, root, GetDiskFreeSpaceW(wide, sectors, bytes, free, total));
}

BOOL WINAPI GetDiskFreeSpaceExW(LPCWSTR root, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free) {
  DWORD sectors, bytes, free_clusters, clusters;
  if (!GetDiskFreeSpaceW(root, &sectors, &bytes, &free_clusters, &clusters)) return FALSE;
  ULONGLONG cluster = sectors * bytes;
  if (available) available->QuadPart = free_clusters * cluster;
  if (total) total->QuadPart = clusters * cluster;
  if (free) free->QuadPart = free_clusters * cluster;
  return TRUE;
}
BOOL WINAPI GetDiskFreeSpaceExA(LPCSTR root, PULARGE_INTEGER available, PULARGE_INTEGER total,
                                PULARGE_INTEGER free) {
  if (!root) return GetDiskFreeSpaceExW(NULL, available, total, free);
  K32_WITH_WIDE(BOOL, FALSE, root, GetDiskFreeSpaceExW(wide, available, total, free));
}

// --- What a volume says of itself.

// The name that a query ends with: its length in bytes, then its characters.
typedef struct CountedName {
  ULONG length;
  WCHAR text[MAX_PATH];
} CountedName;

typedef struct VolumeInformation {  // FILE_FS_VOLUME_INFORMATION
  uint64_t created;
  ULONG serial, label_length;
  uint16_t supports_objects;
  WCHAR label[MAX_PATH];
} VolumeInformation;

typedef struct FileSystemInformation {  // FILE_FS_ATTRIBUTE_INFORMATION
  ULONG flags, longest_name;
  CountedName name;
} FileSystemInformation;

static BOOL query(HANDLE root, void* information, ULONG size, ULONG information_class) {
  IoStatusBlock io;
  return k32_succeeded(NtQueryVolumeInformationFile(root, &io, information, size, information_class));
}

// Null and the last error unless `name` is a volume's root, with the backslash at its end.
static HANDLE open_root(const WCHAR* name) {
  CountedName path;
  IoStatusBlock io;
  SIZE_T length = k32_wide_length(name);
  if (!length || name[length - 1] != '\\') return k32_fail(ERROR_INVALID_NAME), NULL;
  HANDLE root = k32_open_existing(name, FILE_READ_ATTRIBUTES, kDirectoryFile);
  if (!root) return NULL;
  NTSTATUS status = NtQueryInformationFile(root, &io, &path, sizeof path, FileClass_Name);
  if (NT_SUCCESS(status) && path.length == sizeof(WCHAR)) return root;  // "\"
  NtClose(root);
  return k32_fail(ERROR_DIR_NOT_ROOT), NULL;
}

// A buffer is optional; one that is given must hold the name and a 0.
static BOOL give_name(const WCHAR* name, ULONG bytes, WCHAR* to, DWORD room) {
  if (!to) return TRUE;
  return k32_return_text(name, bytes / sizeof *name, to, room) < room || k32_fail(ERROR_MORE_DATA);
}

BOOL WINAPI GetVolumeInformationW(LPCWSTR name, LPWSTR label, DWORD label_room, LPDWORD serial,
                                  LPDWORD longest_name, LPDWORD flags, LPWSTR file_system,
                                  DWORD file_system_room) {
  VolumeInformation volume;
  FileSystemInformation system;
  HANDLE root = open_root(name ? name : L"\\");
  if (!root) return FALSE;
  BOOL known = query(root, &volume, sizeof volume, VolumeClass_Volume) &&
               query(root, &system, sizeof system, VolumeClass_Attribute);
  NtClose(root);
  if (!known || !give_name(volume.label, volume.label_length, label, label_room) ||
      !give_name(system.name.text, system.name.length, file_system, file_system_room))
    return FALSE;
  if (serial) *serial = volume.serial;
  if (longest_name) *longest_name = system.longest_name;
  if (flags) *flags = system.flags;
  return TRUE;
}

BOOL WINAPI GetVolumeInformationA(LPCSTR name, LPSTR label, DWORD label_room, LPDWORD serial,
                                  LPDWORD longest_name, LPDWORD flags, LPSTR file_system,
                                  DWORD file_system_room) {
  WCHAR wide_label[MAX_PATH + 1], wide_system[MAX_PATH + 1];
  WCHAR* wide = name ? k32_to_wide(name) : NULL;
  if (name && !wide) return FALSE;
  BOOL known = GetVolumeInformationW(wide, wide_label, MAX_PATH + 1, serial, longest_name, flags, wide_system,
                                     MAX_PATH + 1);
  if (wide) k32_free(wide);
  if (!known) return FALSE;
  SIZE_T label_length = k32_wide_length(wide_label), system_length = k32_wide_length(wide_system);
  if ((label && k32_return_ansi(wide_label, label_length, label, label_room) > label_length) ||
      (file_system &&
       k32_return_ansi(wide_system, system_length, file_system, file_system_room) > system_length))
    return k32_fail(ERROR_MORE_DATA);
  return TRUE;
}

// --- Going through the volumes. The handle of a search is a block of the heap, as a file search's.

enum { kVolumeSearchSignature = 0x756c6f56 };

typedef struct VolumeSearch {
  ULONG signature;
} VolumeSearch;

static const WCHAR kVolumePath[] = L"\\\\?\\Volume{50475657-0000-0000-0000-100000000000}\\";
enum { kVolumePathLength = sizeof kVolumePath / sizeof *kVolumePath - 1 };

static VolumeSearch* volume_search_of(HANDLE handle) {
  VolumeSearch* search = handle;
  if (handle && handle != INVALID_HANDLE_VALUE && search->signature == kVolumeSearchSignature) return search;
  k32_fail(ERROR_INVALID_HANDLE);
  return NULL;
}

static HANDLE start_volume_search(BOOL fits) {
  VolumeSearch* search = fits ? RtlAllocateHeap(k32_heap(), 0, sizeof *search) : NULL;
  if (!search) {
    k32_fail(fits ? ERROR_NOT_ENOUGH_MEMORY : ERROR_FILENAME_EXCED_RANGE);
    return INVALID_HANDLE_VALUE;
  }
  search->signature = kVolumeSearchSignature;
  return search;
}

HANDLE WINAPI FindFirstVolumeW(LPWSTR name, DWORD room) {
  return start_volume_search(k32_return_text(kVolumePath, kVolumePathLength, name, room) < room);
}
HANDLE WINAPI FindFirstVolumeA(LPSTR name, DWORD room) {
  return start_volume_search(k32_return_ansi(kVolumePath, kVolumePathLength, name, room) < room);
}

// The first is the last.
BOOL WINAPI FindNextVolumeW(HANDLE handle, LPWSTR name, DWORD room) {
  (void)name, (void)room;
  return volume_search_of(handle) && k32_fail(ERROR_NO_MORE_FILES);
}
BOOL WINAPI FindNextVolumeA(HANDLE handle, LPSTR name, DWORD room) {
  (void)name, (void)room;
  return FindNextVolumeW(handle, NULL, 0);
}

BOOL WINAPI FindVolumeClose(HANDLE handle) {
  VolumeSearch* search = volume_search_of(handle);
  if (!search) return FALSE;
  search->signature = 0;
  k32_free(search);
  return TRUE;
}
