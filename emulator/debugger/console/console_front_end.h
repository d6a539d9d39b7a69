// The debugger at a console: shows each halt, reads lines, shows what they answer, until one resumes.
#pragma once

#include <memory>
#include <string>

#include "emulator/debugger/console/colour.h"
#include "emulator/debugger/console/line_source.h"
#include "emulator/debugger/session/session.h"

namespace emu::debugger {

class ConsoleFrontEnd final : public FrontEnd {
 public:
  enum class Format : uint8_t { Text, Json };  // Json: one object a line, for each halt and each answer

  ConsoleFrontEnd(std::unique_ptr<LineSource> lines, Format format)
      : lines_(std::move(lines)), format_(format) {}

  Resume on_halt(Engine& engine, const Halt& halt) override;
  void on_image_load(Engine& engine, Process& process) override;
  void on_image_unload(Engine& engine, Process& process, const LoadedImage& image) override;
  void on_debug_output(Engine& engine, const Thread& thread, std::string_view text) override;

 private:
  void show_halt();
  void show(const Session::Executed& executed);
  void print(const std::string& text, Colour colour = Colour::None);
  std::optional<std::string> next_line();
  std::string repeated(std::string line);
  std::string prompt() const;

  std::unique_ptr<LineSource> lines_;
  Format format_;
  std::unique_ptr<Session> session_;
  std::string last_line_;  // that somebody typed
};

}  // namespace emu::debugger
