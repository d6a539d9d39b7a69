// What an audit found wrong. Only the first finding is kept: the others follow from it.
#pragma once

#include <cstdio>
#include <optional>
#include <string>

#include "mm/base/address_space_id.h"
#include "mm/base/types.h"

namespace mm {

class Findings {
 public:
  void expect(bool agrees, const char* otherwise) {
    if (!agrees && !first_) first_ = otherwise;
  }
  void expect_of_frame(bool agrees, PageFrameNumber frame, const char* otherwise) {
    if (!agrees && !first_) first_ = "frame " + in_hex(frame.value()) + " " + otherwise;
  }
  void expect_of_page(bool agrees, AddressSpaceId space, VirtualPageNumber page, const char* otherwise) {
    if (agrees || first_) return;
    first_ = "page " + in_hex(page.address().value) + " of address space " + std::to_string(space.value()) +
             " " + otherwise;
  }
  const std::optional<std::string>& first() const { return first_; }

 private:
  static std::string in_hex(uint32_t value) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%x", value);
    return text;
  }

  std::optional<std::string> first_;
};

}  // namespace mm
