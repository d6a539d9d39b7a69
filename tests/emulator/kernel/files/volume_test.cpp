#include "emulator/kernel/files/volume.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <vector>

#include "tests/emulator/kernel/files/failing_files.h"
#include "tests/emulator/kernel/files/volume_fixture.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::kRead;
using test::kSynchronousDirectory;
using test::kSynchronousFile;
using test::kWrite;
using test::request;
using test::VolumeFixture;

// Every pair of openings, judged by the rule in words: what each does, the other must share; who touches no
// data conflicts with nobody.
TEST_CASE("Share modes go both ways") {
  constexpr AccessMask kRights[] = {file_access::kReadData, file_access::kWriteData, access_right::kDelete};
  const auto access_of = [&](unsigned bits) {
    AccessMask access = file_access::kReadAttributes;
    for (unsigned i = 0; i < 3; ++i)
      if (bits >> i & 1) access |= kRights[i];
    return access;
  };
  for (unsigned all = 0; all < 4096; ++all) {
    const unsigned first = all & 7, first_share = all >> 3 & 7, second = all >> 6 & 7,
                   second_share = all >> 9 & 7;
    ShareAccess open;
    open.add(ShareClaim(access_of(first), first_share));
    const bool expected =
        first == 0 || second == 0 || ((first & ~second_share) == 0 && (second & ~first_share) == 0);
    CAPTURE(first, first_share, second, second_share);
    CHECK(open.allows(ShareClaim(access_of(second), second_share)) == expected);
    open.remove(ShareClaim(access_of(first), first_share));
    CHECK(open.allows(ShareClaim(access_of(second), second_share)));
  }
}

struct DispositionCase {
  Disposition disposition;
  NtStatus existing;
  OpenResult existing_result;
  NtStatus missing;
  bool empties;
};

TEST_CASE("Dispositions do what they say, to what exists and to what does not") {
  constexpr DispositionCase kCases[] = {
      {Disposition::Supersede, NtStatus::Success, OpenResult::Superseded, NtStatus::Success, true},
      {Disposition::Open, NtStatus::Success, OpenResult::Opened, NtStatus::ObjectNameNotFound, false},
      {Disposition::Create, NtStatus::ObjectNameCollision, {}, NtStatus::Success, false},
      {Disposition::OpenIf, NtStatus::Success, OpenResult::Opened, NtStatus::Success, false},
      {Disposition::Overwrite, NtStatus::Success, OpenResult::Overwritten, NtStatus::ObjectNameNotFound,
       true},
      {Disposition::OverwriteIf, NtStatus::Success, OpenResult::Overwritten, NtStatus::Success, true},
  };
  for (const DispositionCase& expected : kCases) {
    CAPTURE(static_cast<uint32_t>(expected.disposition));
    VolumeFixture fixture;
    fixture.put({"there"}, "text");
    const auto existing = fixture.open(u"there", request(kRead | kWrite, expected.disposition));
    CHECK((existing ? NtStatus::Success : existing.error()) == expected.existing);
    if (existing) CHECK(existing->result == expected.existing_result);
    CHECK(fixture.host->look({"there"})->size == (expected.empties ? 0 : 4));
    const auto missing = fixture.open(u"missing", request(kRead | kWrite, expected.disposition));
    CHECK((missing ? NtStatus::Success : missing.error()) == expected.missing);
    if (missing) CHECK(missing->result == OpenResult::Created);
    CHECK(fixture.there({"missing"}) == (expected.missing == NtStatus::Success));
    CHECK(fixture.try_open(u"none\\file", request(kRead, expected.disposition)) ==
          NtStatus::ObjectPathNotFound);
    CHECK(fixture.try_open(u"there\\file", request(kRead, expected.disposition)) ==
          NtStatus::ObjectPathNotFound);
  }
}

