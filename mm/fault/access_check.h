// Whether Windows lets an access to a page through, once the processor has refused it.
#pragma once

#include "mm/base/fault.h"
#include "mm/process/page_view.h"

namespace mm {

// False: the access is a violation. A valid entry means that the processor had it and still refused.
bool access_allowed(const PageView& page, const Fault& fault);

}  // namespace mm
