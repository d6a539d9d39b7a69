// The units of memory management: addresses, page numbers, frames and counts of pages. They do not convert
// into each other or into integers by themselves; `value` is for the edges (hardware words, printing).
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>

namespace mm {

inline constexpr uint32_t kPageShift = 12;
inline constexpr uint32_t kPageSize = 1u << kPageShift;
inline constexpr uint32_t kAllocationGranularity = 64 * 1024;
inline constexpr uint32_t kLargePageSize = 4u << 20;

// A number of pages (or frames, or paging-file slots).
struct PageCount {
  uint32_t value = 0;

  constexpr uint64_t bytes() const { return uint64_t{value} << kPageShift; }
  constexpr auto operator<=>(const PageCount&) const = default;
  constexpr PageCount& operator+=(PageCount n) {
    value += n.value;
    return *this;
  }
  constexpr PageCount& operator-=(PageCount n) {
    value -= n.value;
    return *this;
  }
  constexpr PageCount& operator++() {
    ++value;
    return *this;
  }
  constexpr PageCount& operator--() {
    --value;
    return *this;
  }
  friend constexpr PageCount operator+(PageCount a, PageCount b) { return {a.value + b.value}; }
  friend constexpr PageCount operator-(PageCount a, PageCount b) { return {a.value - b.value}; }
};

// The pages that `bytes` bytes need.
constexpr PageCount pages_for(uint64_t bytes) {
  return {static_cast<uint32_t>((bytes + kPageSize - 1) >> kPageShift)};
}

class VirtualPageNumber;

// A linear address of a guest. A guest address is never a host pointer.
struct VirtualAddress {
  uint32_t value = 0;

  constexpr VirtualPageNumber page() const;
  constexpr uint32_t offset() const { return value & (kPageSize - 1); }
  constexpr auto operator<=>(const VirtualAddress&) const = default;
  friend constexpr VirtualAddress operator+(VirtualAddress a, uint32_t bytes) { return {a.value + bytes}; }
};

// The upper 20 bits of a linear address; 0x100000 stands for the end of the address space.
class VirtualPageNumber {
 public:
  constexpr VirtualPageNumber() = default;
  explicit constexpr VirtualPageNumber(uint32_t number) : number_(number) {}

  constexpr uint32_t value() const { return number_; }
  constexpr VirtualAddress address() const { return {number_ << kPageShift}; }
  constexpr auto operator<=>(const VirtualPageNumber&) const = default;
  constexpr VirtualPageNumber& operator++() {
    ++number_;
    return *this;
  }
  friend constexpr VirtualPageNumber operator+(VirtualPageNumber p, PageCount n) {
    return VirtualPageNumber(p.number_ + n.value);
  }
  friend constexpr VirtualPageNumber operator-(VirtualPageNumber p, PageCount n) {
    return VirtualPageNumber(p.number_ - n.value);
  }
  friend constexpr PageCount operator-(VirtualPageNumber a, VirtualPageNumber b) {
    return {a.number_ - b.number_};
  }

 private:
  uint32_t number_ = 0;
};

constexpr VirtualPageNumber VirtualAddress::page() const { return VirtualPageNumber(value >> kPageShift); }

class PageFrameNumber;

// An address in guest RAM. 64 bits: PAE reaches 36.
struct PhysicalAddress {
  uint64_t value = 0;

  constexpr PageFrameNumber frame() const;
  constexpr uint32_t offset() const { return static_cast<uint32_t>(value & (kPageSize - 1)); }
  constexpr auto operator<=>(const PhysicalAddress&) const = default;
  friend constexpr PhysicalAddress operator+(PhysicalAddress a, uint64_t bytes) { return {a.value + bytes}; }
};

class PageFrameNumber {
 public:
  constexpr PageFrameNumber() = default;
  explicit constexpr PageFrameNumber(uint32_t number) : number_(number) {}

  constexpr uint32_t value() const { return number_; }
  constexpr PhysicalAddress address() const { return {uint64_t{number_} << kPageShift}; }
  constexpr auto operator<=>(const PageFrameNumber&) const = default;
  constexpr PageFrameNumber& operator++() {
    ++number_;
    return *this;
  }

 private:
  uint32_t number_ = 0;
};

constexpr PageFrameNumber PhysicalAddress::frame() const {
  return PageFrameNumber(static_cast<uint32_t>(value >> kPageShift));
}

// Pages [begin, end) of one address space.
struct PageRange {
  VirtualPageNumber begin;
  VirtualPageNumber end;

  // The pages that the bytes [address, address + size) touch; size > 0 and no wrap past 4 GB.
  static constexpr PageRange touching(VirtualAddress address, uint64_t size) {
    const uint64_t last = (uint64_t{address.value} + size + kPageSize - 1) >> kPageShift;
    return {address.page(), VirtualPageNumber(static_cast<uint32_t>(last))};
  }
  constexpr PageCount size() const { return end - begin; }
  constexpr bool empty() const { return end <= begin; }
  constexpr bool contains(VirtualPageNumber page) const { return begin <= page && page < end; }
  constexpr bool contains(PageRange other) const { return begin <= other.begin && other.end <= end; }
  constexpr bool overlaps(PageRange other) const { return begin < other.end && other.begin < end; }
  constexpr bool operator==(const PageRange&) const = default;
};

// Addresses whose place is fixed by the layout of 32-bit Windows (Windows Internals, "x86 address space").
inline constexpr VirtualAddress kLowestUserAddress{0x00010000};
inline constexpr VirtualAddress kHighestUserAddress{0x7FFEFFFF};
inline constexpr VirtualAddress kSharedUserData{0x7FFE0000};
inline constexpr VirtualAddress kSystemBase{0x80000000};
inline constexpr PageRange kUserHalf{VirtualPageNumber(0), kSystemBase.page()};

static_assert(VirtualAddress{0x12345678}.page().value() == 0x12345);
static_assert(VirtualAddress{0x12345678}.offset() == 0x678);
static_assert(PageRange::touching(VirtualAddress{0x1fff}, 2).size() == PageCount{2});
static_assert(PageRange::touching(VirtualAddress{0xfffff000}, 0x1000).end.value() == 0x100000);

}  // namespace mm