TEST_CASE("Requests that contradict themselves are refused") {
  const auto check = [](OpenRequest wanted) { return check_open_request(wanted); };
  CHECK(check(request(kRead, Disposition::Open)) == NtStatus::Success);
  CHECK(check(request(kRead, static_cast<Disposition>(6))) == NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Open, 8)) == NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Open, 0, 0x41)) == NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Open, 0, 0x30)) == NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Overwrite, 0, file_option::kDirectory)) ==
        NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Open, 0, file_option::kDeleteOnClose)) ==
        NtStatus::InvalidParameter);
  CHECK(check(request(kRead, Disposition::Open, 0, 0x01000000)) == NtStatus::InvalidParameter);
  CHECK(check({.access = file_access::kReadData, .options = file_option::kSynchronousNonAlert}) ==
        NtStatus::InvalidParameter);  // without SYNCHRONIZE
}

TEST_CASE("Files and directories are told apart") {
  VolumeFixture fixture;
  fixture.put({"file"});
  REQUIRE(fixture.host->make_directory({"folder"}) == NtStatus::Success);
  const auto open = request(kRead, Disposition::Open, 7);
  const auto open_directory = request(kRead, Disposition::Open, 7, kSynchronousDirectory);
  CHECK(fixture.try_open(u"folder", open) == NtStatus::FileIsADirectory);
  CHECK(fixture.try_open(u"folder", open_directory) == NtStatus::Success);
  CHECK(fixture.try_open(u"folder\\", open_directory) == NtStatus::Success);
  CHECK(fixture.try_open(u"file", open_directory) == NtStatus::NotADirectory);
  CHECK(fixture.try_open(u"file\\", open) == NtStatus::ObjectNameInvalid);
  CHECK(fixture.try_open(u"new\\", request(kWrite, Disposition::Create)) == NtStatus::ObjectNameInvalid);
  CHECK(fixture.try_open(u"folder",
                         request(kRead, Disposition::OverwriteIf, 7, file_option::kSynchronousNonAlert)) ==
        NtStatus::ObjectNameCollision);
  CHECK(fixture.try_open(u"", open_directory) == NtStatus::Success);
  CHECK(fixture.try_open(u"made", request(kRead, Disposition::Create, 7, kSynchronousDirectory)) ==
        NtStatus::Success);
  CHECK(fixture.host->look({"made"})->kind == HostEntry::Kind::Directory);
  const auto raw = parse_object_name(u"\\??\\C:");
  CHECK(fixture.volume.open({fixture.objects, nullptr}, nullptr, *raw, open).error() ==
        NtStatus::AccessDenied);
}

TEST_CASE("Names are found without regard to case, the exact one first") {
  VolumeFixture fixture;
  fixture.put({"Name"}, "1");
  fixture.put({"name"}, "22");
  fixture.put({"NAME"}, "333");
  REQUIRE(fixture.host->make_directory({"Folder"}) == NtStatus::Success);
  fixture.put({"Folder", "Ärger"}, "4444");
  const auto size_of = [&](std::u16string_view path) {
    return fixture.volume.query(nullptr, fixture.name(path))->size;
  };
  CHECK(size_of(u"Name") == 1);
  CHECK(size_of(u"name") == 2);
  CHECK(size_of(u"nAmE") == 3);  // "NAME" is listed first
  CHECK(size_of(u"FOLDER\\äRGER") == 4);
  // What is made is spelled as asked, in the folder that is there.
  CHECK(fixture.try_open(u"fOLDER\\New", request(kWrite, Disposition::Create)) == NtStatus::Success);
  CHECK(fixture.there({"Folder", "New"}));
}

