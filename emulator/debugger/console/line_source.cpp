#include "emulator/debugger/console/line_source.h"

#include <editline/readline.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "emulator/debugger/console/completion.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger {
namespace {

// What libedit completes from; it calls back without an argument of ours.
const Session* completing = nullptr;

char* next_completion(const char* text, int state) {
  static std::vector<std::string> found;
  static size_t next;
  if (state == 0) {
    const std::string_view line(rl_line_buffer, static_cast<size_t>(rl_point));
    const std::string_view typed(text);
    found = completions(completing, line.substr(0, line.size() - std::min(typed.size(), line.size())), typed);
    next = 0;
  }
  return next < found.size() ? strdup(found[next++].c_str()) : nullptr;
}

// Where the lines of earlier sessions are kept (XDG Base Directory Specification: state); empty: nowhere.
std::filesystem::path history_file() {
  const auto variable = [](const char* name) {
    const char* const value = std::getenv(name);
    return std::filesystem::path(value != nullptr ? value : "");
  };
  std::filesystem::path state = variable("XDG_STATE_HOME");
  if (state.is_relative()) {
    const auto home = variable("HOME");
    if (home.is_relative()) return {};
    state = home / ".local" / "state";
  }
  return state / "pagewalk" / "history";
}

// While a line is typed SIGINT is about that line, and not about the guest.
volatile std::sig_atomic_t line_dropped = 0;

// It is let in only where a key is waited for, so that none comes in vain just before.
class DropsLine {
 public:
  DropsLine() {
    line_dropped = 0;
    sigset_t interrupt;
    sigemptyset(&interrupt);
    sigaddset(&interrupt, SIGINT);
    sigprocmask(SIG_BLOCK, &interrupt, &let_in);
    sigdelset(&let_in, SIGINT);
    struct sigaction action {};
    action.sa_handler = [](int) { line_dropped = 1; };
    sigaction(SIGINT, &action, &before_);
  }
  ~DropsLine() {
    sigaction(SIGINT, &before_, nullptr);
    sigprocmask(SIG_SETMASK, &let_in, nullptr);
  }
  DropsLine(const DropsLine&) = delete;
  DropsLine& operator=(const DropsLine&) = delete;

  // For libedit: the next byte that is typed; -1 at the end, and when the line is dropped.
  static int next_key(FILE*) {
    while (line_dropped == 0) {
      pollfd input{STDIN_FILENO, POLLIN, 0};
      if (ppoll(&input, 1, nullptr, &let_in) < 0) {
        if (errno == EINTR) continue;
        return -1;
      }
      unsigned char key = 0;
      const ssize_t count = ::read(STDIN_FILENO, &key, 1);
      if (count == 1) return key;
      if (count == 0 || (errno != EINTR && errno != EAGAIN)) return -1;
    }
    return -1;
  }

 private:
  inline static sigset_t let_in{};
  struct sigaction before_ {};
};

class EditedLines final : public LineSource {
 public:
  EditedLines() {
    rl_readline_name = const_cast<char*>("pagewalk");
    rl_completion_entry_function = next_completion;
    rl_getc_function = DropsLine::next_key;
    rl_completer_word_break_characters = const_cast<char*>(" \t;\"");
    using_history();
    stifle_history(kMostLines);
    if (!history_.empty()) read_history(history_.c_str());
  }
  ~EditedLines() override {
    std::error_code error;
    if (history_.empty()) return;
    std::filesystem::create_directories(history_.parent_path(), error);
    if (!error) write_history(history_.c_str());
  }
  std::optional<std::string> read(const std::string& prompt, const Session& session) override {
    completing = &session;
    char* typed = read_undropped(prompt);
    completing = nullptr;
    if (typed == nullptr) return std::nullopt;
    std::string line(typed);
    std::free(typed);
    if (!line.empty()) add_history(line.c_str());
    return line;
  }
  Typed typed() const override { return Typed::Yes; }

 private:
  static constexpr int kMostLines = 1000;  // that are kept

  static char* read_undropped(const std::string& prompt) {
    const DropsLine while_reading;
    for (;;) {
      char* typed = readline(prompt.c_str());
      if (typed != nullptr || line_dropped == 0) return typed;
      line_dropped = 0;
      std::fputs("^C\n", stdout);
      std::fflush(stdout);
    }
  }

  const std::filesystem::path history_ = history_file();
};

class PipedLines final : public LineSource {
 public:
  std::optional<std::string> read(const std::string&, const Session&) override {
    char* text = nullptr;
    size_t room = 0;
    const ssize_t length = getline(&text, &room, stdin);
    std::optional<std::string> line;
    if (length >= 0) line = std::string(text, static_cast<size_t>(length));
    std::free(text);
    return line;
  }
};

}  // namespace

std::optional<std::string> GivenLines::read(const std::string&, const Session&) {
  if (lines_.empty()) return std::nullopt;
  std::string line = std::move(lines_.front());
  lines_.pop_front();
  return line;
}

std::unique_ptr<LineSource> standard_input_lines() {
  if (isatty(STDIN_FILENO) != 0) return std::make_unique<EditedLines>();
  return std::make_unique<PipedLines>();
}

}  // namespace emu::debugger
