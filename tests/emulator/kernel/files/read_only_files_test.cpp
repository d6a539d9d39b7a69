#include "emulator/kernel/files/read_only_files.h"

#include <catch2/catch_test_macros.hpp>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "emulator/kernel/files/empty_files.h"
#include "emulator/kernel/files/program_files.h"

namespace emu {
namespace {

using mm::NtStatus;

// A program of the host, and what shows it to a guest.
struct Shown {
  Shown() {
    std::ofstream(program) << "MZ";
    files = program_files(std::vector{program}, "/nowhere");
  }
  ~Shown() { std::filesystem::remove(program); }
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;

  const std::string program = (std::filesystem::temp_directory_path() / "read_only_files_test.exe").string();
  std::unique_ptr<HostFiles> files;
};

void check_protected(HostFiles& files, const HostPath& path) {
  CHECK(files.create({"new"}).error() == NtStatus::MediaWriteProtected);
  CHECK(files.make_directory({"new"}) == NtStatus::MediaWriteProtected);
  CHECK(files.may_remove(path) == NtStatus::MediaWriteProtected);
  CHECK(files.remove_file(path) == NtStatus::MediaWriteProtected);
  CHECK(files.remove_directory(path) == NtStatus::MediaWriteProtected);
  CHECK(files.rename(path, {"new"}, HostFiles::Replace::Yes) == NtStatus::MediaWriteProtected);
  CHECK(files.link(path, {"new"}) == NtStatus::MediaWriteProtected);
  CHECK(files.protect(path, HostEntry::Protection::ReadOnly) == NtStatus::MediaWriteProtected);
}

TEST_CASE("A disk that only shows files takes no change", "[files]") {
  Shown shown;
  const HostPath path{"read_only_files_test.exe"};
  check_protected(*shown.files, path);
  CHECK(shown.files->open(path, HostFiles::Access::ReadWrite).error() == NtStatus::MediaWriteProtected);
  const auto file = shown.files->open(path, HostFiles::Access::Read);
  REQUIRE(file);
  CHECK((*file)->size() == 2u);
  CHECK((*file)->resize(0) != NtStatus::Success);
  CHECK(std::filesystem::file_size(shown.program) == 2);
}

TEST_CASE("What is not there is not found, whatever for", "[files]") {
  Shown shown;
  EmptyFiles empty;
  check_protected(empty, {"a"});
  for (const auto access : {HostFiles::Access::Read, HostFiles::Access::ReadWrite}) {
    CHECK(empty.open({"a"}, access).error() == NtStatus::ObjectNameNotFound);
    CHECK(shown.files->open({"a"}, access).error() == NtStatus::ObjectNameNotFound);
    CHECK(shown.files->open({"Windows"}, access).error() == NtStatus::FileIsADirectory);
  }
}

}  // namespace
}  // namespace emu
