// help, ?, .formats, .echo, $<, .logopen, .logclose, .dump.
#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <span>

#include "emulator/debugger/arguments.h"
#include "emulator/debugger/command.h"
#include "emulator/debugger/commands/handlers.h"
#include "emulator/debugger/session.h"

namespace emu::debugger::commands {
namespace {

std::string binary(uint32_t value) {
  std::string text;
  for (int byte = 3; byte >= 0; --byte)
    text += fmt::format("{}{:08b}", text.empty() ? "" : " ", value >> (8 * byte) & 0xFF);
  return text;
}

std::string characters(uint32_t value) {
  std::string text;
  for (int byte = 3; byte >= 0; --byte) {
    const auto c = static_cast<char>(value >> (8 * byte) & 0xFF);
    text += c >= ' ' && c <= '~' ? c : '.';
  }
  return text;
}

bool is_zero(std::span<const std::byte> bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](std::byte byte) { return byte == std::byte{0}; });
}

// Frame after frame; a frame of zeros is a hole.
bool write_ram(const mm::PhysicalMemory& ram, const std::string& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  for (uint32_t number = 0; number < ram.frames().value && file; ++number) {
    const auto frame = ram.frame(mm::PageFrameNumber(number));
    if (is_zero(frame)) continue;
    file.seekp(std::streamoff{number} << mm::kPageShift);
    file.write(reinterpret_cast<const char*>(frame.data()), mm::kPageSize);
  }
  file.close();
  if (!file) return false;
  std::error_code error;
  std::filesystem::resize_file(path, ram.bytes().size(), error);
  return !error;
}

Answer one_help(std::string_view name) {
  for (const Command& command : command_list()) {
    if (command.name != name) continue;
    return {fmt::format("{}\n  {}\n  example: {}\n", command.usage, command.summary, command.example),
            {{"name", command.name},
             {"usage", command.usage},
             {"summary", command.summary},
             {"example", command.example}}};
  }
  throw CommandError(fmt::format("there is no command {}", name));
}

}  // namespace

Answer help(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  if (!arguments.empty()) return one_help(arguments.word());
  Answer answer;
  answer.data = nlohmann::ordered_json::array();
  for (const Command& command : command_list()) {
    answer.text += fmt::format("{:<42} {}\n", command.usage, command.summary);
    answer.data.push_back(command.name);
  }
  answer.text += "help COMMAND shows an example. Numbers are hexadecimal; 0n10 is ten.\n";
  return answer;
}

Answer evaluate_expression(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint32_t value = arguments.number("an expression");
  arguments.end();
  return {fmt::format("Evaluate expression: {} = {:08x}\n", static_cast<int32_t>(value), value),
          {{"value", value}}};
}

Answer formats(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const uint32_t value = arguments.number("an expression");
  arguments.end();
  const std::time_t seconds = value;
  char time[32] = "";
  std::tm parts{};
  if (gmtime_r(&seconds, &parts) != nullptr) std::strftime(time, sizeof time, "%a %b %e %H:%M:%S %Y", &parts);
  float real;
  std::memcpy(&real, &value, sizeof real);
  return {fmt::format(
              "Evaluate expression:\n  Hex:     {:08x}\n  Decimal: {}\n  Octal:   {:011o}\n  Binary:  {}\n"
              "  Chars:   {}\n  Time:    {} (UTC)\n  Float:   {:g}\n",
              value, static_cast<int32_t>(value), value, binary(value), characters(value), time, real),
          {{"hex", fmt::format("{:08x}", value)},
           {"decimal", static_cast<int32_t>(value)},
           {"octal", fmt::format("{:011o}", value)},
           {"binary", binary(value)},
           {"chars", characters(value)}}};
}

Answer echo(Session&, std::string_view text) { return {std::string(text) + "\n", {{"text", text}}}; }

// Each line as if typed; the first that resumes the guest leaves the rest to the front end.
Answer run_script(Session& session, std::string_view text) {
  Arguments arguments(text, session);
  const std::string path = arguments.word();
  if (path.empty()) throw CommandError("a file's name is missing");
  std::ifstream file(path);
  if (!file) throw CommandError(fmt::format("{} cannot be read", path));
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  if (!session.push_lines(std::move(lines))) throw CommandError("too many lines are waiting to be executed");
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
  const mm::PhysicalMemory ram = session.machine().ram();
  if (!write_ram(ram, path)) throw CommandError(fmt::format("{} cannot be written", path));
  return {fmt::format("Wrote {} bytes to '{}'\n", ram.bytes().size(), path), {{"bytes", ram.bytes().size()}}};
}

}  // namespace emu::debugger::commands
