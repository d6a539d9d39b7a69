// File services, and the names of files as programs write them ("NtCreateFile" and its family, WDK).
#ifndef PAGEWALK_GUEST_NTDLL_FILES_H
#define PAGEWALK_GUEST_NTDLL_FILES_H

#include "guest/abi/files.h"
#include "guest/ntdll/ntdll.h"

typedef struct NtObjectAttributes {  // ObjectAttributes with typed pointers
  ULONG Length;
  HANDLE RootDirectory;
  NtUnicodeString* ObjectName;
  ULONG Attributes;
  void* SecurityDescriptor;
  void* SecurityQualityOfService;
} NtObjectAttributes;

enum { kCaseInsensitive = 0x40, kInherit = 0x2 };  // attributes of objects

// Dispositions and options of NtCreateFile.
enum NtDisposition { kSupersede, kOpen, kCreate, kOpenIf, kOverwrite, kOverwriteIf };
enum NtFileOption {
  kDirectoryFile = 0x1,
  kWriteThrough = 0x2,
  kSequentialOnly = 0x4,
  kNoIntermediateBuffering = 0x8,
  kSynchronousNonAlert = 0x20,
  kNonDirectoryFile = 0x40,
  kRandomAccess = 0x800,
  kDeleteOnClose = 0x1000,
  kOpenForBackupIntent = 0x4000,
};

NT_SERVICE(NtCreateFile, HANDLE* file, ULONG access, NtObjectAttributes* attributes, IoStatusBlock* io,
           LARGE_INTEGER* allocation, ULONG file_attributes, ULONG share, ULONG disposition, ULONG options,
           void* ea, ULONG ea_length);
NT_SERVICE(NtOpenFile, HANDLE* file, ULONG access, NtObjectAttributes* attributes, IoStatusBlock* io,
           ULONG share, ULONG options);
NT_SERVICE(NtQueryInformationFile, HANDLE file, IoStatusBlock* io, void* buffer, ULONG length,
           ULONG information_class);
NT_SERVICE(NtSetInformationFile, HANDLE file, IoStatusBlock* io, void* buffer, ULONG length,
           ULONG information_class);
NT_SERVICE(NtQueryDirectoryFile, HANDLE directory, HANDLE event, void* apc, void* context, IoStatusBlock* io,
           void* buffer, ULONG length, ULONG information_class, BOOLEAN single, NtUnicodeString* pattern,
           BOOLEAN restart);
NT_SERVICE(NtQueryAttributesFile, NtObjectAttributes* attributes, FileBasicInformation* basic);
NT_SERVICE(NtQueryFullAttributesFile, NtObjectAttributes* attributes, FileNetworkOpenInformation* full);
NT_SERVICE(NtFlushBuffersFile, HANDLE file, IoStatusBlock* io);
NT_SERVICE(NtQueryVolumeInformationFile, HANDLE file, IoStatusBlock* io, void* buffer, ULONG length,
           ULONG information_class);
NT_SERVICE(NtDeleteFile, NtObjectAttributes* attributes);
NT_SERVICE(NtFsControlFile, HANDLE file, HANDLE event, void* apc, void* context, IoStatusBlock* io,
           ULONG code, void* input, ULONG input_length, void* output, ULONG output_length);

NT_SERVICE(NtDuplicateObject, HANDLE from_process, HANDLE from, HANDLE to_process, HANDLE* to, ULONG access,
           ULONG attributes, ULONG options);

// How a path begins; as RtlDetermineDosPathNameType_U numbers it.
typedef enum PathType {
  kPathUnknown,
  kPathUnc,              // \\server\share
  kPathDriveAbsolute,    // C:\dir
  kPathDriveRelative,    // C:dir
  kPathRooted,           // \dir
  kPathRelative,         // dir
  kPathLocalDevice,      // \\.\dev, \\?\C:\dir
  kPathRootLocalDevice,  // \\. and \\?
} PathType;

NT_FUNCTION(ULONG) RtlDetermineDosPathNameType_U(const WCHAR* path);
// Length in the low half, offset of the device's name in the high half, both in bytes; 0: no device.
NT_FUNCTION(ULONG) RtlIsDosDeviceName_U(const WCHAR* path);
// Bytes, without the terminator when the buffer was large enough, else the room that is needed, with it.
// 0 for no path at all. `*file_part`: the last component, null when the path ends in a separator.
NT_FUNCTION(ULONG) RtlGetFullPathName_U(const WCHAR* path, ULONG size, WCHAR* buffer, WCHAR** file_part);
// \??\..., from the heap (RtlFreeUnicodeString). The last two are not filled in.
NT_FUNCTION(BOOLEAN)
RtlDosPathNameToNtPathName_U(const WCHAR* path, NtUnicodeString* to, WCHAR** file_part, void* relative);
NT_FUNCTION(ULONG) RtlGetCurrentDirectory_U(ULONG size, WCHAR* buffer);
NT_FUNCTION(NTSTATUS) RtlSetCurrentDirectory_U(const NtUnicodeString* path);

#endif
