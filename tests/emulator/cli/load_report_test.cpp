#include "emulator/cli/load_report.h"

#include <catch2/catch_test_macros.hpp>

namespace emu {
namespace {

TEST_CASE("a load failure names the program, the DLL and the import") {
  using mm::NtStatus;
  CHECK(load_failure_text("a.exe", {NtStatus::DllNotFound, "b.dll", "", ""}) ==
        "a.exe: b.dll was not found (STATUS_DLL_NOT_FOUND)");
  CHECK(load_failure_text("a.exe", {NtStatus::EntryPointNotFound, "b.dll", "Name", ""}) ==
        "a.exe: Name is not exported by b.dll (STATUS_ENTRYPOINT_NOT_FOUND)");
  CHECK(load_failure_text("a.exe", {NtStatus::OrdinalNotFound, "b.dll", "#7", ""}) ==
        "a.exe: #7 is not exported by b.dll (STATUS_ORDINAL_NOT_FOUND)");
  CHECK(load_failure_text("a.exe", {NtStatus::InvalidImageFormat, "b.dll", "", "is a 64-bit image"}) ==
        "a.exe: b.dll is a 64-bit image (STATUS_INVALID_IMAGE_FORMAT)");
}

}  // namespace
}  // namespace emu
