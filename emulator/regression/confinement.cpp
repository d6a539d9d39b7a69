#include "emulator/regression/confinement.h"

#include <algorithm>
#include <stdexcept>
#include <system_error>

namespace emu {
namespace {

namespace fs = std::filesystem;

// Both without links, "." and "..".
bool lies_in(const fs::path& path, const fs::path& folder) {
  return std::mismatch(folder.begin(), folder.end(), path.begin(), path.end()).first == folder.end();
}

// A file that is yet to be made is where its folder is. A link that leads nowhere is not: what is written
// through it is made elsewhere.
fs::path without_links(const fs::path& path, std::error_code& error) {
  const bool is_there = fs::exists(fs::symlink_status(path, error));
  error.clear();
  if (is_there || !path.has_filename()) return fs::canonical(path, error);
  return fs::canonical(path.parent_path(), error) / path.filename();
}

}  // namespace

fs::path confined(const std::string& what, const fs::path& path, const fs::path& folder,
                  const std::vector<fs::path>& allowed, Trust trust) {
  if (trust == Trust::Trusted) return folder / path;
  std::error_code error;
  const fs::path place = without_links(folder / path, error);
  if (error) throw std::runtime_error(what + ": " + path.string() + ": " + error.message());
  const bool inside = std::any_of(allowed.begin(), allowed.end(), [&](const fs::path& one) {
    std::error_code ignored;
    const fs::path root = fs::canonical(one, ignored);
    return !ignored && lies_in(place, root);
  });
  if (inside) return place;
  throw std::runtime_error(what + ": " + path.string() +
                           " leads out of what a scenario may use (test --trust lets it)");
}

}  // namespace emu
