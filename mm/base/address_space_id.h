// Names an address space in frames, events and views: by a number from 1, never given twice, so that what is
// remembered of an address space that is gone is not taken for another's.
#pragma once

#include <compare>
#include <cstdint>

namespace mm {

class AddressSpaceId {
 public:
  constexpr AddressSpaceId() = default;  // kNoAddressSpace
  explicit constexpr AddressSpaceId(uint32_t number) : number_(number) {}

  constexpr uint32_t value() const { return number_; }
  constexpr AddressSpaceId next() const { return AddressSpaceId(number_ + 1); }
  constexpr auto operator<=>(const AddressSpaceId&) const = default;

 private:
  uint32_t number_ = 0;
};

// What belongs to no address space, or to all, has this id.
inline constexpr AddressSpaceId kNoAddressSpace{};
inline constexpr AddressSpaceId kFirstAddressSpace{1};

}  // namespace mm
