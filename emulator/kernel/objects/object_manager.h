// All objects of one machine, and the namespace of those that have names.
//
// Names are paths. There is one directory that programs put names into, \BaseNamedObjects; sessions are not
// told apart. Names are compared exactly ("the name comparison is case sensitive", Microsoft, CreateEvent).
// A name is a weak reference: it goes with the last handle.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "emulator/kernel/objects/handle_table.h"
#include "emulator/kernel/objects/kernel_object.h"
#include "emulator/kernel/objects/pool_size.h"
#include "mm/base/result.h"

namespace emu {

class ObjectManager {
 public:
  ObjectManager() = default;
  ~ObjectManager();
  ObjectManager(const ObjectManager&) = delete;
  ObjectManager& operator=(const ObjectManager&) = delete;

  // An object of a process's: charged to its quota. STATUS_QUOTA_EXCEEDED, STATUS_INSUFFICIENT_RESOURCES.
  template <class T, class... Arguments>
  mm::Result<Ref<T>> make_for(const std::shared_ptr<mm::PoolQuota>& payer, Arguments&&... arguments) {
    mm::PoolCharge charge(payer);
    if (const mm::NtStatus status = charge.grow(pool_size<T>); status != mm::NtStatus::Success)
      return mm::fail(status);
    Ref<T> object = make<T>(std::forward<Arguments>(arguments)...);
    object->pool_charge() = std::move(charge);
    return object;
  }
  // One of the kernel's own.
  template <class T, class... Arguments>
  Ref<T> make(Arguments&&... arguments) {
    T* object = new T(std::forward<Arguments>(arguments)...);
    adopt(*object);
    return Ref<T>(object);
  }

  // Gives an object without a name a name, which is charged as the object is. STATUS_OBJECT_NAME_COLLISION
  // when it is taken, whatever by; what check_path() says, and what charging does.
  mm::NtStatus insert_name(KernelObject& object, std::u16string path);
  // What has that name; STATUS_OBJECT_NAME_NOT_FOUND, and what check_path() says.
  mm::Result<KernelObject*> find_name(std::u16string_view path) const;
  // STATUS_OBJECT_PATH_SYNTAX_BAD without a backslash in front, STATUS_OBJECT_PATH_NOT_FOUND when the
  // directory does not exist, STATUS_OBJECT_NAME_INVALID when nothing follows it.
  static mm::NtStatus check_path(std::u16string_view path);

  size_t count() const { return count_; }

  // Counts the references that are there, handle by handle and object by object, and compares them with what
  // every object has counted; stops the program with the name of one that leaked. `roots` names the kernel's
  // references that no object holds.
  class Roots {
   public:
    virtual ~Roots() = default;
    virtual void visit(ReferenceVisitor& visitor) const = 0;
  };
  void verify(std::span<const HandleTable* const> tables, const Roots& roots) const;

 private:
  friend class KernelObject;

  void adopt(KernelObject& object);
  void forget(KernelObject& object);
  void remove_name(KernelObject& object);

  KernelObject* first_ = nullptr;
  size_t count_ = 0;
  std::unordered_map<std::u16string, KernelObject*> names_;
};

}  // namespace emu
