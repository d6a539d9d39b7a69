// The kinds of objects and the rights that each knows (Microsoft, "Access Mask Format", "Generic Access
// Rights", and each object's "Security and Access Rights").
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace emu {

using AccessMask = uint32_t;

namespace access_right {
inline constexpr AccessMask kDelete = 0x00010000;
inline constexpr AccessMask kReadControl = 0x00020000;
inline constexpr AccessMask kWriteDac = 0x00040000;
inline constexpr AccessMask kWriteOwner = 0x00080000;
inline constexpr AccessMask kSynchronize = 0x00100000;
inline constexpr AccessMask kStandardRequired = 0x000F0000;
inline constexpr AccessMask kMaximumAllowed = 0x02000000;
inline constexpr AccessMask kGenericAll = 0x10000000;
inline constexpr AccessMask kGenericExecute = 0x20000000;
inline constexpr AccessMask kGenericWrite = 0x40000000;
inline constexpr AccessMask kGenericRead = 0x80000000;
}  // namespace access_right

// What the generic rights mean for a type.
struct GenericMapping {
  AccessMask read;
  AccessMask write;
  AccessMask execute;
  AccessMask all;
};

// A right that comes with another one.
struct ImpliedRight {
  AccessMask right = 0;
  AccessMask implied = 0;
};

// One constant per type, `T::kType`; types are told apart by its address.
struct ObjectType {
  std::string_view name;  // as Windows: "Event", "Mutant", ...
  GenericMapping mapping;
  std::array<ImpliedRight, 2> implied{};

  // `desired` with the generic rights replaced by what they mean, and MAXIMUM_ALLOWED by everything: nothing
  // here has a security descriptor that denies. What a right implies comes along.
  constexpr AccessMask specific(AccessMask desired) const {
    AccessMask rights = desired & ~kGenericBits;
    if (desired & access_right::kGenericRead) rights |= mapping.read;
    if (desired & access_right::kGenericWrite) rights |= mapping.write;
    if (desired & access_right::kGenericExecute) rights |= mapping.execute;
    if (desired & (access_right::kGenericAll | access_right::kMaximumAllowed)) rights |= mapping.all;
    for (const ImpliedRight& pair : implied)
      if (rights & pair.right) rights |= pair.implied;
    return rights;
  }

  static constexpr AccessMask kGenericBits = access_right::kGenericAll | access_right::kGenericExecute |
                                             access_right::kGenericWrite | access_right::kGenericRead |
                                             access_right::kMaximumAllowed;
};

}  // namespace emu
