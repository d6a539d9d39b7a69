// The numbers by which guests know processes and threads (Windows: CLIENT_ID).
#pragma once

#include <cstdint>

namespace emu {

class ClientIds {
 public:
  // Returns the next multiple of 4. Processes and threads draw from one sequence, as on Windows, and no
  // number comes twice.
  uint32_t next() { return last_ += 4; }

 private:
  uint32_t last_ = 0;
};

}  // namespace emu
