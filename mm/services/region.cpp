#include "mm/services/region.h"

namespace mm {

Result<x86::Protection> protection_for(VadType type, uint32_t constants) {
  const auto protection = x86::protection_from_page_constants(constants);
  if (!protection || !protection->copy_on_write()) return protection;
  if (type != VadType::Image) return fail(NtStatus::InvalidPageProtection);
  return x86::Protection{static_cast<uint8_t>(protection->code - 1)};  // 5 -> 4, 7 -> 6
}

bool in_user_space(MemoryRegion region) {
  return region.base <= kHighestUserAddress &&
         region.size <= kHighestUserAddress.value - region.base.value + 1;
}

}  // namespace mm
