#include "mm/base/check.h"

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace mm {
namespace {

std::mutex reporters_are_busy;  // held to the program's end by who reports
CrashReporter* youngest = nullptr;
std::atomic<bool> reporting = false;

}  // namespace

CrashReporter::CrashReporter(std::function<void()> report) : report_(std::move(report)) {
  const std::lock_guard lock(reporters_are_busy);
  older_ = std::exchange(youngest, this);
}

CrashReporter::~CrashReporter() {
  const std::lock_guard lock(reporters_are_busy);
  CrashReporter** link = &youngest;
  while (*link != this) link = &(*link)->older_;
  *link = older_;
}

void check_failed(const char* condition, const char* message, const char* file, int line) {
  std::fprintf(stderr, "pagewalk: a mistake of its own: %s\n  %s (%s:%d)\n", message, condition, file, line);
  if (!reporting.exchange(true)) {
    reporters_are_busy.lock();
    for (const CrashReporter* reporter = youngest; reporter != nullptr; reporter = reporter->older_)
      reporter->report_();
  }
  std::fflush(nullptr);
  std::abort();
}

}  // namespace mm
