#include "emulator/kernel/files/memory_files.h"

#include <algorithm>
#include <utility>

namespace emu {

using mm::NtStatus;
using Kind = HostEntry::Kind;

struct MemoryFiles::Store {
  uint64_t capacity;
  uint64_t used = 0;
  uint64_t last_number = 0;
};

struct MemoryFiles::Node {
  Node(std::shared_ptr<Store> owner, Kind what)
      : store(std::move(owner)), kind(what), number(++store->last_number) {}
  ~Node() { store->used -= bytes.size(); }
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  NtStatus resize(uint64_t size) {
    if (size > bytes.size() && size - bytes.size() > store->capacity - store->used) return NtStatus::DiskFull;
    store->used = store->used - bytes.size() + size;
    bytes.resize(size);
    return NtStatus::Success;
  }

  std::shared_ptr<Store> store;
  Kind kind;
  uint64_t number;
  uint32_t links = 1;
  HostEntry::Protection protection = HostEntry::Protection::None;
  std::vector<std::byte> bytes;  // of a file
  Folder entries;                // of a directory
};

class MemoryFiles::OpenFile final : public HostFile {
 public:
  OpenFile(std::shared_ptr<Node> node, Access access) : node_(std::move(node)), access_(access) {}

  mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> to) override {
    const auto& bytes = node_->bytes;
    if (offset >= bytes.size()) return 0u;
    const size_t count = std::min<uint64_t>(to.size(), bytes.size() - offset);
    std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(offset), count, to.begin());
    return static_cast<uint32_t>(count);
  }

  NtStatus write(uint64_t offset, std::span<const std::byte> from) override {
    if (access_ == Access::Read) return NtStatus::AccessDenied;
    if (offset > node_->store->capacity) return NtStatus::DiskFull;
    const uint64_t end = offset + from.size();
    if (end > node_->bytes.size())
      if (const NtStatus status = node_->resize(end); status != NtStatus::Success) return status;
    std::copy(from.begin(), from.end(), node_->bytes.begin() + static_cast<std::ptrdiff_t>(offset));
    return NtStatus::Success;
  }

  mm::Result<uint64_t> size() override { return node_->bytes.size(); }
  NtStatus resize(uint64_t size) override {
    return access_ == Access::Read ? NtStatus::AccessDenied : node_->resize(size);
  }
  NtStatus flush() override { return NtStatus::Success; }

 private:
  std::shared_ptr<Node> node_;
  Access access_;
};

MemoryFiles::MemoryFiles(uint64_t capacity)
    : store_(std::make_shared<Store>(Store{capacity})),
      root_(std::make_shared<Node>(store_, Kind::Directory)) {}

MemoryFiles::~MemoryFiles() = default;

mm::Result<std::shared_ptr<MemoryFiles::Node>> MemoryFiles::find(std::span<const std::string> path) const {
  std::shared_ptr<Node> node = root_;
  for (const std::string& name : path) {
    if (node->kind != Kind::Directory) return mm::fail(NtStatus::ObjectPathNotFound);
    const auto entry = node->entries.find(name);
    if (entry == node->entries.end()) return mm::fail(NtStatus::ObjectNameNotFound);
    node = entry->second;
  }
  return node;
}

mm::Result<std::shared_ptr<MemoryFiles::Node>> MemoryFiles::parent_of(const HostPath& path) const {
  if (path.empty()) return mm::fail(NtStatus::AccessDenied);
  auto parent = find(std::span(path).first(path.size() - 1));
  if (parent && (*parent)->kind != Kind::Directory) return mm::fail(NtStatus::ObjectPathNotFound);
  return parent;
}

mm::Result<HostEntry> MemoryFiles::look(const HostPath& path) {
  const auto node = find(path);
  if (!node) return mm::fail(node.error());
  HostEntry entry;
  entry.kind = (*node)->kind;
  entry.id = {0, (*node)->number};
  entry.size = (*node)->bytes.size();
  entry.links = (*node)->links;
  entry.protection = (*node)->protection;
  return entry;
}

mm::Result<std::vector<std::string>> MemoryFiles::list(const HostPath& path) {
  const auto node = find(path);
  if (!node) return mm::fail(node.error());
  if ((*node)->kind != Kind::Directory) return mm::fail(NtStatus::ObjectPathNotFound);
  std::vector<std::string> names;
  for (const auto& [name, entry] : (*node)->entries) names.push_back(name);
  return names;
}

