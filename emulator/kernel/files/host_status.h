// Failures of the host's file system in Windows' words.
#pragma once

#include "mm/base/nt_status.h"

namespace emu {

// Returns the status for an errno. EXDEV and ELOOP, with which the walk fails for a link that leads out of
// the root or in a circle, are STATUS_ACCESS_DENIED: the guest may know that something is there, never what.
mm::NtStatus status_of_errno(int error);

}  // namespace emu
