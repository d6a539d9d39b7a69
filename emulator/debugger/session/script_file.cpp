#include "emulator/debugger/session/script_file.h"

#include <cstdint>
#include <sstream>
#include <utility>

#include "emulator/kernel/files/regular_file.h"

namespace emu::debugger {

tl::expected<std::vector<std::string>, std::string> read_script(const std::string& path) {
  constexpr uint64_t kLargest = uint64_t{16} << 20;  // bytes
  auto text = read_regular_file(path, kLargest);
  if (!text) return tl::unexpected(path + " " + text.error());
  std::vector<std::string> lines;
  std::istringstream stream(std::move(*text));
  for (std::string line; std::getline(stream, line);) lines.push_back(std::move(line));
  return lines;
}

}  // namespace emu::debugger
