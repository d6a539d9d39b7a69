// The disk that a paging file lies on, as far as a machine notices it: by the time that it takes. It serves
// one transfer after the other, in the order in which they come. A device without a kind takes no time at
// all.
//
// The figures are those of data sheets, rounded. SSD: Samsung 850 EVO 250 GB (10,000 reads and 40,000 writes
// of 4 KB a second with one at a time, 520 MB/s in sequence). HDD: Seagate ST1000DM003 1 TB (7,200 turns a
// minute, a seek of 8.5 ms on average and 1 ms to the next track, 156 MB/s in sequence).
#pragma once

#include "mm/base/device_kind.h"
#include "mm/base/machine_clock.h"
#include "mm/base/types.h"

namespace mm {

enum class TransferDirection : uint8_t { Read, Write };

class PagingDevice {
 public:
  explicit PagingDevice(DeviceKind kind = DeviceKind::None) : kind_(kind) {}

  bool takes_time() const { return kind_ != DeviceKind::None; }
  // Hands over a transfer of `pages` pages from page `first` of the file on, at the time `now`: when it ends.
  Time serve(Time now, TransferDirection direction, uint32_t first, PageCount pages);

 private:
  Time duration(TransferDirection direction, uint32_t first, PageCount pages) const;

  DeviceKind kind_;
  Time free_at_{0};        // when it is through with what it has
  uint32_t position_ = 0;  // the page behind its last transfer
};

}  // namespace mm
