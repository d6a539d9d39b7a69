// Whether Windows lets an access to a page through, once the processor has refused it.
#pragma once

#include "mm/base/fault.h"
#include "mm/process/page_view.h"

namespace mm {

// Why the access to a page inside a VAD is a violation; None when it is not. A valid entry means that the
// processor had it and still refused.
AccessRefusal refusal_inside_vad(const PageView& page, Access access);

// Why an access is a violation where there is no VAD.
constexpr AccessRefusal refusal_outside_vads(VirtualAddress address) {
  return address >= kSystemBase ? AccessRefusal::System : AccessRefusal::Free;
}

}  // namespace mm
