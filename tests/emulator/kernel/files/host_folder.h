// A folder of the host with something inside and something outside, gone when the test is.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace emu::test {

class HostFolder {
 public:
  HostFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "pagewalk-files-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) std::abort();
    base_ = name;
    std::filesystem::create_directory(root());
    std::filesystem::create_directory(outside());
    write(outside() / "secret.txt", "secret");
  }
  ~HostFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(base_, ignored);
  }
  HostFolder(const HostFolder&) = delete;
  HostFolder& operator=(const HostFolder&) = delete;

  std::filesystem::path root() const { return base_ / "root"; }
  std::filesystem::path outside() const { return base_ / "outside"; }  // beside the root

  void folder(const std::string& path) const { std::filesystem::create_directories(root() / path); }
  void file(const std::string& path, const std::string& text) const { write(root() / path, text); }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::create_symlink(target, root() / path);
  }
  std::string content(const std::string& path) const { return read(root() / path); }
  bool exists(const std::string& path) const {
    return std::filesystem::exists(std::filesystem::symlink_status(root() / path));
  }
  // What must never change.
  bool outside_untouched() const {
    const auto entries = std::filesystem::directory_iterator(outside());
    return std::distance(begin(entries), end(entries)) == 1 && read(outside() / "secret.txt") == "secret";
  }

 private:
  static void write(const std::filesystem::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
  }
  static std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path base_;
};

}  // namespace emu::test
