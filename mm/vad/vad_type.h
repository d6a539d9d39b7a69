// What an allocation holds, and who may change it.
#pragma once

#include <cstdint>

namespace mm {

// Private memory, or private memory that an image was copied into (MEM_PRIVATE, MEM_IMAGE).
enum class VadType : uint8_t { Private, Image };

// Whether the guest may change or free it. What the kernel itself relies on, it may not: KUSER_SHARED_DATA,
// the PEB and the TEBs (Microsoft's page on MmSecureVirtualMemory: for a buffer that must stay accessible).
enum class VadSecurity : uint8_t { Open, Secured };

}  // namespace mm
