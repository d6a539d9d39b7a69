#include "emulator/kernel/files/root_folder.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <span>

#include "emulator/kernel/files/memory_files.h"
#include "tests/emulator/kernel/files/host_folder.h"

namespace emu {
namespace {

using mm::NtStatus;
using Access = HostFiles::Access;
using Replace = HostFiles::Replace;

std::span<const std::byte> bytes(std::string_view text) { return std::as_bytes(std::span(text)); }

std::string read_all(HostFile& file) {
  std::string text(64, '\0');
  const auto count = file.read(0, std::as_writable_bytes(std::span(text)));
  REQUIRE(count);
  text.resize(*count);
  return text;
}

std::unique_ptr<HostFiles> open_root(const test::HostFolder& host) {
  auto files = open_root_folder(host.root().string());
  REQUIRE(files);
  return std::move(*files);
}

template <class T>
NtStatus error_of(const mm::Result<T>& result) {
  return result ? NtStatus::Success : result.error();
}

// What any implementation of the port does.
void check_contract(HostFiles& files) {
  REQUIRE(files.make_directory({"d"}) == NtStatus::Success);
  CHECK(files.make_directory({"d"}) == NtStatus::ObjectNameCollision);
  CHECK(files.make_directory({"none", "d"}) == NtStatus::ObjectNameNotFound);
  auto made = files.create({"d", "f"});
  REQUIRE(made);
  CHECK(error_of(files.create({"d", "f"})) == NtStatus::ObjectNameCollision);
  CHECK((*made)->write(2, bytes("abc")) == NtStatus::Success);
  CHECK(read_all(**made) == std::string("\0\0abc", 5));
  CHECK((*made)->size() == 5u);
  CHECK((*made)->resize(3) == NtStatus::Success);
  CHECK(read_all(**made) == std::string("\0\0a", 3));
  std::array<std::byte, 4> past;
  CHECK((*made)->read(3, past) == 0u);
  CHECK((*made)->read(1'000'000, past) == 0u);
  CHECK((*made)->flush() == NtStatus::Success);

  const auto entry = files.look({"d", "f"});
  REQUIRE(entry);
  CHECK(entry->kind == HostEntry::Kind::File);
  CHECK(entry->size == 3);
  CHECK(entry->protection == HostEntry::Protection::None);
  CHECK(files.look({"d"})->kind == HostEntry::Kind::Directory);
  CHECK(files.look({})->kind == HostEntry::Kind::Directory);
  CHECK(files.list({"d"}) == std::vector<std::string>{"f"});
  CHECK(error_of(files.look({"none"})) == NtStatus::ObjectNameNotFound);
  CHECK(error_of(files.look({"d", "f", "x"})) == NtStatus::ObjectPathNotFound);
  CHECK(error_of(files.open({"d"}, Access::Read)) == NtStatus::FileIsADirectory);

  auto reader = files.open({"d", "f"}, Access::Read);
  REQUIRE(reader);
  CHECK((*reader)->write(0, bytes("x")) != NtStatus::Success);

  REQUIRE(files.rename({"d", "f"}, {"g"}, Replace::No) == NtStatus::Success);
  CHECK(files.look({"g"})->id == entry->id);
  CHECK(read_all(**reader) == std::string("\0\0a", 3));  // what is open goes on
  REQUIRE(files.create({"h"}));
  CHECK(files.rename({"g"}, {"h"}, Replace::No) == NtStatus::ObjectNameCollision);
  CHECK(files.rename({"g"}, {"h"}, Replace::Yes) == NtStatus::Success);
  CHECK(files.look({"h"})->id == entry->id);
  CHECK(files.rename({"none"}, {"x"}, Replace::No) == NtStatus::ObjectNameNotFound);

  CHECK(files.protect({"h"}, HostEntry::Protection::ReadOnly) == NtStatus::Success);
  CHECK(files.look({"h"})->protection == HostEntry::Protection::ReadOnly);
  CHECK(files.protect({"h"}, HostEntry::Protection::None) == NtStatus::Success);

  REQUIRE(files.link({"h"}, {"d", "other"}) == NtStatus::Success);
  CHECK(files.look({"d", "other"})->id == entry->id);
  CHECK(files.look({"h"})->links == 2);
  CHECK(files.link({"h"}, {"d", "other"}) == NtStatus::ObjectNameCollision);
  CHECK(files.link({"d"}, {"x"}) == NtStatus::FileIsADirectory);
  CHECK(files.link({"none"}, {"x"}) == NtStatus::ObjectNameNotFound);
  CHECK(files.link({"h"}, {"none", "x"}) == NtStatus::ObjectNameNotFound);
  CHECK(files.rename({"h"}, {"d", "other"}, Replace::Yes) == NtStatus::Success);  // both are the same file
  CHECK(files.remove_file({"d", "other"}) == NtStatus::Success);
  CHECK(files.look({"h"})->links == 1);

  REQUIRE(files.create({"d", "x"}));
  CHECK(files.may_remove({"d", "x"}) == NtStatus::Success);
  CHECK(files.may_remove({"none", "x"}) == NtStatus::ObjectNameNotFound);
  CHECK(files.may_remove({}) != NtStatus::Success);
  CHECK(files.remove_directory({"d"}) == NtStatus::DirectoryNotEmpty);
  CHECK(files.remove_file({"d", "x"}) == NtStatus::Success);
  CHECK(files.remove_directory({"d"}) == NtStatus::Success);
  CHECK(files.remove_file({"h"}) == NtStatus::Success);
  CHECK(files.remove_file({"h"}) == NtStatus::ObjectNameNotFound);
  CHECK(files.list({}) == std::vector<std::string>{});
}

TEST_CASE("A folder of the host does what the port promises") {
  const test::HostFolder host;
  check_contract(*open_root(host));
  CHECK(host.outside_untouched());
}

TEST_CASE("Files in memory do what the port promises") {
  MemoryFiles files(1 << 20);
  check_contract(files);
}

TEST_CASE("Files in memory have their limit, and give back what is removed") {
  MemoryFiles files(8);
  auto file = files.create({"f"});
  REQUIRE(file);
  CHECK((*file)->write(0, bytes("12345678")) == NtStatus::Success);
  CHECK((*file)->write(8, bytes("9")) == NtStatus::DiskFull);
  CHECK((*file)->resize(9) == NtStatus::DiskFull);
  CHECK((*file)->write(UINT64_MAX - 1, bytes("9")) == NtStatus::DiskFull);
  file->reset();
  REQUIRE(files.remove_file({"f"}) == NtStatus::Success);
  CHECK((*files.create({"g"}))->write(0, bytes("12345678")) == NtStatus::Success);
}

TEST_CASE("A file's place on the host is where it lies itself, behind its links") {
  const test::HostFolder host;
  host.folder("d");
  host.file("d/f", "");
  host.link("l", "d/f");
  host.link("out", host.outside().string());
  const auto files = open_root(host);
  const std::string place = std::filesystem::canonical(host.root() / "d" / "f").string();
  CHECK(files->host_path({"d", "f"}) == place);
  CHECK(files->host_path({"l"}) == place);
  CHECK(files->host_path({"none"}).empty());
  CHECK(files->host_path({"out", "secret.txt"}).empty());
  CHECK(MemoryFiles(8).host_path({"f"}).empty());
}

TEST_CASE("No operation reaches past the root through a link") {
  const test::HostFolder host;
  host.link("out", host.outside().string());
  host.link("up", "../outside");
  host.link("file", "../outside/secret.txt");
  host.link("new", "../outside/new.txt");
  const auto files = open_root(host);
  for (const char* way : {"out", "up"}) {
    CAPTURE(way);
    const HostPath secret = {way, "secret.txt"}, fresh = {way, "fresh"};
    CHECK(error_of(files->look(secret)) == NtStatus::AccessDenied);
    CHECK(error_of(files->list({way})) == NtStatus::AccessDenied);
    CHECK(error_of(files->open(secret, Access::Read)) == NtStatus::AccessDenied);
    CHECK(error_of(files->create(fresh)) == NtStatus::AccessDenied);
    CHECK(files->make_directory(fresh) == NtStatus::AccessDenied);
    CHECK(files->remove_file(secret) == NtStatus::AccessDenied);
    CHECK(files->rename(secret, {"mine"}, Replace::Yes) == NtStatus::AccessDenied);
    CHECK(files->rename({"file"}, fresh, Replace::Yes) == NtStatus::AccessDenied);
    CHECK(files->protect(secret, HostEntry::Protection::ReadOnly) == NtStatus::AccessDenied);
  }
  CHECK(error_of(files->open({"file"}, Access::ReadWrite)) == NtStatus::AccessDenied);
  CHECK(error_of(files->create({"new"})) == NtStatus::ObjectNameCollision);  // O_EXCL follows no link
  CHECK(files->remove_directory({"up"}) == NtStatus::Success);               // the link itself
  CHECK(files->remove_file({"file"}) == NtStatus::Success);
  CHECK(!host.exists("up"));
  CHECK(host.outside_untouched());
}

TEST_CASE("What is no file and no directory is not opened") {
  const test::HostFolder host;
  REQUIRE(mkfifo((host.root() / "pipe").c_str(), 0600) == 0);
  const auto files = open_root(host);
  CHECK(error_of(files->look({"pipe"})) == NtStatus::AccessDenied);
  CHECK(error_of(files->open({"pipe"}, Access::Read)) == NtStatus::AccessDenied);
}

TEST_CASE("A root that is no folder is refused in words") {
  const test::HostFolder host;
  host.file("f", "");
  CHECK(!open_root_folder((host.root() / "none").string()));
  const auto opened = open_root_folder((host.root() / "f").string());
  REQUIRE(!opened);
  CHECK(opened.error().find("Not a directory") != std::string::npos);
}

}  // namespace
}  // namespace emu
