#include "emulator/cli/statistics_output.h"

#include <fmt/core.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <span>
#include <utility>

#include "emulator/kernel/files/regular_file.h"

namespace emu {

StatisticsOutput::StatisticsOutput(const std::string& path) : path_(path) {
  if (path.empty()) return;
  auto file = create_regular_file(path);
  if (file)
    file_ = std::move(*file);
  else
    why_ = "it " + file.error();
}

std::string StatisticsOutput::problem() const {
  return fmt::format("the statistics cannot be written to {}: {}", path_.empty() ? "standard error" : path_,
                     why_);
}

bool StatisticsOutput::write(const std::string& text) {
  const bool written = !file_.valid() ? std::fwrite(text.data(), 1, text.size(), stderr) == text.size()
                                      : write_all(file_, std::as_bytes(std::span(text)));
  if (!written) why_ = std::strerror(errno);
  return written;
}

}  // namespace emu
