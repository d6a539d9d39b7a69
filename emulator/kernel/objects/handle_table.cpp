#include "emulator/kernel/objects/handle_table.h"

namespace emu {

using mm::NtStatus;

NtStatus HandleTable::charge_for(size_t entries) {
  const uint64_t wanted = (entries + kBlock - 1) / kBlock * kBlock * kChargedPerEntry;
  return wanted <= charge_.bytes() ? NtStatus::Success : charge_.resize(wanted);
}

mm::Result<size_t> HandleTable::take_place() {
  if (free_.empty()) {
    if (const NtStatus status = charge_for(entries_.size() + 1); status != NtStatus::Success)
      return mm::fail(status);
    entries_.emplace_back();
    return entries_.size() - 1;
  }
  const size_t index = free_.top();
  free_.pop();
  return index;
}

mm::Result<Handle> HandleTable::open(KernelObject& object, AccessMask desired, HandleAttributes attributes) {
  if (count_ == kMaximum) return mm::fail(NtStatus::InsufficientResources);
  const auto index = take_place();
  if (!index) return mm::fail(index.error());
  HandleEntry& entry = entries_[*index];
  entry.reference = HandleReference(object);
  entry.granted = object.type().specific(desired);
  entry.attributes = attributes;
  ++count_;
  return handle_of(*index);
}

const HandleEntry* HandleTable::find(Handle handle) const {
  const size_t index = handle.value / kStep - 1;  // 0-3: out of every range
  if (index >= entries_.size() || entries_[index].object() == nullptr) return nullptr;
  return &entries_[index];
}

HandleEntry* HandleTable::find(Handle handle) {
  return const_cast<HandleEntry*>(std::as_const(*this).find(handle));
}

NtStatus HandleTable::close(Handle handle) {
  HandleEntry* entry = find(handle);
  if (entry == nullptr) return NtStatus::InvalidHandle;
  if (entry->attributes.protect == ProtectFromClose::Yes) return NtStatus::HandleNotClosable;
  const HandleEntry closed = std::exchange(*entry, {});  // its end may look at this table
  free_.push(handle.value / kStep - 1);
  --count_;
  return NtStatus::Success;
}

void HandleTable::close_all() {
  const auto closed = std::exchange(entries_, {});
  free_ = {};
  count_ = 0;
  (void)charge_.resize(0);
}

NtStatus HandleTable::inherit(const HandleTable& parent) {
  if (const NtStatus status = charge_for(parent.entries_.size()); status != NtStatus::Success) return status;
  for (size_t i = 0; i < parent.entries_.size(); ++i) {
    const HandleEntry& entry = parent.entries_[i];
    if (entry.object() == nullptr || entry.attributes.inherit == Inherit::No) continue;
    if (i >= entries_.size()) entries_.resize(i + 1);
    if (entries_[i].object() == nullptr) ++count_;
    entries_[i] = {HandleReference(*entry.object()), entry.granted, entry.attributes};
  }
  free_ = {};
  for (size_t i = 0; i < entries_.size(); ++i)
    if (entries_[i].object() == nullptr) free_.push(static_cast<uint32_t>(i));
  return NtStatus::Success;
}

mm::Result<Ref<KernelObject>> HandleTable::reference_any(Handle handle, AccessMask desired) const {
  const HandleEntry* entry = find(handle);
  if (entry == nullptr) return mm::fail(NtStatus::InvalidHandle);
  if ((desired & ~entry->granted) != 0) return mm::fail(NtStatus::AccessDenied);
  return Ref<KernelObject>(entry->object());
}

void HandleTable::visit_handles(ReferenceVisitor& visitor) const {
  for_each([&](Handle, const HandleEntry& entry) { visitor.visit(*entry.object()); });
}

}  // namespace emu
