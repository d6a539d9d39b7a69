#include <array>
#include <catch2/catch_test_macros.hpp>
#include <random>
#include <string>
#include <string_view>

#include "emulator/kernel/files/memory_files.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/services/handlers.h"
#include "guest/abi/files.h"
#include "mm/memory_manager.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::eax_of;
using test::kData;
using test::TestMachine;

constexpr uint32_t kNothing = 0x00500000;  // nothing is mapped there
constexpr uint32_t kKernel = 0x80000000;
constexpr uint32_t kHandle = kData.value;
constexpr uint32_t kSecond = kData.value + 4;
constexpr uint32_t kIo = kData.value + 8;
constexpr uint32_t kAttributes = kData.value + 0x20;
constexpr uint32_t kString = kData.value + 0x40;
constexpr uint32_t kOffset = kData.value + 0x50;
constexpr uint32_t kName = kData.value + 0x100;
constexpr uint32_t kBuffer = kData.value + 0x1000;
constexpr uint32_t kOutput = 8;              // the standard handle
constexpr uint32_t kReadWrite = 0xC0100000;  // GENERIC_READ | GENERIC_WRITE | SYNCHRONIZE
constexpr uint32_t kSynchronous = 0x20;
constexpr uint32_t kOpen = 1, kCreate = 2, kOpenIf = 3;

class FileMachine : public TestMachine {
 public:
  FileMachine() {
    auto files = std::make_unique<MemoryFiles>(1 << 20);
    host = files.get();
    machine->kernel().volume().mount(std::move(files));
  }

  template <class T>
  void put(uint32_t at, const T& value) {
    REQUIRE(memory->store(mm::VirtualAddress{at}, value) == NtStatus::Success);
  }
  void put_name(std::u16string_view name, uint32_t root = 0) {
    REQUIRE(memory->write({kName}, std::as_bytes(std::span(name))) == NtStatus::Success);
    const auto bytes = static_cast<uint16_t>(name.size() * 2);
    put(kString, abi::UnicodeString{bytes, bytes, kName});
    put(kAttributes, abi::ObjectAttributes{sizeof(abi::ObjectAttributes), root, kString, 0x40, 0, 0});
  }
  uint32_t create(std::u16string_view name, uint32_t disposition, uint32_t options = kSynchronous,
                  uint32_t access = kReadWrite, uint32_t share = 7) {
    put_name(name);
    return call(services::NtCreateFile,
                {kHandle, access, kAttributes, kIo, 0, 0x80, share, disposition, options, 0, 0});
  }
  uint32_t opened() { return load<uint32_t>({kHandle}); }
  uint32_t information() { return load<abi::IoStatusBlock>({kIo}).Information; }

  uint32_t write(uint32_t file, std::string_view text, uint32_t offset = 0) {
    REQUIRE(memory->write({kBuffer}, std::as_bytes(std::span(text))) == NtStatus::Success);
    return call(services::NtWriteFile,
                {file, 0, 0, 0, kIo, kBuffer, static_cast<uint32_t>(text.size()), offset, 0});
  }
  uint32_t read(uint32_t file, uint32_t size, uint32_t offset = 0) {
    return call(services::NtReadFile, {file, 0, 0, 0, kIo, kBuffer, size, offset, 0});
  }
  std::string text() {
    std::string read(information(), '?');
    REQUIRE(memory->read({kBuffer}, std::as_writable_bytes(std::span(read))) == NtStatus::Success);
    return read;
  }

  MemoryFiles* host = nullptr;
};

