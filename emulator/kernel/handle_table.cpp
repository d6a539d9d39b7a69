#include "emulator/kernel/handle_table.h"

#include <algorithm>
#include <utility>

namespace emu {
namespace {

constexpr uint32_t kStep = 4;

constexpr Handle handle_of(size_t index) { return {static_cast<uint32_t>(index + 1) * kStep}; }
constexpr size_t index_of(Handle handle) { return handle.value / kStep - 1; }  // 0-3: out of every range

}  // namespace

mm::Result<Handle> HandleTable::open(std::shared_ptr<KernelObject> object) {
  auto place = objects_.end();
  if (count_ < objects_.size()) place = std::find(objects_.begin(), objects_.end(), nullptr);
  if (place == objects_.end()) {
    if (objects_.size() == kMaximum) return mm::fail(mm::NtStatus::InsufficientResources);
    place = objects_.emplace(objects_.end());
  }
  *place = std::move(object);
  ++count_;
  return handle_of(static_cast<size_t>(place - objects_.begin()));
}

KernelObject* HandleTable::find(Handle handle) const {
  const size_t index = index_of(handle);
  return index < objects_.size() ? objects_[index].get() : nullptr;
}

mm::NtStatus HandleTable::close(Handle handle) {
  if (find(handle) == nullptr) return mm::NtStatus::InvalidHandle;
  objects_[index_of(handle)].reset();
  --count_;
  return mm::NtStatus::Success;
}

}  // namespace emu
