#include "mm/fault/access_check.h"

namespace mm {

bool access_allowed(const PageView& page, const Fault& fault) {
  if (page.commitment == Commitment::Reserved) return false;
  if (page.kind == x86::PteKind::Valid) return false;
  return page.protection.allows(fault.access);
}

}  // namespace mm
