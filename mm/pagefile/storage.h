// Where a paging file's bytes lie: the port between the paging file and the host. Tests put failing ones
// here.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "mm/base/result.h"
#include "mm/base/types.h"

namespace mm {

// The most pages of one transfer.
inline constexpr uint32_t kClusterPages = 16;

class PagingFileStorage {
 public:
  virtual ~PagingFileStorage() = default;

  // Makes sure of room for `pages` pages in all; what is stored already stays. STATUS_DISK_FULL when there is
  // none. The host's room may be taken as late as the first write.
  virtual NtStatus resize(PageCount pages) = 0;

  // Move whole pages, from page `first` on; a short transfer is an error. STATUS_DEVICE_DATA_ERROR and the
  // like. A cluster of at most kClusterPages is moved in one operation, to or from pages that lie anywhere.
  virtual NtStatus read(uint32_t first, std::span<std::byte* const> pages) = 0;
  virtual NtStatus write(uint32_t first, std::span<const std::byte* const> pages) = 0;

  // Makes a storage of the same kind and size that holds nothing yet. STATUS_DISK_FULL and the like.
  virtual Result<std::unique_ptr<PagingFileStorage>> make_another() const = 0;
};

// A file without a name in `directory`: it is gone when the program ends, however it ends.
Result<std::unique_ptr<PagingFileStorage>> open_paging_file(const std::string& directory);

// Host memory, for benchmarks and tests.
std::unique_ptr<PagingFileStorage> paging_file_in_memory();

}  // namespace mm
