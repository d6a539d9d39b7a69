// help, ?, .formats, .echo, $<, .logopen, .logclose, .dump.
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <span>
#include <utility>

#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/expression/expression.h"
#include "emulator/debugger/session/arguments.h"
#include "emulator/debugger/session/command.h"
#include "emulator/debugger/session/script_file.h"
#include "emulator/debugger/session/session.h"
#include "emulator/kernel/files/regular_file.h"
#include "emulator/kernel/kernel.h"

namespace emu::debugger::commands {
namespace {

uint64_t byte_of(uint64_t value, size_t index) { return value >> (8 * index) & 0xFF; }

// The highest byte first.
std::string binary(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i > 0; --i)
    text += fmt::format("{}{:08b}", text.empty() ? "" : " ", byte_of(value, i - 1));
  return text;
}

std::string characters(uint64_t value, size_t bytes) {
  std::string text;
  for (size_t i = bytes; i > 0; --i) {
    const auto c = static_cast<char>(byte_of(value, i - 1));
    text += c >= ' ' && c <= '~' ? c : '.';
  }
  return text;
}

// Its lowest bytes as a number with a fraction.
template <class Real>
Real real(uint64_t value) {
  Real number;
  std::memcpy(&number, &value, sizeof number);
  return number;
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// Frame after frame; a frame of zeros is a hole.
void write_ram(const mm::PhysicalMemory& ram, const std::string& path) {
  const auto file = create_regular_file(path);
  if (!file) throw CommandError(fmt::format("{} {}", path, file.error()));
  const auto refuse = [&] {
    throw CommandError(fmt::format("{} cannot be written: {}", path, std::strerror(errno)));
  };
  for (uint32_t number = 0; number < ram.frames().value; ++number) {
    const auto frame = ram.frame(mm::PageFrameNumber(number));
    if (is_zero(frame)) continue;
    const auto place = off_t{number} << mm::kPageShift;
    if (lseek(file->number(), place, SEEK_SET) != place || !write_all(*file, frame)) refuse();
  }
  if (ftruncate(file->number(), static_cast<off_t>(ram.bytes().size())) != 0) refuse();
}

// As the command is typed: dd is d with a letter.
Answer one_help(std::string_view name) {
  const auto found = find_command(name);
  if (!found) throw CommandError(fmt::format("there is no command {}", name));
  const Command& command = *found->command;
  return {fmt::format("{}\n  {}\n  example: {}\n", command.usage, command.summary, command.example),
          {{"name", command.name},
           {"usage", command.usage},
           {"summary", command.summary},
           {"example", command.example}}};
}

std::string every_command() {
  std::string text;
  for (const Command& command : command_list())
    text += fmt::format("{:<42} {}\n", command.usage, command.summary);
  return text;
}

std::string grouped_commands() {
  std::string text =
      "To start with:\n"
      "  g         run on                    k    the stack\n"
      "  p         step over one instruction why  the last page fault explained\n"
      "  bp NAME   halt at a function\n\n";
  for (const CommandGroup& group : command_groups())
    text += fmt::format("{:<15} {}\n", group.title, group.names);
  return text + "\n";
}

}  // namespace

// By groups, which fit a screen of 80 columns and 24 lines.
Answer help(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const bool all = arguments.take("*");
  if (!arguments.empty()) return one_help(arguments.word());
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const Command& command : command_list()) answer.data.push_back(command.name);
  answer.text = all ? every_command() : grouped_commands();
  answer.text +=
      "help COMMAND shows one with an example, help * what each does. Numbers are\n"
      "hexadecimal; 0n10 is ten. At a terminal an empty line is the last one again,\n"
      "Ctrl-C drops the line that is being typed, and Tab completes it.\n";
  return answer;
}

Answer evaluate_expression(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint64_t value = arguments.wide_number("an expression");
  arguments.end();
  const auto word = as_address(value);  // shown with 32 bits, then
  const int64_t signed_value = word ? static_cast<int32_t>(*word) : static_cast<int64_t>(value);
  return {fmt::format("Evaluate expression: {} = {}\n", signed_value, number_words(value)),
          {{"value", word ? *word : value}}};
}

Answer formats(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint64_t whole = arguments.wide_number("an expression");
  arguments.end();
  const auto word = as_address(whole);  // shown with 32 bits, then
  const size_t bytes = word ? sizeof(uint32_t) : sizeof whole;
  const uint64_t value = word ? *word : whole;
  const int64_t decimal = word ? static_cast<int32_t>(*word) : static_cast<int64_t>(whole);
  const auto seconds = static_cast<std::time_t>(value);
  char time[64] = "";
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(time, sizeof time, "%a %b %e %H:%M:%S %Y", &parts);
  return {
      fmt::format("Evaluate expression:\n  Hex:     {}\n  Decimal: {}\n  Octal:   {:0{}o}\n  Binary:  {}\n"
                  "  Chars:   {}\n  Time:    {} (UTC)\n  Float:   {:g}\n  Double:  {:g}\n",
                  number_words(whole), decimal, value, (8 * bytes + 2) / 3, binary(value, bytes),
                  characters(value, bytes), time, real<float>(value), real<double>(value)),
      {{"hex", number_words(whole)},
       {"decimal", decimal},
       {"octal", fmt::format("{:0{}o}", value, (8 * bytes + 2) / 3)},
       {"binary", binary(value, bytes)},
       {"chars", characters(value, bytes)}}};
}

Answer echo(Session&, std::string_view text) { return {std::string(text) + "\n", {{"text", text}}}; }

// Each line as if typed; the first that resumes the guest leaves the rest to the front end.
Answer run_script(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string path = arguments.word();
  if (path.empty()) throw CommandError("a file's name is missing");
  auto lines = read_script(path);
  if (!lines) throw CommandError(lines.error());
  session.push_script(std::move(*lines));
  return {};
}

Answer open_log(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string path = arguments.word();
  arguments.end();
  if (path.empty()) throw CommandError("a file's name is missing");
  if (const std::string problem = session.open_log(path); !problem.empty()) throw CommandError(problem);
  return {fmt::format("Opened log file '{}'\n", path)};
}

Answer close_log(Session& session, std::string_view text) {
  Arguments(text, session).end();
  if (!session.close_log()) throw CommandError("no log is open");
  return {"Closed the log\n"};
}

Answer dump_ram(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string path = arguments.word();
  arguments.end();
  if (path.empty()) throw CommandError("a file's name is missing");
  const mm::PhysicalMemory ram = session.kernel().ram();
  write_ram(ram, path);
  return {fmt::format("Wrote {} bytes to '{}'\n", ram.bytes().size(), path), {{"bytes", ram.bytes().size()}}};
}

}  // namespace emu::debugger::commands
