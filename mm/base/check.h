// The check that is always on: a mistake of our own stops the program with a report. It is not for what a
// guest, a file or a user did.
#pragma once

#include <functional>

namespace mm {

[[noreturn]] void check_failed(const char* condition, const char* message, const char* file, int line);

// Adds to the report of a check that fails what only its owner knows (a guest's registers, say). There may be
// any number at a time, on any threads; each is called once, the youngest first, before the program ends.
// When a reporter fails a check itself, or another check fails meanwhile, none is called again.
class CrashReporter {
 public:
  explicit CrashReporter(std::function<void()> report);
  ~CrashReporter();
  CrashReporter(const CrashReporter&) = delete;
  CrashReporter& operator=(const CrashReporter&) = delete;

 private:
  friend void check_failed(const char*, const char*, const char*, int);

  std::function<void()> report_;
  CrashReporter* older_ = nullptr;
};

}  // namespace mm

#define MM_CHECK(condition, message) \
  (__builtin_expect(!!(condition), 1) ? void() : ::mm::check_failed(#condition, message, __FILE__, __LINE__))
