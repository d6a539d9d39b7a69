#include <array>
#include <catch2/catch_test_macros.hpp>

#include "emulator/kernel/files/file_object.h"
#include "emulator/kernel/objects/object_manager.h"
#include "emulator/kernel/objects/reference_census.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "guest/abi/structures.h"
#include "tests/emulator/kernel/test_machine.h"

namespace emu {
namespace {

using mm::NtStatus;
using test::eax_of;
using test::kData;
using test::TestMachine;

constexpr uint32_t kThisThread = 0xFFFFFFFE;
constexpr uint32_t kSameAccess = 2;

// Rights 1 to read, 2 to write; tells how it fares.
class Probe : public KernelObject {
 public:
  static constexpr ObjectType kType{"Probe", {0x20001, 0x20002, 0x20000, 0x1F0003}};
  struct Fate {
    int deleted = 0, last_handles_closed = 0;
  };
  explicit Probe(Fate& fate) : fate_(fate) {}
  ~Probe() override { ++fate_.deleted; }
  const ObjectType& type() const override { return kType; }
  void on_last_handle_closed() override { ++fate_.last_handles_closed; }

 private:
  Fate& fate_;
};

class Other final : public KernelObject {
 public:
  static constexpr ObjectType kType{"Other", {}};
  const ObjectType& type() const override { return kType; }
};

struct Base {
  Probe::Fate fate;
  ObjectManager manager;
  HandleTable table;

