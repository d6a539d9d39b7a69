#include "emulator/kernel/objects/object_manager.h"

#include <fmt/core.h>

#include "emulator/kernel/objects/reference_census.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr std::u16string_view kDirectory = u"\\BaseNamedObjects\\";

}  // namespace

ObjectManager::~ObjectManager() {
  // A machine that is stopped in the middle still has objects; whoever refers to them goes after us.
  while (first_ != nullptr) {
    KernelObject* object = std::exchange(first_, first_->next_);
    object->manager_ = nullptr;
  }
}

void ObjectManager::adopt(KernelObject& object) {
  object.manager_ = this;
  object.next_ = first_;
  if (first_ != nullptr) first_->previous_ = &object;
  first_ = &object;
  ++count_;
}

void ObjectManager::forget(KernelObject& object) {
  remove_name(object);
  (object.previous_ != nullptr ? object.previous_->next_ : first_) = object.next_;
  if (object.next_ != nullptr) object.next_->previous_ = object.previous_;
  --count_;
}

void ObjectManager::remove_name(KernelObject& object) {
  if (object.name_.empty()) return;
  object.pool_charge().shrink(pool_size_of_name(object.name_));
  names_.erase(object.name_);
  object.name_.clear();
}

NtStatus ObjectManager::check_path(std::u16string_view path) {
  if (path.empty() || path.front() != u'\\') return NtStatus::ObjectPathSyntaxBad;
  if (!path.starts_with(kDirectory)) return NtStatus::ObjectPathNotFound;
  const auto name = path.substr(kDirectory.size());
  if (name.empty()) return NtStatus::ObjectNameInvalid;
  return name.find(u'\\') == name.npos ? NtStatus::Success : NtStatus::ObjectPathNotFound;
}

NtStatus ObjectManager::insert_name(KernelObject& object, std::u16string path) {
  MM_CHECK(object.name_.empty() && object.manager_ == this, "an object gets one name, from its own machine");
  if (const NtStatus status = check_path(path); status != NtStatus::Success) return status;
  if (names_.contains(path)) return NtStatus::ObjectNameCollision;
  if (const NtStatus status = object.pool_charge().grow(pool_size_of_name(path)); status != NtStatus::Success)
    return status;
  names_.emplace(path, &object);
  object.name_ = std::move(path);
  return NtStatus::Success;
}

mm::Result<KernelObject*> ObjectManager::find_name(std::u16string_view path) const {
  if (const NtStatus status = check_path(path); status != NtStatus::Success) return mm::fail(status);
  const auto found = names_.find(std::u16string(path));
  if (found == names_.end()) return mm::fail(NtStatus::ObjectNameNotFound);
  return found->second;
}

void ObjectManager::verify(std::span<const HandleTable* const> tables, const Roots& roots) const {
  ReferenceCensus census;
  for (const HandleTable* table : tables) table->visit_handles(census);
  census.now_counting_references();
  roots.visit(census);
  for (const KernelObject* object = first_; object != nullptr; object = object->next_)
    object->visit_references(census);
  for (const KernelObject* object = first_; object != nullptr; object = object->next_) census.check(*object);
}

}  // namespace emu
