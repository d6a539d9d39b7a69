// What a handle names, and what the kernel refers to.
//
// An object lives while somebody refers to it: a handle, or a part of the kernel through a Ref. The two are
// counted apart, so that ObjectManager::verify() can compare each with a census.
//
//   made              ObjectManager::make
//   handles + 1, - 1  HandleTable (HandleReference)
//   no handle left    on_last_handle_closed(), and its name is gone (Windows: a temporary object)
//   no reference left deleted
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include "emulator/kernel/objects/object_type.h"
#include "mm/base/check.h"
#include "mm/commit/pool.h"

namespace emu {

class KernelObject;
class DispatcherObject;
class ObjectManager;
class Process;
class Thread;

// Is told of every object that another one refers to, once per reference.
class ReferenceVisitor {
 public:
  virtual ~ReferenceVisitor() = default;
  virtual void visit(const KernelObject& object) = 0;
};

class KernelObject {
 public:
  KernelObject() = default;
  virtual ~KernelObject();
  KernelObject(const KernelObject&) = delete;
  KernelObject& operator=(const KernelObject&) = delete;

  virtual const ObjectType& type() const = 0;

  // The object as one that can be waited for, or null.
  virtual DispatcherObject* as_dispatcher() { return nullptr; }

  // Names each Ref that this object holds: a Ref that is not named here is reported as a leak.
  virtual void visit_references(ReferenceVisitor&) const {}

  const std::u16string& name() const { return name_; }  // the full path; empty: none
  uint32_t handle_count() const { return handles_; }
  uint32_t kernel_references() const { return references_; }

  // What its maker pays for it: the object itself, and what it keeps besides.
  mm::PoolCharge& pool_charge() { return pool_charge_; }

 protected:
  // The object can still be referred to by the kernel: what a pipe's end does when it closes.
  virtual void on_last_handle_closed() {}

 private:
  friend class ObjectManager;
  friend class HandleReference;
  template <class T>
  friend class Ref;

  void add_reference() { ++references_; }
  void drop_reference() {
    MM_CHECK(references_ != 0, "an object is released more often than it was referred to");
    --references_;
    delete_if_unused();
  }
  void add_handle() { ++handles_; }
  void drop_handle();
  void delete_if_unused() {
    if (references_ == 0 && handles_ == 0) delete this;
  }

  uint32_t handles_ = 0;
  uint32_t references_ = 0;
  std::u16string name_;
  mm::PoolCharge pool_charge_;
  ObjectManager* manager_ = nullptr;
  KernelObject* next_ = nullptr;  // the manager's list
  KernelObject* previous_ = nullptr;
};

// The object of a class that may be incomplete where one is only referred to; of threads and processes
// (processes/thread.cpp, process.cpp), which many refer to and few look into.
inline KernelObject* as_kernel_object(KernelObject* object) { return object; }
KernelObject* as_kernel_object(Thread* thread);
KernelObject* as_kernel_object(Process* process);

// A reference of the kernel's.
template <class T>
class Ref {
 public:
  Ref() = default;
  explicit Ref(T* object) : object_(object) { add(); }
  Ref(const Ref& other) : object_(other.object_) { add(); }
  Ref(Ref&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  template <class U>
  Ref(const Ref<U>& other) : object_(other.get()) {  // NOLINT(google-explicit-constructor)
    add();
  }
  Ref& operator=(Ref other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~Ref() {
    if (object_ != nullptr) as_kernel_object(object_)->drop_reference();
  }

  T* get() const { return object_; }
  T& operator*() const { return *object_; }
  T* operator->() const { return object_; }
  explicit operator bool() const { return object_ != nullptr; }
  void reset() { *this = Ref(); }

 private:
  void add() {
    if (object_ != nullptr) as_kernel_object(object_)->add_reference();
  }

  T* object_ = nullptr;
};

// The object as a T, or null when it is of another type.
template <class T>
T* object_cast(KernelObject* object) {
  return object != nullptr && &object->type() == &T::kType ? static_cast<T*>(object) : nullptr;
}

}  // namespace emu
