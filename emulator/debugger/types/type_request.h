// What is asked of dt: its options, a name, and what stands behind that.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/types/type_listing.h"

namespace emu::debugger {

struct TypeRequest {
  ListingOptions listing;
  bool types_only = false;  // -t, -e
  bool verbose = false;     // -v
  bool is_prefix = false;   // -y
  std::optional<uint32_t> size;
  std::string name;
  std::vector<std::string> rest;  // fields and an address
  std::string link;               // -l
};

// Reads the arguments of dt. Throws CommandError when they are none.
TypeRequest read_type_request(std::string_view text);

}  // namespace emu::debugger
