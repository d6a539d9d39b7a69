#include "mm/pagefile/paging_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mm/base/check.h"

namespace mm {

Result<PagingFile> PagingFile::create(std::unique_ptr<PagingFileStorage> storage, PageCount size,
                                      PageCount maximum) {
  MM_CHECK(storage != nullptr && size <= maximum && maximum <= kMaximum, "not a paging file's size");
  PagingFile file;
  file.storage_ = std::move(storage);
  file.maximum_ = maximum;
  if (file.grow(size) != size) return fail(NtStatus::DiskFull);
  return file;
}

PageCount PagingFile::grow(PageCount pages) {
  const PageCount gained = std::min(pages, maximum_ - size());
  if (gained == PageCount{0}) return {};
  // Storage counts from slot 0, which holds nothing.
  if (!succeeded(storage_->resize(size() + gained + PageCount{1}))) return {};
  slots_.extend(gained);
  return gained;
}

Result<PageCount> PagingFile::write(std::span<OutgoingPage> pages) {
  const PageCount wanted{static_cast<uint32_t>(std::min<size_t>(pages.size(), kClusterPages))};
  Slots slots(slots_, 0, slots_.allocate(wanted));
  const PageCount found = slots.size();
  if (found == PageCount{0}) return fail(NtStatus::DiskFull);
  std::array<const std::byte*, kClusterPages> contents;
  for (uint32_t i = 0; i < found.value; ++i) contents[i] = pages[i].content;
  writing_ = storage_->write(slots.first(), {contents.data(), found.value});
  if (!succeeded(writing_)) return fail(writing_);
  for (uint32_t i = 0; i < found.value; ++i) {
    const x86::Protection protection = pages[i].stored.protection();
    pages[i].stored = x86::paging_file_pte(slots.take().keep(), protection);
  }
  ++write_operations_;
  writes_ += found;
  peak_ = std::max(peak_, slots_.used());
  return found;
}

NtStatus PagingFile::read(x86::Pte first, std::span<std::byte* const> pages) {
  for (uint32_t i = 0; i < pages.size(); ++i)
    MM_CHECK(slots_.in_use(first.slot().slot + i), "a slot is read that holds nothing");
  const NtStatus status = storage_->read(first.slot().slot, pages);
  if (!succeeded(status)) return status;
  ++read_operations_;
  reads_ += PageCount{static_cast<uint32_t>(pages.size())};
  return NtStatus::Success;
}

NtStatus PagingFile::after_fork() {
  if (storage_ == nullptr) return NtStatus::Success;
  auto own = storage_->make_another();
  if (!own) return own.error();
  std::array<std::byte, kPageSize> page;
  const std::byte* const pages[] = {page.data()};
  std::byte* const to[] = {page.data()};
  PageCount left = slots_.used();
  for (uint32_t slot = 1; left > PageCount{0}; ++slot) {
    if (!slots_.in_use(slot)) continue;
    if (const NtStatus status = storage_->read(slot, to); !succeeded(status)) return status;
    if (const NtStatus status = (*own)->write(slot, pages); !succeeded(status)) return status;
    --left;
  }
  storage_ = std::move(*own);
  return NtStatus::Success;
}

NtStatus PagingFile::peek(x86::PagingFileSlot slot, std::span<std::byte, kPageSize> page) const {
  MM_CHECK(in_use(slot), "a slot is read that holds nothing");
  std::byte* const to[] = {page.data()};
  return storage_->read(slot.slot, to);
}

PagingFileStatistics PagingFile::statistics() const {
  return {.size = size(),
          .maximum = maximum_,
          .used = slots_.used(),
          .peak = peak_,
          .reads = reads_,
          .writes = writes_,
          .read_operations = read_operations_,
          .write_operations = write_operations_};
}

}  // namespace mm
