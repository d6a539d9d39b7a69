// Where the statistics of a run are written.
#pragma once

#include <string>
#include <utility>

#include "emulator/kernel/files/descriptor.h"

namespace emu {

class StatisticsOutput {
 public:
  // An empty `path` means standard error. The file is opened here, before the guest runs, so that no run is
  // in vain.
  explicit StatisticsOutput(const std::string& path);

  // Writes to `file`, which is open, from now on.
  void replace(Descriptor file) { file_ = std::move(file); }

  bool usable() const { return path_.empty() || file_.valid(); }
  // Returns a sentence for the user when the file is not usable or could not be written.
  std::string problem() const;
  bool write(const std::string& text);

 private:
  std::string path_;
  Descriptor file_;
  std::string why_;
};

}  // namespace emu
