// What a fallible operation returns: a value, or the NTSTATUS that Windows documents for the failure.
#pragma once

#include <tl/expected.hpp>

#include "mm/base/nt_status.h"

namespace mm {

template <class T>
using Result = tl::expected<T, NtStatus>;

inline tl::unexpected<NtStatus> fail(NtStatus status) { return tl::unexpected<NtStatus>(status); }

}  // namespace mm
