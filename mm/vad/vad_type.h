// What an allocation holds.
#pragma once

#include <cstdint>

namespace mm {

// Private memory, or private memory that an image was copied into (MEM_PRIVATE, MEM_IMAGE).
enum class VadType : uint8_t { Private, Image };

}  // namespace mm
