// The headers of a PE32 image as they lie in a file (Microsoft, "PE Format"): every field little-endian, none
// to be trusted.
#pragma once

#include <cstdint>

namespace emu::pe {

inline constexpr uint16_t kDosSignature = 0x5A4D;     // "MZ"
inline constexpr uint32_t kNtSignature = 0x00004550;  // "PE\0\0"
inline constexpr uint32_t kNewHeaderAt = 0x3C;  // the DOS header's field that says where the PE header is
inline constexpr uint16_t kMachineI386 = 0x014C;
inline constexpr uint16_t kMagicPe32 = 0x010B;
inline constexpr uint16_t kMagicPe32Plus = 0x020B;

inline constexpr uint16_t kFileRelocationsStripped = 0x0001;
inline constexpr uint16_t kFileExecutable = 0x0002;
inline constexpr uint16_t kFileLargeAddressAware = 0x0020;
inline constexpr uint16_t kFileDll = 0x2000;

// IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE: "DLL can be relocated at load time", of programs as well.
inline constexpr uint16_t kDllDynamicBase = 0x0040;

inline constexpr uint32_t kSectionExecute = 0x20000000;
inline constexpr uint32_t kSectionRead = 0x40000000;
inline constexpr uint32_t kSectionWrite = 0x80000000;

struct FileHeader {
  uint16_t machine;
  uint16_t section_count;
  uint32_t time_stamp;
  uint32_t symbol_table;
  uint32_t symbol_count;
  uint16_t optional_header_size;
  uint16_t characteristics;
};
static_assert(sizeof(FileHeader) == 20);

struct OptionalHeader {  // without the data directories that follow it
  uint16_t magic;
  uint8_t linker_major, linker_minor;
  uint32_t code_size, initialized_size, uninitialized_size;
  uint32_t entry_point;
  uint32_t code_base, data_base;
  uint32_t image_base;
  uint32_t section_alignment, file_alignment;
  uint16_t system_major, system_minor;
  uint16_t image_major, image_minor;
  uint16_t subsystem_major, subsystem_minor;
  uint32_t win32_version;
  uint32_t image_size, header_size;
  uint32_t checksum;
  uint16_t subsystem, dll_characteristics;
  uint32_t stack_reserve, stack_commit;
  uint32_t heap_reserve, heap_commit;
  uint32_t loader_flags;
  uint32_t directory_count;
};
static_assert(sizeof(OptionalHeader) == 96);

struct DataDirectory {
  uint32_t address;  // RVA
  uint32_t size;
};

inline constexpr uint32_t kDirectoryCount = 16;
enum class Directory : uint32_t { Export = 0, Import = 1, BaseRelocation = 5, Tls = 9 };

struct SectionHeader {
  char name[8];  // padded with zeros, not ended by one when full
  uint32_t virtual_size;
  uint32_t address;  // RVA
  uint32_t file_size;
  uint32_t file_offset;
  uint32_t relocations, line_numbers;
  uint16_t relocation_count, line_number_count;
  uint32_t characteristics;
};
static_assert(sizeof(SectionHeader) == 40);

struct ImportDescriptor {
  uint32_t lookup_table;  // RVA; 0: use the address table
  uint32_t time_stamp;
  uint32_t forwarder_chain;
  uint32_t name;           // RVA; 0 ends the list
  uint32_t address_table;  // RVA
};
static_assert(sizeof(ImportDescriptor) == 20);

inline constexpr uint32_t kImportByOrdinal = 0x80000000;

struct ExportDirectory {
  uint32_t flags, time_stamp;
  uint16_t major, minor;
  uint32_t name;
  uint32_t ordinal_base;
  uint32_t function_count, name_count;
  uint32_t functions, names, name_ordinals;  // RVAs of tables
};
static_assert(sizeof(ExportDirectory) == 40);

struct RelocationBlock {
  uint32_t page;  // RVA
  uint32_t size;  // bytes, with this header
};

struct TlsDirectory {  // addresses, not RVAs
  uint32_t data_begin, data_end;
  uint32_t index;
  uint32_t callbacks;
  uint32_t zero_fill;
  uint32_t characteristics;
};
static_assert(sizeof(TlsDirectory) == 24);

}  // namespace emu::pe
