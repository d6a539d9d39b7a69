// Structures and numbers of the file services that host and guest share (Microsoft, "NtCreateFile",
// "NtQueryInformationFile", "NtQueryDirectoryFile"; [MS-FSCC] 2.4). Offsets of names are where their first
// character lies. 64-bit fields are aligned to 8, as Windows lays them out.
#ifndef PAGEWALK_GUEST_ABI_FILES_H
#define PAGEWALK_GUEST_ABI_FILES_H

#include "guest/abi/structures.h"

#ifdef __cplusplus
namespace abi {
#define PAGEWALK_ALIGNED_64 alignas(8) uint64_t
#else
#define PAGEWALK_ALIGNED_64 _Alignas(8) uint64_t
#endif

enum FileInformationClass {
  FileClass_Directory = 1,
  FileClass_FullDirectory = 2,
  FileClass_BothDirectory = 3,
  FileClass_Basic = 4,
  FileClass_Standard = 5,
  FileClass_Internal = 6,
  FileClass_Ea = 7,
  FileClass_Access = 8,
  FileClass_Name = 9,
  FileClass_Rename = 10,
  FileClass_Link = 11,
  FileClass_Names = 12,
  FileClass_Disposition = 13,
  FileClass_Position = 14,
  FileClass_Mode = 16,
  FileClass_Alignment = 17,
  FileClass_All = 18,
  FileClass_Allocation = 19,
  FileClass_EndOfFile = 20,
  FileClass_PipeLocal = 24,
  FileClass_NetworkOpen = 34,
  FileClass_AttributeTag = 35,
  FileClass_IdBothDirectory = 37,
};

enum VolumeInformationClass {
  VolumeClass_Volume = 1,
  VolumeClass_Size = 3,
  VolumeClass_Device = 4,
  VolumeClass_Attribute = 5,
  VolumeClass_FullSize = 7,
};

typedef struct FileBasicInformation {
  PAGEWALK_ALIGNED_64 CreationTime;
  uint64_t LastAccessTime;
  uint64_t LastWriteTime;
  uint64_t ChangeTime;
  uint32_t FileAttributes;
  uint32_t Reserved;
} FileBasicInformation;

typedef struct FileStandardInformation {
  PAGEWALK_ALIGNED_64 AllocationSize;
  uint64_t EndOfFile;
  uint32_t NumberOfLinks;
  uint8_t DeletePending;
  uint8_t Directory;
  uint8_t Reserved[2];
} FileStandardInformation;

typedef struct FilePositionInformation {
  PAGEWALK_ALIGNED_64 CurrentByteOffset;
} FilePositionInformation;

typedef struct FileEndOfFileInformation {
  PAGEWALK_ALIGNED_64 EndOfFile;
} FileEndOfFileInformation;

typedef struct FileInternalInformation {
  PAGEWALK_ALIGNED_64 IndexNumber;
} FileInternalInformation;

typedef struct FileNetworkOpenInformation {
  PAGEWALK_ALIGNED_64 CreationTime;
  uint64_t LastAccessTime;
  uint64_t LastWriteTime;
  uint64_t ChangeTime;
  uint64_t AllocationSize;
  uint64_t EndOfFile;
  uint32_t FileAttributes;
  uint32_t Reserved;
} FileNetworkOpenInformation;

typedef struct FileAttributeTagInformation {
  uint32_t FileAttributes;
  uint32_t ReparseTag;
} FileAttributeTagInformation;

typedef struct FileRenameInformation {  // the name follows, in bytes; FILE_LINK_INFORMATION is the same
  uint8_t ReplaceIfExists;
  uint8_t Reserved[3];
  uint32_t RootDirectory;
  uint32_t FileNameLength;
  uint16_t FileName[2];  // one is declared; this is the size that a caller's sizeof gives
} FileRenameInformation;
PAGEWALK_OFFSET(FileRenameInformation, FileName, 12);

// The head that every entry of a directory query begins with.
typedef struct FileDirectoryInformation {
  uint32_t NextEntryOffset;  // 0: the last
  uint32_t FileIndex;
  PAGEWALK_ALIGNED_64 CreationTime;
  uint64_t LastAccessTime;
  uint64_t LastWriteTime;
  uint64_t ChangeTime;
  uint64_t EndOfFile;
  uint64_t AllocationSize;
  uint32_t FileAttributes;
  uint32_t FileNameLength;  // bytes
} FileDirectoryInformation;
PAGEWALK_OFFSET(FileDirectoryInformation, FileAttributes, 56);

// Where the name begins, by class.
enum {
  FileDirectory_NameOffset = 64,
  FileFullDirectory_NameOffset = 68,     // EaSize
  FileBothDirectory_NameOffset = 94,     // EaSize, ShortNameLength, ShortName[12]
  FileIdBothDirectory_NameOffset = 104,  // and FileId, aligned
  FileIdBothDirectory_IdOffset = 96,
  FileNames_NameOffset = 12,
};

typedef struct FilePipeLocalInformation {
  uint32_t NamedPipeType;
  uint32_t NamedPipeConfiguration;
  uint32_t MaximumInstances;
  uint32_t CurrentInstances;
  uint32_t InboundQuota;
  uint32_t ReadDataAvailable;
  uint32_t OutboundQuota;
  uint32_t WriteQuotaAvailable;
  uint32_t NamedPipeState;
  uint32_t NamedPipeEnd;
} FilePipeLocalInformation;

typedef struct FilePipePeekBuffer {  // FSCTL_PIPE_PEEK's answer; data follows
  uint32_t NamedPipeState;
  uint32_t ReadDataAvailable;
  uint32_t NumberOfMessages;
  uint32_t MessageLength;
} FilePipePeekBuffer;
#define PAGEWALK_FSCTL_PIPE_PEEK 0x0011400C

typedef struct FileFsDeviceInformation {
  uint32_t DeviceType;
  uint32_t Characteristics;
} FileFsDeviceInformation;

typedef struct FileFsSizeInformation {
  PAGEWALK_ALIGNED_64 TotalAllocationUnits;
  uint64_t AvailableAllocationUnits;
  uint32_t SectorsPerAllocationUnit;
  uint32_t BytesPerSector;
} FileFsSizeInformation;

// What a create or open did, as IO_STATUS_BLOCK.Information says it.
enum FileOpenResult {
  FileResult_Superseded = 0,
  FileResult_Opened = 1,
  FileResult_Created = 2,
  FileResult_Overwritten = 3,
};

#ifdef __cplusplus
}  // namespace abi
#endif

#endif
