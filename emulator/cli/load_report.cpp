#include "emulator/cli/load_report.h"

#include <fmt/core.h>

#include "emulator/kernel/listeners.h"

namespace emu {
namespace {

std::string about_module(const LoadFailure& failure) {
  switch (failure.status) {
    case mm::NtStatus::DllNotFound:
    case mm::NtStatus::InvalidImageFormat:
      if (!failure.detail.empty()) return failure.detail;
      return failure.status == mm::NtStatus::DllNotFound ? "was not found" : "is not a valid image";
    case mm::NtStatus::DllInitFailed: return "refused to start (DllMain returned FALSE)";
    default: return failure.detail.empty() ? "cannot be loaded" : failure.detail;
  }
}

}  // namespace

std::string load_failure_text(const std::string& program, const LoadFailure& failure) {
  std::string text;
  if (!failure.import.empty()) {
    text = fmt::format("{}: {} is not exported by {}", program, failure.import, failure.module);
  } else {
    text = fmt::format("{}: {} {}", program, failure.module, about_module(failure));
  }
  return fmt::format("{} ({})", text, mm::to_string(failure.status));
}

}  // namespace emu
