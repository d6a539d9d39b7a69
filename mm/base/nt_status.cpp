#include "mm/base/nt_status.h"

namespace mm {

std::string_view to_string(NtStatus status) {
  switch (status) {
#define MM_CASE(name, value, text) \
  case NtStatus::name: return text;
    MM_NT_STATUS_LIST(MM_CASE)
#undef MM_CASE
  }
  return "an unnamed status";
}

}  // namespace mm
