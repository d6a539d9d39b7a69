#include "emulator/loader/image_file_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>

#include "emulator/kernel/files/root_folder.h"
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
  ImageFileSource source() const {
    return {{folder_on_host((root_ / "program").string(), nullptr)},
            folder_on_host((root_ / "system").string(), nullptr)};
  }
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
  CHECK(failure("text.dll").status == mm::NtStatus::InvalidImageFormat);
  CHECK(failure("text.dll").message == "is not a PE image (no MZ signature)");
  CHECK(failure("folder.dll").message == "is not a regular file");
  CHECK(failure("pipe.dll").message == "is not a regular file, or a link out of its folder");
  CHECK(failure("missing.dll").status == mm::NtStatus::DllNotFound);
  CHECK(failure("missing.dll").message == "was not found");
}

TEST_CASE("a link out of the folder is refused, and does not tell what it leads to") {
  Folders folders;
  folders.put_image("outside.dll", 0x10000000);
  mkfifo((folders.root() / "pipe").c_str(), 0600);
  for (const char* target : {"outside.dll", "pipe", "missing", "system"}) {
    for (const fs::path& link : {folders.root() / target, fs::path("..") / target}) {
      fs::create_symlink(link, folders.root() / "program" / "link.dll");
      const auto failure = folders.source().find("link.dll").error();
      CHECK(failure.status == mm::NtStatus::AccessDenied);
      CHECK(failure.message == "is not a regular file, or a link out of its folder");
      fs::remove(folders.root() / "program" / "link.dll");
    }
  }
}

TEST_CASE("a program's folder on the guest's disk may link to the rest of it") {
  Folders folders;
  folders.put_image("system/shared.dll", 0x10000000);
  fs::create_symlink("../system/shared.dll", folders.root() / "program" / "link.dll");
  CHECK_FALSE(folders.source().find("link.dll"));
  auto disk = open_root_folder(folders.root().string());
  REQUIRE(disk);
  const ImageFileSource source({folder_on_host((folders.root() / "program").string(), std::move(*disk))}, {});
  const auto file = source.find("link.dll");
  REQUIRE(file);
  CHECK((*file)->description.preferred_base == 0x10000000);
  CHECK((*file)->host_path == (folders.root() / "system" / "shared.dll").string());
}

TEST_CASE("of an image no more is read than its headers name, however large its file") {
  Folders folders;
  folders.put_image("program/a.dll", 0x10000000);
  const fs::path path = folders.root() / "program" / "a.dll";
  const auto size = fs::file_size(path);
  fs::resize_file(path, uint64_t{2} << 30);
  const auto file = folders.source().find("a.dll");
  REQUIRE(file);
  CHECK((*file)->bytes.size() <= size + 4096);
}

TEST_CASE("an image whose section lies far back in a sparse file is refused before it is read") {
  Folders folders;
  test::ImageBuilder image;
  image.set_section(0, &pe::SectionHeader::file_offset, 0x70000000);
  std::ofstream(folders.root() / "program" / "a.dll", std::ios::binary)
      .write(reinterpret_cast<const char*>(image.bytes().data()),
             static_cast<std::streamsize>(image.bytes().size()));
  fs::resize_file(folders.root() / "program" / "a.dll", uint64_t{2} << 30);
  const auto failure = folders.source().find("a.dll").error();
  CHECK(failure.status == mm::NtStatus::InsufficientResources);
  CHECK(failure.message == "has more than 256 MB to be loaded");
}

}  // namespace
}  // namespace emu
