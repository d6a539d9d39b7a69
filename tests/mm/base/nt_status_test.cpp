#include "mm/base/nt_status.h"

#include <catch2/catch_test_macros.hpp>

namespace mm {
namespace {

// Values and names from [MS-ERREF] 2.3.1.
TEST_CASE("NTSTATUS values carry Windows' numbers and names", "[base]") {
  CHECK(static_cast<uint32_t>(NtStatus::AccessViolation) == 0xC0000005u);
  CHECK(to_string(NtStatus::AccessViolation) == "STATUS_ACCESS_VIOLATION");
  CHECK(static_cast<uint32_t>(NtStatus::CommitmentLimit) == 0xC000012Du);
  CHECK(to_string(NtStatus::CommitmentLimit) == "STATUS_COMMITMENT_LIMIT");
  CHECK(static_cast<uint32_t>(NtStatus::InPageError) == 0xC0000006u);
  CHECK(to_string(NtStatus::InPageError) == "STATUS_IN_PAGE_ERROR");
  CHECK(static_cast<uint32_t>(NtStatus::ConflictingAddresses) == 0xC0000018u);
  CHECK(static_cast<uint32_t>(NtStatus::DllNotFound) == 0xC0000135u);
}

TEST_CASE("A status that a guest made up has a name too", "[base]") {
  CHECK(to_string(static_cast<NtStatus>(0xE06D7363u)) == "an unnamed status");
}

TEST_CASE("Severity decides success: success and informational succeed, warnings and errors do not",
          "[base]") {
  CHECK(succeeded(NtStatus::Success));
  CHECK(succeeded(NtStatus::ImageNotAtBase));
  CHECK_FALSE(succeeded(NtStatus::GuardPageViolation));
  CHECK_FALSE(succeeded(NtStatus::NoMemory));
}

}  // namespace
}  // namespace mm