TEST_CASE("A read-only file is neither written nor deleted") {
  VolumeFixture fixture;
  fixture.put({"f"}, "text");
  REQUIRE(fixture.host->protect({"f"}, HostEntry::Protection::ReadOnly) == NtStatus::Success);
  CHECK(fixture.try_open(u"f", request(kRead, Disposition::Open)) == NtStatus::Success);
  CHECK(fixture.try_open(u"f", request(kWrite, Disposition::Open)) == NtStatus::AccessDenied);
  CHECK(fixture.try_open(u"f", request(kRead, Disposition::OverwriteIf)) == NtStatus::AccessDenied);
  CHECK(fixture.try_open(u"f", request(access_right::kDelete, Disposition::Open, 7,
                                       kSynchronousFile | file_option::kDeleteOnClose)) ==
        NtStatus::CannotDelete);
  const auto opened = fixture.open(u"f", request(access_right::kDelete, Disposition::Open));
  REQUIRE(opened);
  CHECK(opened->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending) == NtStatus::CannotDelete);
}

TEST_CASE("A file that is to go goes with its last handle") {
  VolumeFixture fixture;
  fixture.put({"f"}, "text");
  const auto open = request(kRead | access_right::kDelete, Disposition::Open, 7);
  auto first = fixture.open(u"f", open), second = fixture.open(u"F", open);
  REQUIRE((first && second));
  CHECK(first->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending) == NtStatus::Success);
  CHECK(fixture.try_open(u"f", open) == NtStatus::DeletePending);
  CHECK(fixture.volume.query(nullptr, fixture.name(u"f")).error() == NtStatus::DeletePending);
  first->file.reset();
  CHECK(fixture.there({"f"}));
  CHECK(second->file->as_disk_file()->information()->delete_pending);
  second->file.reset();
  CHECK(!fixture.there({"f"}));
  CHECK(fixture.try_open(u"f", open) == NtStatus::ObjectNameNotFound);
  // Changed one's mind.
  fixture.put({"g"});
  auto third = fixture.open(u"g", open);
  third->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending);
  third->file->as_disk_file()->set_deletion(FileNode::Deletion::No);
  third->file.reset();
  CHECK(fixture.there({"g"}));
}

TEST_CASE("Making a file where one is about to go says so") {
  VolumeFixture fixture;
  fixture.put({"f"});
  auto file = fixture.open(u"f", request(access_right::kDelete, Disposition::Open, 7));
  REQUIRE(file->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending) == NtStatus::Success);
  CHECK(fixture.try_open(u"f", request(kWrite, Disposition::Create)) == NtStatus::DeletePending);
  CHECK(fixture.try_open(u"f", request(kWrite, Disposition::OverwriteIf, 7)) == NtStatus::DeletePending);
}

TEST_CASE("A file with several names is one file") {
  VolumeFixture fixture;
  REQUIRE(fixture.host->make_directory({"d"}) == NtStatus::Success);
  fixture.put({"f"}, "text");
  const auto open = request(kRead | access_right::kDelete, Disposition::Open, 7);
  auto first = fixture.open(u"f", open);
  DiskFile& file = *first->file->as_disk_file();
  REQUIRE(file.link({u"d", u"g"}, HostFiles::Replace::No) == NtStatus::Success);
  CHECK(file.information()->links == 2);
  CHECK(file.link({u"D", u"G"}, HostFiles::Replace::No) == NtStatus::ObjectNameCollision);
  CHECK(file.link({u"none", u"g"}, HostFiles::Replace::No) == NtStatus::ObjectPathNotFound);
  auto second = fixture.open(u"d\\g", open);
  CHECK(second->file->as_disk_file()->index() == file.index());
  CHECK(fixture.try_open(u"d\\g", request(kRead, Disposition::Open, 0)) == NtStatus::SharingViolation);

  // One name goes, while the file stays open by both.
  REQUIRE(file.set_deletion(FileNode::Deletion::Pending) == NtStatus::Success);
  CHECK(file.information()->delete_pending);
  CHECK(!second->file->as_disk_file()->information()->delete_pending);
  CHECK(second->file->as_disk_file()->information()->links == 1);
  CHECK(file.link({u"h"}, HostFiles::Replace::No) == NtStatus::AccessDenied);
  CHECK(fixture.try_open(u"f", open) == NtStatus::DeletePending);
  CHECK(fixture.try_open(u"d\\g", open) == NtStatus::Success);
  first->file.reset();
  CHECK(!fixture.there({"f"}));
  REQUIRE(fixture.there({"d", "g"}));

  // What the machine knows of a file outlives a name.
  REQUIRE(second->file->as_disk_file()->set_basic({.attributes = file_attribute::kHidden}) ==
          NtStatus::Success);
  REQUIRE(second->file->as_disk_file()->link({u"f"}, HostFiles::Replace::No) == NtStatus::Success);
  REQUIRE(second->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending) == NtStatus::Success);
  second->file.reset();
  CHECK(fixture.volume.query(nullptr, fixture.name(u"f"))->attributes == file_attribute::kHidden);
}

