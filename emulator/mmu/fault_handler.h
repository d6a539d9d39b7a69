// The MMU's port to whoever resolves page faults: an operating system.
#pragma once

#include "mm/base/fault.h"

namespace emu {

// Retry: the access is made again. Refused: the processor stops with FaultRefused, EIP on the instruction;
// the handler knows why.
enum class FaultAnswer : uint8_t { Retry, Refused };

class FaultHandler {
 public:
  virtual ~FaultHandler() = default;

  // Is called inside the processor's loop for an access that the page tables do not permit. `fault.address`
  // is the page's first byte unless FaultDetail::Byte is set. Retry must leave page tables with which the
  // same walk succeeds; what it took away from other entries it has told the Tlb port by then. The handler
  // may read the processor's registers; it must not write them.
  virtual FaultAnswer handle(const mm::Fault& fault) = 0;
};

}  // namespace emu