TEST_CASE("a file is created, written, read at offsets, cut and closed through the services") {
  FileMachine test;
  REQUIRE(test.create(u"\\??\\C:\\file", kCreate) == 0);
  CHECK(test.information() == abi::FileResult_Created);
  const uint32_t file = test.opened();
  CHECK(test.write(file, "hello, world") == 0);
  CHECK(test.information() == 12);
  CHECK(test.read(file, 10) == eax_of(NtStatus::EndOfFile));
  test.put(kOffset, uint64_t{7});
  CHECK(test.read(file, 100, kOffset) == 0);
  CHECK(test.text() == "world");
  test.put(kOffset, ~uint64_t{0});  // FILE_WRITE_TO_END_OF_FILE
  CHECK(test.write(file, "!", kOffset) == 0);
  test.put(kOffset, ~uint64_t{0} - 1);  // FILE_USE_FILE_POINTER_POSITION: behind it
  CHECK(test.write(file, "?", kOffset) == 0);
  test.put(kOffset, uint64_t{11});
  CHECK(test.read(file, 100, kOffset) == 0);
  CHECK(test.text() == "d!?");
  test.put(kOffset, uint64_t{1} << 63);
  CHECK(test.read(file, 1, kOffset) == eax_of(NtStatus::InvalidParameter));
  test.put(kOffset, uint64_t{INT64_MAX});
  CHECK(test.write(file, "x", kOffset) == eax_of(NtStatus::DiskFull));
  test.put(kBuffer, uint64_t{5});
  CHECK(test.call(services::NtSetInformationFile, {file, kIo, kBuffer, 8, abi::FileClass_EndOfFile}) == 0);
  CHECK(test.call(services::NtQueryInformationFile, {file, kIo, kBuffer, 24, abi::FileClass_Standard}) == 0);
  CHECK(test.load<abi::FileStandardInformation>({kBuffer}).EndOfFile == 5);
  CHECK(test.call(services::NtClose, {file}) == 0);
  CHECK(test.read(file, 1) == eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("a handle does what it was opened for") {
  FileMachine test;
  REQUIRE(test.create(u"\\??\\C:\\file", kCreate) == 0);
  const uint32_t whole = test.opened();
  REQUIRE(test.write(whole, "base") == 0);
  constexpr uint32_t kReadOnly = 0x80100000, kAppend = 0x00100004, kLook = 0x00100080;
  REQUIRE(test.create(u"\\??\\C:\\file", kOpen, kSynchronous, kReadOnly) == 0);
  CHECK(test.write(test.opened(), "x") == eax_of(NtStatus::AccessDenied));
  CHECK(test.call(services::NtFlushBuffersFile, {test.opened(), kIo}) == eax_of(NtStatus::AccessDenied));
  REQUIRE(test.create(u"\\??\\C:\\file", kOpen, kSynchronous, kAppend) == 0);
  CHECK(test.read(test.opened(), 1) == eax_of(NtStatus::AccessDenied));
  test.put(kOffset, uint64_t{0});
  CHECK(test.write(test.opened(), "+", kOffset) == 0);
  CHECK(test.read(whole, 9, kOffset) == 0);
  CHECK(test.text() == "base+");
  REQUIRE(test.create(u"\\??\\C:\\file", kOpen, kSynchronous, kLook) == 0);
  const uint32_t look = test.opened();
  CHECK(test.read(look, 1) == eax_of(NtStatus::AccessDenied));
  test.put(kBuffer, uint64_t{1});
  for (const uint32_t information_class :
       {abi::FileClass_EndOfFile, abi::FileClass_Disposition, abi::FileClass_Rename})
    CHECK(test.call(services::NtSetInformationFile, {look, kIo, kBuffer, 64, information_class}) ==
          eax_of(NtStatus::AccessDenied));
  CHECK(test.create(u"\\??\\C:\\file", kOpen, kSynchronous, 0) == eax_of(NtStatus::AccessDenied));
}

TEST_CASE("a name below an open directory starts there") {
  FileMachine test;
  REQUIRE(test.create(u"\\??\\C:\\dir", kCreate, kSynchronous | 1) == 0);
  const uint32_t folder = test.opened();
  test.put_name(u"inner", folder);
  CHECK(test.call(services::NtCreateFile,
                  {kHandle, kReadWrite, kAttributes, kIo, 0, 0, 7, kCreate, kSynchronous, 0, 0}) == 0);
  CHECK(test.host->look({"dir", "inner"}));
  const uint32_t inner = test.opened();
  test.put_name(u"x", inner);
  CHECK(test.call(services::NtOpenFile, {kHandle, kReadWrite, kAttributes, kIo, 7, kSynchronous}) ==
        eax_of(NtStatus::ObjectPathNotFound));
  test.put_name(u"x", kOutput);
  CHECK(test.call(services::NtOpenFile, {kHandle, kReadWrite, kAttributes, kIo, 7, kSynchronous}) ==
        eax_of(NtStatus::ObjectNameInvalid));
  test.put_name(u"x", 0x1234);
  CHECK(test.call(services::NtOpenFile, {kHandle, kReadWrite, kAttributes, kIo, 7, kSynchronous}) ==
        eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("devices have names too") {
  FileMachine test;
  REQUIRE(test.create(u"\\??\\NUL", kOpen) == 0);
  CHECK(test.write(test.opened(), "gone") == 0);
  CHECK(test.information() == 4);
  CHECK(test.read(test.opened(), 4) == eax_of(NtStatus::EndOfFile));
  CHECK(test.call(services::NtQueryVolumeInformationFile, {test.opened(), kIo, kBuffer, 8, 4}) == 0);
  CHECK(test.load<uint32_t>({kBuffer}) == 0x15);
  REQUIRE(test.create(u"\\??\\CONOUT$", kOpen) == 0);
  CHECK(test.write(test.opened(), "shown") == 0);
  CHECK(test.console.output == "shown");
  REQUIRE(test.create(u"\\??\\CON", kOpen, kSynchronous, 0x80100000) == 0);
  test.console.input = "typed";
  CHECK(test.read(test.opened(), 100) == 0);
  CHECK(test.text() == "typed");
  CHECK(test.create(u"\\??\\CON", kOpen) == eax_of(NtStatus::InvalidParameter));
  CHECK(test.create(u"\\??\\PhysicalDrive0", kOpen) == eax_of(NtStatus::ObjectNameNotFound));
}

TEST_CASE("a directory's entries fill the buffer, one behind the other") {
  FileMachine test;
  for (const char* name : {"b", "a", "ccc"}) REQUIRE(test.host->create({name}));
  REQUIRE(test.create(u"\\??\\C:\\", kOpen, kSynchronous | 1, 0x00100001) == 0);
  const uint32_t folder = test.opened();
  const auto query = [&](uint32_t room, uint32_t single, uint32_t restart, uint32_t information_class) {
    return test.call(services::NtQueryDirectoryFile,
                     {folder, 0, 0, 0, kIo, kBuffer, room, information_class, single, 0, restart});
  };
  CHECK(query(4096, 0, 0, abi::FileClass_Directory) == 0);
  CHECK(test.information() == 72 + 72 + 64 + 6);
  CHECK(test.load<uint32_t>({kBuffer}) == 72);
  CHECK(test.load<char16_t>({kBuffer + 64}) == u'a');
  CHECK(test.load<char16_t>({kBuffer + 72 + 64}) == u'b');
  CHECK(test.load<uint32_t>({kBuffer + 144}) == 0);
  CHECK(query(4096, 0, 0, abi::FileClass_Directory) == eax_of(NtStatus::NoMoreFiles));
  CHECK(query(4096, 1, 1, abi::FileClass_Names) == 0);
  CHECK(test.information() == 14);
  CHECK(query(137, 0, 1, abi::FileClass_Directory) == 0);  // one fits, another does not
  CHECK(test.information() == 66);
  CHECK(query(67, 0, 1, abi::FileClass_Directory) == 0);
  CHECK(query(67, 0, 0, abi::FileClass_Directory) == 0);
  CHECK(query(67, 0, 0, abi::FileClass_Directory) == eax_of(NtStatus::BufferOverflow));
  CHECK(query(63, 0, 1, abi::FileClass_Directory) == eax_of(NtStatus::InfoLengthMismatch));
  CHECK(query(4096, 0, 1, 77) == eax_of(NtStatus::InvalidInfoClass));
  CHECK(test.call(services::NtQueryDirectoryFile, {kOutput, 0, 0, 0, kIo, kBuffer, 99, 1, 0, 0, 0}) != 0);
}

TEST_CASE("answers do not fit, or go nowhere: the documented status, and nothing is opened") {
  FileMachine test;
  const size_t handles = test.process.handles.count();
  test.put_name(u"\\??\\C:\\file");
  for (const uint32_t bad : {kNothing, kKernel, 0xFFFFFFFFu}) {
    CHECK(test.call(services::NtCreateFile, {bad, kReadWrite, kAttributes, kIo, 0, 0, 7, kOpenIf,
                                             kSynchronous, 0, 0}) == eax_of(NtStatus::AccessViolation));
    CHECK(test.call(services::NtCreateFile, {kHandle, kReadWrite, kAttributes, bad, 0, 0, 7, kOpenIf,
                                             kSynchronous, 0, 0}) == eax_of(NtStatus::AccessViolation));
    CHECK(test.call(services::NtCreateFile, {kHandle, kReadWrite, bad, kIo, 0, 0, 7, kOpenIf, kSynchronous, 0,
                                             0}) == eax_of(NtStatus::AccessViolation));
    CHECK(test.call(services::PwCreatePipe, {bad, kSecond, 0, 0}) == eax_of(NtStatus::AccessViolation));
    CHECK(test.call(services::PwCreatePipe, {kHandle, bad, 0, 0}) == eax_of(NtStatus::AccessViolation));
    CHECK(test.call(services::NtQueryAttributesFile, {bad, kBuffer}) == eax_of(NtStatus::AccessViolation));
  }
  CHECK(!test.host->look({"file"}));
  CHECK(test.process.handles.count() == handles);
  CHECK(test.call(services::NtCreateFile, {kHandle, kReadWrite, 0, kIo, 0, 0, 7, kOpenIf, kSynchronous, 0,
                                           0}) == eax_of(NtStatus::InvalidParameter));
  REQUIRE(test.create(u"\\??\\C:\\file", kCreate) == 0);
  const uint32_t file = test.opened();
  REQUIRE(test.write(file, "text") == 0);
  test.put(kOffset, uint64_t{0});
  CHECK(test.call(services::NtReadFile, {file, 0, 0, 0, kIo, kNothing, 4, kOffset, 0}) ==
        eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::NtWriteFile, {file, 0, 0, 0, kIo, kNothing, 4, kOffset, 0}) ==
        eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::NtReadFile, {file, 0, 0, 0, kNothing, kBuffer, 4, kOffset, 0}) ==
        eax_of(NtStatus::AccessViolation));
  CHECK(test.call(services::NtQueryInformationFile, {file, kIo, kBuffer, 23, abi::FileClass_Standard}) ==
        eax_of(NtStatus::InfoLengthMismatch));
  CHECK(test.call(services::NtQueryInformationFile, {file, kIo, kBuffer, 6, abi::FileClass_Name}) ==
        eax_of(NtStatus::BufferOverflow));
  CHECK(test.call(services::NtQueryInformationFile, {file, kIo, kBuffer, 4096, 99}) ==
        eax_of(NtStatus::InvalidInfoClass));
  CHECK(test.call(services::NtQueryInformationFile, {0x7000, kIo, kBuffer, 4096, 5}) ==
        eax_of(NtStatus::InvalidHandle));
  CHECK(test.call(services::NtQueryInformationFile, {0xFFFFFFFF, kIo, kBuffer, 4096, 5}) ==
        eax_of(NtStatus::ObjectTypeMismatch));
}

// Words that mean something somewhere, in every place of every service.
TEST_CASE("random arguments harm neither the host nor the machine") {
  constexpr std::array kServices = {kServiceEntry<services::NtCreateFile>,
                                    kServiceEntry<services::NtOpenFile>,
                                    kServiceEntry<services::NtQueryInformationFile>,
                                    kServiceEntry<services::NtSetInformationFile>,
                                    kServiceEntry<services::NtQueryDirectoryFile>,
                                    kServiceEntry<services::NtQueryAttributesFile>,
                                    kServiceEntry<services::NtQueryFullAttributesFile>,
                                    kServiceEntry<services::NtFlushBuffersFile>,
                                    kServiceEntry<services::NtQueryVolumeInformationFile>,
                                    kServiceEntry<services::NtDeleteFile>,
                                    kServiceEntry<services::NtFsControlFile>,
                                    kServiceEntry<services::NtWriteFile>,
                                    kServiceEntry<services::NtClose>};
  constexpr std::array<uint32_t, 34> kWords = {
      0,       1,        2,       3,          4,          5,          7,           8,       10,
      12,      13,       16,      18,         20,         24,         28,          0x20,    0x21,
      0x40,    0x60,     0x1000,  0xFFFF,     kHandle,    kIo,        kAttributes, kString, kBuffer,
      kOffset, kNothing, kKernel, 0x0011400C, 0x00100001, 0x001F01FF, 0xFFFFFFFF};
  std::mt19937 random(20'260'102);
  const auto one_of = [&](const auto& from) { return from[random() % from.size()]; };
  FileMachine test;
  const ServiceParts parts = service_parts(test.machine->kernel());
  for (const char* name : {"a", "b"}) REQUIRE(test.host->create({name}));
  constexpr std::array<std::u16string_view, 6> kNames = {u"\\??\\C:\\a", u"\\??\\C:\\", u"\\??\\C:\\b\\c",
                                                         u"\\??\\NUL",   u"a",          u"\\??\\C:\\d"};
  for (int i = 0; i < 20'000; ++i) {
    if (i % 8 == 0) test.put_name(one_of(kNames), random() % 4 == 0 ? 4 * (random() % 16) : 0);
    if (i % 64 == 0) test.put(kOffset, uint64_t{random()} << random() % 40);
    ServiceCall call = test.service_call();
    for (uint32_t& word : call.words) word = one_of(kWords);
    if (random() % 2 == 0) call.words[2] = kAttributes;
    (void)kServices[random() % kServices.size()](call, parts);
  }
  test.machine->kernel().memory().verify();
  test.process.handles.close_all();
  CHECK(test.create(u"\\??\\C:\\alone", kOpenIf, kSynchronous, kReadWrite, 0) == 0);
}

}  // namespace
}  // namespace emu