TEST_CASE("A link takes the place of a file that nobody has open, when that is asked for") {
  VolumeFixture fixture;
  REQUIRE(fixture.host->make_directory({"d"}) == NtStatus::Success);
  fixture.put({"f"}, "text");
  fixture.put({"g"}, "22");
  const auto file = fixture.open(u"f", request(kRead, Disposition::Open, 7));
  DiskFile& linked = *file->file->as_disk_file();
  {
    const auto target = fixture.open(u"g", request(kRead, Disposition::Open, 7));
    CHECK(linked.link({u"g"}, HostFiles::Replace::Yes) == NtStatus::AccessDenied);
  }
  CHECK(linked.link({u"d"}, HostFiles::Replace::Yes) == NtStatus::AccessDenied);
  CHECK(linked.link({u"g"}, HostFiles::Replace::Yes) == NtStatus::Success);
  CHECK(fixture.host->look({"g"})->size == 4);
  const auto folder = fixture.open(u"d", request(kRead, Disposition::Open, 7, kSynchronousDirectory));
  CHECK(folder->file->as_disk_file()->link({u"h"}, HostFiles::Replace::No) == NtStatus::FileIsADirectory);
}

TEST_CASE("A file has at most 1,024 names") {
  VolumeFixture fixture;
  fixture.put({"f"});
  const auto file = fixture.open(u"f", request(kRead, Disposition::Open, 7));
  DiskFile& linked = *file->file->as_disk_file();
  const auto name = [](int number) {
    std::u16string text = u"n";
    for (const char digit : std::to_string(number)) text += static_cast<char16_t>(digit);
    return text;
  };
  for (int i = 1; i < 1024; ++i) REQUIRE(linked.link({name(i)}, HostFiles::Replace::No) == NtStatus::Success);
  CHECK(linked.link({name(1024)}, HostFiles::Replace::No) == NtStatus::TooManyLinks);
}

TEST_CASE("Renaming minds what is open") {
  VolumeFixture fixture;
  REQUIRE(fixture.host->make_directory({"d"}) == NtStatus::Success);
  fixture.put({"d", "f"}, "1");
  fixture.put({"g"}, "22");
  const auto open = request(kRead | access_right::kDelete, Disposition::Open, 7);
  const auto open_directory = request(access_right::kDelete, Disposition::Open, 7, kSynchronousDirectory);
  auto file = fixture.open(u"d\\f", open);
  auto folder = fixture.open(u"d", open_directory);
  DiskFile& moved = *file->file->as_disk_file();
  CHECK(folder->file->as_disk_file()->rename({u"e"}, HostFiles::Replace::No) == NtStatus::AccessDenied);
  CHECK(moved.rename({u"G"}, HostFiles::Replace::No) == NtStatus::ObjectNameCollision);
  CHECK(moved.rename({u"none", u"f"}, HostFiles::Replace::No) == NtStatus::ObjectPathNotFound);
  {
    const auto target = fixture.open(u"g", open);
    CHECK(moved.rename({u"g"}, HostFiles::Replace::Yes) == NtStatus::AccessDenied);
  }
  CHECK(moved.rename({u"d"}, HostFiles::Replace::Yes) == NtStatus::AccessDenied);
  CHECK(moved.rename({u"G"}, HostFiles::Replace::Yes) == NtStatus::Success);
  CHECK(moved.guest_path() == u"\\g");  // it takes the name's place, and its spelling
  CHECK(fixture.host->look({"g"})->size == 1);
  CHECK(moved.rename({u"G"}, HostFiles::Replace::No) == NtStatus::Success);  // another case
  CHECK(moved.guest_path() == u"\\G");
  CHECK(folder->file->as_disk_file()->rename({u"e"}, HostFiles::Replace::No) == NtStatus::Success);
  CHECK(fixture.there({"e"}));
}

