// What a fallible operation returns: a value, or the NTSTATUS that Windows documents for the failure.
#pragma once

#include <tl/expected.hpp>

#include "mm/base/nt_status.h"

namespace mm {

template <class T>
using Result = tl::expected<T, NtStatus>;

inline tl::unexpected<NtStatus> fail(NtStatus status) { return tl::unexpected<NtStatus>(status); }

// No frame is available now. That says nothing about the request: once frames have been made available, the
// same call goes on. Not STATUS_NO_MEMORY, which is about room in an address space.
struct Starved {};

inline tl::unexpected<Starved> starve() { return tl::unexpected<Starved>(Starved{}); }

// Why an attempt came to nothing: for want of a frame, or for good.
class Impediment {
 public:
  Impediment(NtStatus status) : status_(status) {}  // NOLINT(google-explicit-constructor): like Result's
  Impediment(Starved) {}                            // NOLINT(google-explicit-constructor)

  bool starved() const { return status_ == NtStatus::Success; }
  // What the caller is told: STATUS_NO_MEMORY when no frame could be made available either.
  NtStatus status() const { return starved() ? NtStatus::NoMemory : status_; }

 private:
  NtStatus status_ = NtStatus::Success;
};

// What may be tried again once frames are available.
template <class T>
using Attempt = tl::expected<T, Impediment>;

inline tl::unexpected<Impediment> impeded(Impediment why) { return tl::unexpected<Impediment>(why); }

}  // namespace mm
