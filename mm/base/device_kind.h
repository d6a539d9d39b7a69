// What a paging file can lie on (mm/pagefile/device.h).
#pragma once

#include <cstdint>

namespace mm {

enum class DeviceKind : uint8_t { None, Ssd, Hdd };

}  // namespace mm