TEST_CASE("Times are the guest's") {
  VolumeFixture fixture;
  const uint64_t boot = fixture.clock.system_time();
  fixture.put({"old"}, "x");
  fixture.clock.charge(Duration(5'000'000));
  CHECK(fixture.volume.query(nullptr, fixture.name(u"old"))->written == boot);
  auto made = fixture.open(u"new", request(kRead | kWrite, Disposition::Create));
  REQUIRE(made);
  CHECK(fixture.volume.query(nullptr, fixture.name(u"new"))->created == boot + 50'000);
  fixture.clock.charge(Duration(1'000'000));
  const std::byte byte{};
  REQUIRE(made->file->write(0, std::span(&byte, 1)));
  const auto information = made->file->as_disk_file()->information();
  CHECK(information->written == boot + 60'000);
  CHECK(information->created == boot + 50'000);
  CHECK(information->size == 1);
  CHECK(information->allocation == 4096);
  CHECK(made->file->as_disk_file()->set_basic({.created = 12345, .attributes = file_attribute::kHidden}) ==
        NtStatus::Success);
  const auto changed = fixture.volume.query(nullptr, fixture.name(u"NEW"));
  CHECK(changed->created == 12345);
  CHECK(changed->written == boot + 60'000);
  CHECK(changed->attributes == file_attribute::kHidden);
}

TEST_CASE("A directory is listed in order, from a snapshot") {
  VolumeFixture fixture;
  REQUIRE(fixture.host->make_directory({"d"}) == NtStatus::Success);
  for (const char* name : {"b", "C", "a.txt", "_", "\xFF", "x:y"}) fixture.put({"d", name});
  const auto opened = fixture.open(u"d", request(kRead, Disposition::Open, 7, kSynchronousDirectory));
  DirectorySearch& search = opened->file->as_disk_file()->search();
  const auto all = [&] {
    std::vector<std::u16string> names;
    for (;;) {
      const auto found = search.next(*fixture.host, fixture.volume.nodes(), {"d"});
      if (!found) return names;
      names.push_back(found->name);
      search.advance();
    }
  };
  const auto prepare = [&](std::u16string_view pattern, DirectorySearch::Restart restart) {
    return search.prepare(*fixture.host, {"d"}, pattern, restart);
  };
  using Names = std::vector<std::u16string>;
  REQUIRE(prepare(u"", DirectorySearch::Restart::No) == NtStatus::Success);
  fixture.put({"d", "later"});
  REQUIRE(fixture.host->remove_file({"d", "C"}) == NtStatus::Success);
  CHECK(all() == Names{u".", u"..", u"a.txt", u"b", u"_"});
  CHECK(search.next(*fixture.host, fixture.volume.nodes(), {"d"}).error() == NtStatus::NoMoreFiles);
  prepare(u"a*", DirectorySearch::Restart::Yes);
  CHECK(all() == Names{u"a.txt"});
  prepare(u"", DirectorySearch::Restart::Yes);  // the pattern stays
  CHECK(all() == Names{u"a.txt"});
  prepare(u"none", DirectorySearch::Restart::Yes);
  CHECK(search.next(*fixture.host, fixture.volume.nodes(), {"d"}).error() == NtStatus::NoSuchFile);
}

// The n-th call to the host fails, for every n: the guest gets that status or none, and nothing stays open.
TEST_CASE("Whatever the host refuses, the guest gets a status and the volume stays sound") {
  const std::vector<std::function<NtStatus(VolumeFixture&)>> operations = {
      [](VolumeFixture& f) { return f.try_open(u"dir\\FILE", request(kRead | kWrite, Disposition::Open)); },
      [](VolumeFixture& f) { return f.try_open(u"dir\\file", request(kWrite, Disposition::OverwriteIf)); },
      [](VolumeFixture& f) { return f.try_open(u"dir\\new", request(kWrite, Disposition::Create)); },
      [](VolumeFixture& f) {
        return f.try_open(u"made", request(kRead, Disposition::Create, 7, kSynchronousDirectory));
      },
      [](VolumeFixture& f) {
        const auto opened =
            f.open(u"dir\\file", request(kRead | access_right::kDelete, Disposition::Open, 7));
        if (!opened) return opened.error();
        return opened->file->as_disk_file()->rename({u"moved"}, HostFiles::Replace::No);
      },
      [](VolumeFixture& f) {
        const auto opened = f.open(u"dir\\file", request(kRead, Disposition::Open, 7));
        if (!opened) return opened.error();
        return opened->file->as_disk_file()->link({u"linked"}, HostFiles::Replace::No);
      },
      [](VolumeFixture& f) {
        const auto opened = f.open(
            u"DIR", request(kRead | access_right::kDelete, Disposition::Open, 7, kSynchronousDirectory));
        if (!opened) return opened.error();
        DirectorySearch& search = opened->file->as_disk_file()->search();
        const NtStatus status = search.prepare(f.volume.files(), {"dir"}, u"", DirectorySearch::Restart::No);
        return status == NtStatus::Success
                   ? opened->file->as_disk_file()->set_deletion(FileNode::Deletion::Pending)
                   : status;
      },
      [](VolumeFixture& f) {
        const auto opened = f.open(u"dir\\file", request(kRead | kWrite, Disposition::Open));
        if (!opened) return opened.error();
        std::byte byte{};
        const auto read = opened->file->read(0, std::span(&byte, 1));
        if (!read) return read.error();
        const auto written = opened->file->write(0, std::span(&byte, 1));
        return written ? opened->file->as_disk_file()->set_size(9) : written.error();
      },
  };
  for (size_t operation = 0; operation < operations.size(); ++operation) {
    int failures = 0;
    for (int n = 1;; ++n) {
      VolumeFixture fixture;
      auto memory = std::make_unique<MemoryFiles>(1 << 20);
      fixture.host = memory.get();
      auto failing = std::make_unique<test::FailingFiles>(std::move(memory));
      test::FailingFiles& seam = *failing;
      fixture.volume.mount(std::move(failing));
      REQUIRE(fixture.host->make_directory({"dir"}) == NtStatus::Success);
      fixture.put({"dir", "file"}, "text");
      seam.arm(n);
      const NtStatus status = operations[operation](fixture);
      CAPTURE(operation, n, mm::to_string(status));
      if (!seam.failed()) break;
      ++failures;
      // A failure that only cost knowledge (where a name is) may be survived; none is turned into another.
      CHECK((status == NtStatus::Success || status == NtStatus::DeviceDataError ||
             status == NtStatus::DirectoryNotEmpty));
      CHECK(fixture.objects.count() == 0);
      seam.disarm();
      CHECK(fixture.try_open(u"dir", request(kRead, Disposition::Open, 0, kSynchronousDirectory)) ==
            NtStatus::Success);  // alone: nobody else is there
      if (fixture.there({"dir", "file"}))
        CHECK(fixture.try_open(u"dir\\file", request(kRead | kWrite, Disposition::Open)) ==
              NtStatus::Success);
    }
    CHECK(failures > 0);
  }
}

}  // namespace
}  // namespace emu
