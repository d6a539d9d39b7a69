// One process's handles: multiples of 4, the lowest free one first, as on Windows. The two lowest bits of a
// handle mean nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <queue>
#include <utility>

#include "emulator/kernel/objects/kernel_object.h"
#include "mm/base/result.h"
#include "mm/commit/pool.h"

namespace emu {

struct Handle {
  uint32_t value = 0;

  constexpr bool operator==(const Handle&) const = default;
};

// Pseudo-handles that need no table (Microsoft, GetCurrentProcess and GetCurrentThread).
inline constexpr Handle kCurrentProcess{0xFFFFFFFF};
inline constexpr Handle kCurrentThread{0xFFFFFFFE};

enum class Inherit : uint8_t { No, Yes };
enum class ProtectFromClose : uint8_t { No, Yes };

struct HandleAttributes {
  Inherit inherit = Inherit::No;
  ProtectFromClose protect = ProtectFromClose::No;
};

// The reference that a handle is: counted apart from the kernel's own.
class HandleReference {
 public:
  HandleReference() = default;
  explicit HandleReference(KernelObject& object) : object_(&object) { object.add_handle(); }
  HandleReference(HandleReference&& other) noexcept : object_(std::exchange(other.object_, nullptr)) {}
  HandleReference& operator=(HandleReference&& other) noexcept {
    std::swap(object_, other.object_);
    return *this;
  }
  ~HandleReference() {
    if (object_ != nullptr) object_->drop_handle();
  }
  KernelObject* object() const { return object_; }

 private:
  KernelObject* object_ = nullptr;
};

struct HandleEntry {
  HandleReference reference;
  AccessMask granted = 0;  // specific rights only
  HandleAttributes attributes;

  KernelObject* object() const { return reference.object(); }
};

class HandleTable {
 public:
  // Whose quota the table is charged to; nobody's until then.
  void charge_to(std::shared_ptr<mm::PoolQuota> payer) { charge_ = mm::PoolCharge(std::move(payer)); }

  // A handle with the rights that `desired` means for the object's type. STATUS_INSUFFICIENT_RESOURCES when
  // the table is full; what charging says when it has to grow.
  mm::Result<Handle> open(KernelObject& object, AccessMask desired, HandleAttributes attributes = {});
  template <class T>
  mm::Result<Handle> open(const Ref<T>& object, AccessMask desired, HandleAttributes attributes = {}) {
    return open(*object, desired, attributes);
  }
  // STATUS_INVALID_HANDLE, STATUS_HANDLE_NOT_CLOSABLE.
  mm::NtStatus close(Handle handle);
  void close_all();  // protected ones too
  // Takes over every inheritable handle of a parent, by the same number, in place of what stood there
  // (Microsoft, "Handle Inheritance"). What charging says; nothing is taken over then.
  mm::NtStatus inherit(const HandleTable& parent);

  // What the handle names; null when it is not open. Not for pseudo-handles.
  const HandleEntry* find(Handle handle) const;
  HandleEntry* find(Handle handle);

  // The object that `handle` names, of any type, when the handle was given all of `desired` (specific
  // rights). STATUS_INVALID_HANDLE, STATUS_ACCESS_DENIED.
  mm::Result<Ref<KernelObject>> reference_any(Handle handle, AccessMask desired) const;
  // The same, of type T. STATUS_OBJECT_TYPE_MISMATCH comes before STATUS_ACCESS_DENIED.
  template <class T>
  mm::Result<Ref<T>> reference(Handle handle, AccessMask desired) const;

  size_t count() const { return count_; }
  void visit_handles(ReferenceVisitor& visitor) const;
  // Every open handle, lowest first.
  template <class Use>
  void for_each(Use use) const {
    for (size_t i = 0; i < entries_.size(); ++i)
      if (entries_[i].object() != nullptr) use(handle_of(i), entries_[i]);
  }

 private:
  static constexpr size_t kMaximum = size_t{1} << 24;  // as Windows
  static constexpr uint32_t kStep = 4;
  static constexpr Handle handle_of(size_t index) { return {static_cast<uint32_t>(index + 1) * kStep}; }

  // Entries come in blocks, as they do on Windows, and are given back with the table.
  static constexpr size_t kBlock = 256;
  static constexpr uint64_t kChargedPerEntry = 32;  // the entry, and its place among the free ones

  // So many entries there may be. What charging says.
  mm::NtStatus charge_for(size_t entries);
  mm::Result<size_t> take_place();

  using FreePlaces = std::priority_queue<uint32_t, std::deque<uint32_t>, std::greater<>>;

  std::deque<HandleEntry> entries_;  // handle 4 first
  FreePlaces free_;                  // closed, below the end
  mm::PoolCharge charge_;
  size_t count_ = 0;
};

template <class T>
mm::Result<Ref<T>> HandleTable::reference(Handle handle, AccessMask desired) const {
  const HandleEntry* entry = find(handle);
  if (entry == nullptr) return mm::fail(mm::NtStatus::InvalidHandle);
  T* object = object_cast<T>(entry->object());
  if (object == nullptr) return mm::fail(mm::NtStatus::ObjectTypeMismatch);
  if ((desired & ~entry->granted) != 0) return mm::fail(mm::NtStatus::AccessDenied);
  return Ref<T>(object);
}

}  // namespace emu
