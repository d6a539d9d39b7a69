#include "mm/base/check.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace mm {
namespace {
CrashReporter reporter = nullptr;
}

void set_crash_reporter(CrashReporter new_reporter) { reporter = new_reporter; }

void check_failed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr, "pagewalk: a mistake of its own: %s\n  %s (%s:%d)\n", message, condition, file, line);
  if (const CrashReporter once = std::exchange(reporter, nullptr)) once();
  std::fflush(nullptr);
  std::abort();
}

}  // namespace mm