  Handle open(AccessMask desired = access_right::kGenericAll) {
    return *table.open(manager.make<Probe>(fate), desired);
  }
};

TEST_CASE("handles are multiples of four, the lowest free one first, the low bits ignored") {
  Base base;
  CHECK(base.open().value == 4);
  CHECK(base.open().value == 8);
  CHECK(base.open().value == 12);
  CHECK(base.table.close({8}) == NtStatus::Success);
  CHECK(base.table.close({4}) == NtStatus::Success);
  CHECK(base.table.close({8}) == NtStatus::InvalidHandle);
  CHECK(base.table.count() == 1);
  CHECK(base.open().value == 4);
  CHECK(base.open().value == 8);
  CHECK(base.table.find({15}) == base.table.find({12}));
  for (const uint32_t wild : {0u, 3u, 16u, 0xFFFFFFFFu}) CHECK(base.table.find({wild}) == nullptr);
}

TEST_CASE("an object lives as long as a handle or a reference") {
  Base base;
  const Handle handle = base.open();
  Ref<Probe> kept = *base.table.reference<Probe>(handle, 0);
  CHECK(kept->handle_count() == 1);
  CHECK(kept->kernel_references() == 1);
  CHECK(base.table.close(handle) == NtStatus::Success);
  CHECK(base.fate.last_handles_closed == 1);
  CHECK(base.fate.deleted == 0);
  kept.reset();
  CHECK(base.fate.deleted == 1);
  base.open();
  base.table.close_all();
  CHECK(base.fate.deleted == 2);
  CHECK(base.manager.count() == 0);
}

TEST_CASE("generic rights become specific ones, and references need them") {
  Base base;
  const Handle reader = base.open(access_right::kGenericRead);
  CHECK(base.table.find(reader)->granted == 0x20001);
  CHECK(base.table.find(base.open(access_right::kMaximumAllowed))->granted == 0x1F0003);
  CHECK(base.table.reference<Probe>(reader, 1).has_value());
  CHECK(base.table.reference<Probe>(reader, 2).error() == NtStatus::AccessDenied);
  CHECK(base.table.reference<Other>(reader, 2).error() == NtStatus::ObjectTypeMismatch);
  CHECK(base.table.reference<Probe>({400}, 2).error() == NtStatus::InvalidHandle);
  CHECK(base.table.reference_any(reader, 2).error() == NtStatus::AccessDenied);
}

TEST_CASE("a handle that is protected from close stays") {
  Base base;
  const auto object = base.manager.make<Probe>(base.fate);
  const Handle handle = *base.table.open(object, 1, {.protect = ProtectFromClose::Yes});
  CHECK(base.table.close(handle) == NtStatus::HandleNotClosable);
  CHECK(base.table.count() == 1);
}

TEST_CASE("a name lasts as long as a handle, and is exact") {
  Base base;
  const auto object = base.manager.make<Probe>(base.fate);
  const Handle handle = *base.table.open(object, 1);
  CHECK(base.manager.insert_name(*object, u"\\BaseNamedObjects\\one") == NtStatus::Success);
  CHECK(base.manager.find_name(u"\\BaseNamedObjects\\one").value() == object.get());
  CHECK(base.manager.find_name(u"\\BaseNamedObjects\\One").error() == NtStatus::ObjectNameNotFound);
  const auto second = base.manager.make<Other>();
  CHECK(base.manager.insert_name(*second, u"\\BaseNamedObjects\\one") == NtStatus::ObjectNameCollision);
  CHECK(base.table.close(handle) == NtStatus::Success);
  CHECK(base.manager.find_name(u"\\BaseNamedObjects\\one").error() == NtStatus::ObjectNameNotFound);
  CHECK(base.manager.insert_name(*second, u"\\BaseNamedObjects\\one") == NtStatus::Success);
}

TEST_CASE("paths that lead nowhere") {
  CHECK(ObjectManager::check_path(u"one") == NtStatus::ObjectPathSyntaxBad);
  CHECK(ObjectManager::check_path(u"") == NtStatus::ObjectPathSyntaxBad);
  CHECK(ObjectManager::check_path(u"\\Device\\one") == NtStatus::ObjectPathNotFound);
  CHECK(ObjectManager::check_path(u"\\BaseNamedObjects\\") == NtStatus::ObjectNameInvalid);
  CHECK(ObjectManager::check_path(u"\\BaseNamedObjects\\a\\b") == NtStatus::ObjectPathNotFound);
}

TEST_CASE("the census finds a reference that nobody holds") {
  Base base;
  const auto object = base.manager.make<Probe>(base.fate);
  const Handle handle = *base.table.open(object, 1);
  ReferenceCensus census;
  base.table.visit_handles(census);
  census.now_counting_references();
  CHECK_FALSE(census.difference(*object).empty());  // `object` itself is not accounted for
  census.visit(*object);
  CHECK(census.difference(*object).empty());
  const Ref<Probe> leaked(object);  // NOLINT(performance-unnecessary-copy-initialization): it counts
  CHECK_FALSE(census.difference(*object).empty());
  CHECK(base.table.close(handle) == NtStatus::Success);
}

TEST_CASE("NtDuplicateObject gives rights, takes handles, knows pseudo-handles") {
  TestMachine test;
  const auto duplicate = [&](uint32_t handle, uint32_t desired, uint32_t options) {
    return test.call(services::NtDuplicateObject,
                     {test::kThisProcess, handle, test::kThisProcess, kData.value, desired, 0, options});
  };
  CHECK(duplicate(kThisThread, 0, kSameAccess) == 0);
  const Handle thread{test.load<uint32_t>(kData)};
  CHECK(object_cast<Thread>(test.process.handles.find(thread)->object()) == test.thread);
  CHECK(test.process.handles.find(thread)->granted == Thread::kType.mapping.all);
  CHECK(duplicate(thread.value, thread_access::kSuspendResume, 0) == 0);
  const Handle weak{test.load<uint32_t>(kData)};
  CHECK(test.process.handles.reference<Thread>(weak, thread_access::kTerminate).error() ==
        NtStatus::AccessDenied);
  const size_t open = test.process.handles.count();
  CHECK(duplicate(weak.value, 0, kSameAccess | 1) == 0);  // closes the source
  CHECK(test.process.handles.count() == open);
  const Handle moved{test.load<uint32_t>(kData)};  // which may have the value of the one that was closed
  CHECK(test.process.handles.reference<Thread>(moved, thread_access::kSuspendResume));
  CHECK(test.process.handles.close(moved) == NtStatus::Success);
  CHECK(test.process.handles.find(weak) == nullptr);
  CHECK(duplicate(weak.value, 0, kSameAccess) == eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("NtDuplicateObject leaves nothing behind when the answer cannot be written") {
  TestMachine test;
  const size_t open = test.process.handles.count();
  CHECK(test.call(services::NtDuplicateObject, {test::kThisProcess, kThisThread, test::kThisProcess, 0x10, 0,
                                                0, kSameAccess}) == eax_of(NtStatus::AccessViolation));
  CHECK(test.process.handles.count() == open);
}

TEST_CASE("NtQueryObject counts") {
  TestMachine test;
  const auto query = [&](uint32_t handle, uint32_t size) {
    return test.call(services::NtQueryObject, {handle, 0, kData.value, size, 0});
  };
  CHECK(query(kStandardOutput, 55) == eax_of(NtStatus::InfoLengthMismatch));
  CHECK(query(kStandardOutput, 56) == 0);
  const auto information = test.load<abi::PublicObjectBasicInformation>(kData);
  CHECK(information.HandleCount == 1);
  CHECK(information.PointerCount == 1);
  CHECK(information.GrantedAccess == FileObject::kType.mapping.all);
  CHECK(query(0x7770, 56) == eax_of(NtStatus::InvalidHandle));
}

TEST_CASE("numbers in the gaps of the service table are no services") {
  TestMachine test;
  test.run({0xB8, 0x1F, 0, 0, 0, 0xCD, 0x2E,  // mov eax,0x1f; int 0x2e
            0x50, 0x6A, 0xFF,                 // push eax; push -1
            0xB8, 4, 0, 0, 0, 0x89, 0xE2, 0xCD, 0x2E});
  CHECK(test.process.how_ended()->exit_code == eax_of(NtStatus::InvalidSystemService));
}

}  // namespace
}  // namespace emu
