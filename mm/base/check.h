// The always-on check: our own mistakes stop the program with a report. Never for what a guest, a file or a
// user did.
#pragma once

namespace mm {

// Called once, before the program ends, to add what only the caller knows (registers, statistics).
using CrashReporter = void (*)();
void set_crash_reporter(CrashReporter reporter);

[[noreturn]] void check_failed(const char* condition, const char* message, const char* file, int line);

}  // namespace mm

#define MM_CHECK(condition, message) \
  (__builtin_expect(!!(condition), 1) ? void() : ::mm::check_failed(#condition, message, __FILE__, __LINE__))
