// A paging file in host memory.
#include <cstring>
#include <vector>

#include "mm/pagefile/storage.h"

namespace mm {
namespace {

class MemoryStorage final : public PagingFileStorage {
 public:
  NtStatus resize(PageCount pages) override {
    bytes_.resize(pages.bytes());
    return NtStatus::Success;
  }
  NtStatus read(uint32_t first, std::span<std::byte* const> pages) override {
    if ((uint64_t{first} + pages.size()) * kPageSize > bytes_.size()) return NtStatus::EndOfFile;
    for (std::byte* page : pages) std::memcpy(page, at(first++), kPageSize);
    return NtStatus::Success;
  }
  NtStatus write(uint32_t first, std::span<const std::byte* const> pages) override {
    if ((uint64_t{first} + pages.size()) * kPageSize > bytes_.size()) return NtStatus::DiskFull;
    for (const std::byte* page : pages) std::memcpy(at(first++), page, kPageSize);
    return NtStatus::Success;
  }

  Result<std::unique_ptr<PagingFileStorage>> make_another() const override {
    auto another = std::make_unique<MemoryStorage>();
    another->bytes_.resize(bytes_.size());
    return another;
  }

 private:
  std::byte* at(uint32_t page) { return bytes_.data() + PageCount{page}.bytes(); }

  std::vector<std::byte> bytes_;
};

}  // namespace

std::unique_ptr<PagingFileStorage> paging_file_in_memory() { return std::make_unique<MemoryStorage>(); }

}  // namespace mm
