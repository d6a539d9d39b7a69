#include "emulator/loader/image_file_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "tests/emulator/loader/image_builder.h"

namespace emu {
namespace {

namespace fs = std::filesystem;

class Folders {
 public:
  Folders() : root_(fs::temp_directory_path() / ("pagewalk-source-" + std::to_string(getpid()))) {
    fs::create_directories(root_ / "program");
    fs::create_directories(root_ / "system");
  }
  ~Folders() { fs::remove_all(root_); }
  Folders(const Folders&) = delete;
  Folders& operator=(const Folders&) = delete;

  void put_image(const std::string& path, uint32_t base) {
    test::ImageBuilder image;
    image.set_optional(&pe::OptionalHeader::image_base, base);
    std::ofstream(root_ / path, std::ios::binary)
        .write(reinterpret_cast<const char*>(image.bytes().data()),
               static_cast<std::streamsize>(image.bytes().size()));
  }
  ImageFileSource source() const { return {(root_ / "program").string(), (root_ / "system").string()}; }
  const fs::path& root() const { return root_; }

 private:
  fs::path root_;
};

uint32_t base_of(const Folders& folders, std::string_view name) {
  const auto file = folders.source().find(name);
  return file ? (*file)->description.preferred_base : 0;
}

TEST_CASE("the program's folder comes before the system's, but not for known DLLs") {
  Folders folders;
  folders.put_image("program/a.dll", 0x10000000);
  folders.put_image("system/a.dll", 0x20000000);
  folders.put_image("system/b.dll", 0x30000000);
  folders.put_image("program/kernel32.dll", 0x40000000);
  folders.put_image("system/kernel32.dll", 0x50000000);
  CHECK(base_of(folders, "a.dll") == 0x10000000);
  CHECK(base_of(folders, "b.dll") == 0x30000000);
  CHECK(base_of(folders, "KERNEL32.dll") == 0x50000000);
}

TEST_CASE("names do not distinguish case; the exact one is preferred") {
  Folders folders;
  folders.put_image("program/MyLib.DLL", 0x10000000);
  CHECK(base_of(folders, "mylib.dll") == 0x10000000);
  folders.put_image("program/mylib.dll", 0x20000000);
  CHECK(base_of(folders, "mylib.dll") == 0x20000000);
  CHECK(base_of(folders, "MYLIB.DLL") == 0x10000000);  // the first in order
}

TEST_CASE("nothing outside the two folders can be named") {
  Folders folders;
  folders.put_image("outside.dll", 0x10000000);
  folders.put_image("program/inside.dll", 0x20000000);
  for (const std::string name : {"../outside.dll", "..\\outside.dll", "/etc/passwd", "c:outside.dll", "..",
                                 ".", "", "program/inside.dll"})
    CHECK(base_of(folders, name) == 0);
  CHECK(base_of(folders, std::string_view("inside.dll\0x", 12)) == 0);
  CHECK(base_of(folders, (folders.root() / "outside.dll").string()) == 0);
  CHECK(base_of(folders, std::string(300, 'x')) == 0);
}

TEST_CASE("what is no image, or no file, says so") {
  Folders folders;
  std::ofstream(folders.root() / "program" / "text.dll") << "hello";
  fs::create_directory(folders.root() / "program" / "folder.dll");
  mkfifo((folders.root() / "program" / "pipe.dll").c_str(), 0600);
  const auto failure = [&](std::string_view name) { return folders.source().find(name).error(); };
  CHECK(failure("text.dll").found);
  CHECK(failure("text.dll").message == "is not a PE image (no MZ signature)");
  CHECK(failure("folder.dll").message == "is not a regular file");
  CHECK(failure("pipe.dll").message == "is not a regular file");
  CHECK_FALSE(failure("missing.dll").found);
  CHECK(failure("missing.dll").message == "was not found");
}

}  // namespace
}  // namespace emu
