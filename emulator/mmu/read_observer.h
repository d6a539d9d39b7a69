// A listener to the reads of one page.
#pragma once

namespace emu {

class ReadObserver {
 public:
  virtual ~ReadObserver() = default;

  // Is called inside the processor's loop before an instruction reads from the page, once for each read that
  // the instruction makes, whether the guest runs freely or is stepped. The observer may write the page's
  // bytes and nothing else of the guest.
  virtual void before_read() = 0;
};

}  // namespace emu
