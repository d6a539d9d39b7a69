// A listener to the reads of one page.
#pragma once

namespace emu {

class ReadObserver {
 public:
  virtual ~ReadObserver() = default;

  // Called inside the processor's loop before an instruction reads from the page, once for each read that it
  // makes: as often however the guest is driven. The page's bytes may be written, nothing else of the guest.
  virtual void before_read() = 0;
};

}  // namespace emu
