#include "emulator/regression/child_process.h"

#include <catch2/catch_test_macros.hpp>
#include <csignal>
#include <fstream>
#include <ostream>

#include "emulator/regression/scratch_folder.h"

namespace emu {

// How a failed test shows it.
std::ostream& operator<<(std::ostream& stream, const ChildResult& result) {
  using End = ChildResult::End;
  const char* const how = result.end == End::Exited          ? "exited"
                          : result.end == End::Signalled     ? "signalled"
                          : result.end == End::TimedOut      ? "timed out"
                          : result.end == End::TooMuchOutput ? "too much output"
                                                             : "not started";
  return stream << how << " " << result.code << ", output \"" << result.output << "\", errors \""
                << result.errors << "\"";
}

namespace {

using std::chrono::milliseconds;

ChildResult run_shell(const std::string& script, milliseconds timeout = std::chrono::minutes(1)) {
  return run_child({{"/bin/sh", "-c", script}, "/dev/null", timeout});
}

TEST_CASE("A child's exit code and both its streams are kept apart", "[regression]") {
  CHECK(run_shell("echo out; echo err >&2; exit 7") ==
        ChildResult{ChildResult::End::Exited, 7, "out\n", "err\n"});
}

TEST_CASE("A child reads its standard input from the file", "[regression]") {
  const ScratchFolder folder;
  std::ofstream(folder.path() / "input") << "typed";
  const ChildResult result = run_child({{"/bin/cat"}, folder.path() / "input", std::chrono::minutes(1)});
  CHECK(result == ChildResult{ChildResult::End::Exited, 0, "typed", ""});
}

TEST_CASE("A child that a signal ends is told from one that exits", "[regression]") {
  const ChildResult result = run_shell("kill -SEGV $$");
  CHECK(result.end == ChildResult::End::Signalled);
  CHECK(result.code == SIGSEGV);
}

TEST_CASE("A child that takes too long is killed, whether it writes, waits or hides", "[regression]") {
  const auto script = {"echo begun; exec sleep 100", "exec sleep 100 >&- 2>&-", "while true; do echo; done"};
  for (const char* text : script) {
    CAPTURE(text);
    const auto before = std::chrono::steady_clock::now();
    CHECK(run_shell(text, milliseconds(300)).end == ChildResult::End::TimedOut);
    CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(30));
  }
}

TEST_CASE("A child that writes without end is killed", "[regression]") {
  CHECK(run_shell("exec cat /dev/zero").end == ChildResult::End::TooMuchOutput);
}

TEST_CASE("More output than a pipe holds arrives whole", "[regression]") {
  const ChildResult result = run_shell("yes 0123456789abcde | head -c 1600000; yes x | head -c 400000 >&2");
  CHECK(result.output.size() == 1600000);
  CHECK(result.errors.size() == 400000);
}

TEST_CASE("A child ends by SIGPIPE though whoever starts it ignores that", "[regression]") {
  const auto before = std::signal(SIGPIPE, SIG_IGN);
  const ChildResult result = run_shell("kill -PIPE $$; echo survived");
  (void)std::signal(SIGPIPE, before);
  CHECK(result == ChildResult{ChildResult::End::Signalled, SIGPIPE, "", ""});
}

TEST_CASE("A program that does not exist is reported with the host's error", "[regression]") {
  const ChildResult result = run_child({{"/nonexistent/program"}, "/dev/null", std::chrono::minutes(1)});
  CHECK(result == ChildResult{ChildResult::End::NotStarted, ENOENT, "", ""});
}

}  // namespace
}  // namespace emu
