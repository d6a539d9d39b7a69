#include "mm/fault/access_check.h"

namespace mm {

AccessRefusal refusal_inside_vad(const PageView& page, Access access) {
  if (page.kind == x86::PteKind::Decommitted) return AccessRefusal::Decommitted;
  if (page.commitment == Commitment::Reserved) return AccessRefusal::Reserved;
  if (page.protection.no_access()) return AccessRefusal::NoAccess;
  if (page.kind == x86::PteKind::Valid && !page.pte.held_back()) return AccessRefusal::ReadOnly;
  return page.protection.allows(access) ? AccessRefusal::None : AccessRefusal::ReadOnly;
}

}  // namespace mm
