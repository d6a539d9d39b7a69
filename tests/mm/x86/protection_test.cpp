#include "mm/x86/protection.h"

#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

namespace mm::x86 {
namespace {

// "Memory Protection Constants" in Microsoft's API pages: the constants, and what they let a program do on a
// processor without NX (where whatever can be read can be executed).
struct DocumentedProtection {
  uint32_t constant;
  uint8_t code;  // Windows Internals' 5-bit code
  bool read, write;
};

constexpr std::array<DocumentedProtection, 8> kDocumented = {{
    {0x01, 24, false, false},  // PAGE_NOACCESS
    {0x02, 1, true, false},    // PAGE_READONLY
    {0x04, 4, true, true},     // PAGE_READWRITE
    {0x08, 5, true, true},     // PAGE_WRITECOPY: the write gets a copy
    {0x10, 2, true, false},    // PAGE_EXECUTE
    {0x20, 3, true, false},    // PAGE_EXECUTE_READ
    {0x40, 6, true, true},     // PAGE_EXECUTE_READWRITE
    {0x80, 7, true, true},     // PAGE_EXECUTE_WRITECOPY
}};

TEST_CASE("Every PAGE_ constant has the documented code and rights, and comes back", "[x86]") {
  for (const auto& documented : kDocumented) {
    CAPTURE(documented.constant);
    const auto protection = protection_from_page_constants(documented.constant);
    REQUIRE(protection.has_value());
    CHECK(protection->code == documented.code);
    CHECK(page_constants(*protection) == documented.constant);
    CHECK(protection->allows(Access::Read) == documented.read);
    CHECK(protection->allows(Access::Execute) == documented.read);
    CHECK(protection->allows(Access::Write) == documented.write);
  }
}

// PAGE_TARGETS_INVALID, PAGE_TARGETS_NO_UPDATE: "used along with any execute page protection".
TEST_CASE("The constant for Control Flow Guard joins what may be executed, and changes nothing", "[x86]") {
  for (const auto& documented : kDocumented) {
    CAPTURE(documented.constant);
    const auto protection = protection_from_page_constants(documented.constant | 0x40000000);
    REQUIRE(protection.has_value() == (documented.constant >= 0x10));
    if (protection) CHECK(*protection == protection_from_page_constants(documented.constant));
  }
  CHECK_FALSE(protection_from_page_constants(0x40000000));
}

TEST_CASE("Only the write-copy protections copy on write", "[x86]") {
  for (const auto& documented : kDocumented) {
    CAPTURE(documented.constant);
    const bool write_copy = documented.constant == 0x08 || documented.constant == 0x80;
    CHECK(protection_from_page_constants(documented.constant)->copy_on_write() == write_copy);
  }
}

TEST_CASE("One modifier may join any access but PAGE_NOACCESS", "[x86]") {
  const uint32_t modifier = GENERATE(0x100u, 0x200u, 0x400u);
  for (const auto& documented : kDocumented) {
    const uint32_t constants = documented.constant | modifier;
    CAPTURE(constants);
    const auto protection = protection_from_page_constants(constants);
    if (documented.constant == 0x01) {
      REQUIRE_FALSE(protection.has_value());
      CHECK(protection.error() == NtStatus::InvalidPageProtection);
      continue;
    }
    REQUIRE(protection.has_value());
    CHECK(page_constants(*protection) == constants);
    CHECK(protection->guard() == (modifier == 0x100));
    CHECK(page_constants(protection->without_guard()) == (constants & ~0x100u));
  }
}

// The rule in full, over every word of eleven bits: one access, at most one modifier.
TEST_CASE("Exactly the documented combinations are accepted", "[x86]") {
  for (uint32_t constants = 0; constants < 0x1000; ++constants) {
    const int accesses = __builtin_popcount(constants & 0xFF);
    const int modifiers = __builtin_popcount(constants & 0x700);
    const bool no_access = (constants & 0x01) != 0;
    const bool documented = constants < 0x800 && accesses == 1 && modifiers <= (no_access ? 0 : 1);
    CAPTURE(constants);
    REQUIRE(protection_from_page_constants(constants).has_value() == documented);
  }
}

TEST_CASE("A decommitted or unset page has no PAGE_ constant", "[x86]") {
  CHECK(page_constants(protection::kUnset) == 0);
  CHECK(page_constants(protection::kDecommitted) == 0);
  CHECK_FALSE(protection::kDecommitted.allows(Access::Read));
  CHECK_FALSE(protection::kDecommitted.guard());
}

}  // namespace
}  // namespace mm::x86