mm::Result<std::unique_ptr<HostFile>> MemoryFiles::open(const HostPath& path, Access access) {
  const auto node = find(path);
  if (!node) return mm::fail(node.error());
  if ((*node)->kind == Kind::Directory) return mm::fail(NtStatus::FileIsADirectory);
  return std::make_unique<OpenFile>(*node, access);
}

mm::Result<std::shared_ptr<MemoryFiles::Node>> MemoryFiles::add(const HostPath& path, Kind kind) {
  const auto parent = parent_of(path);
  if (!parent) return mm::fail(parent.error());
  auto node = std::make_shared<Node>(store_, kind);
  if (!(*parent)->entries.emplace(path.back(), node).second) return mm::fail(NtStatus::ObjectNameCollision);
  return node;
}

mm::Result<std::unique_ptr<HostFile>> MemoryFiles::create(const HostPath& path) {
  auto node = add(path, Kind::File);
  if (!node) return mm::fail(node.error());
  return std::make_unique<OpenFile>(*node, Access::ReadWrite);
}

NtStatus MemoryFiles::make_directory(const HostPath& path) {
  const auto node = add(path, Kind::Directory);
  return node ? NtStatus::Success : node.error();
}

NtStatus MemoryFiles::remove(const HostPath& path, Kind kind) {
  const auto parent = parent_of(path);
  if (!parent) return parent.error();
  const auto entry = (*parent)->entries.find(path.back());
  if (entry == (*parent)->entries.end()) return NtStatus::ObjectNameNotFound;
  Node& node = *entry->second;
  if (node.kind != kind)
    return kind == Kind::File ? NtStatus::FileIsADirectory : NtStatus::ObjectPathNotFound;
  if (!node.entries.empty()) return NtStatus::DirectoryNotEmpty;
  --node.links;
  (*parent)->entries.erase(entry);
  return NtStatus::Success;
}

NtStatus MemoryFiles::may_remove(const HostPath& path) {
  const auto parent = parent_of(path);
  return parent ? NtStatus::Success : parent.error();
}
NtStatus MemoryFiles::remove_file(const HostPath& path) { return remove(path, Kind::File); }
NtStatus MemoryFiles::remove_directory(const HostPath& path) { return remove(path, Kind::Directory); }

NtStatus MemoryFiles::rename(const HostPath& from, const HostPath& to, Replace replace) {
  const auto old_parent = parent_of(from), new_parent = parent_of(to);
  if (!old_parent) return old_parent.error();
  if (!new_parent) return new_parent.error();
  const auto source = (*old_parent)->entries.find(from.back());
  if (source == (*old_parent)->entries.end()) return NtStatus::ObjectNameNotFound;
  if (to.size() > from.size() && std::equal(from.begin(), from.end(), to.begin()))
    return NtStatus::InvalidParameter;  // into itself
  const std::shared_ptr<Node> node = source->second;
  const auto target = (*new_parent)->entries.find(to.back());
  if (target != (*new_parent)->entries.end() && target->second == node) return NtStatus::Success;
  if (target != (*new_parent)->entries.end()) {
    if (replace == Replace::No) return NtStatus::ObjectNameCollision;
    if (target->second->kind == Kind::Directory) return NtStatus::FileIsADirectory;
    --target->second->links;
  }
  (*old_parent)->entries.erase(source);
  (*new_parent)->entries[to.back()] = node;
  return NtStatus::Success;
}

NtStatus MemoryFiles::link(const HostPath& file, const HostPath& name) {
  const auto node = find(file), parent = parent_of(name);
  if (!node) return node.error();
  if (!parent) return parent.error();
  if ((*node)->kind == Kind::Directory) return NtStatus::FileIsADirectory;
  if (!(*parent)->entries.emplace(name.back(), *node).second) return NtStatus::ObjectNameCollision;
  ++(*node)->links;
  return NtStatus::Success;
}

NtStatus MemoryFiles::protect(const HostPath& path, HostEntry::Protection protection) {
  const auto node = find(path);
  if (!node) return node.error();
  (*node)->protection = protection;
  return NtStatus::Success;
}

}  // namespace emu
