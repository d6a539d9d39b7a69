#include "emulator/debugger/console/console_front_end.h"

#include <fmt/core.h>

#include <cstdio>

#include "emulator/debugger/text/halt_text.h"
#include "emulator/debugger/text/json_text.h"

namespace emu::debugger {

Resume ConsoleFrontEnd::on_halt(Engine& engine, const Halt& halt) {
  if (!session_) session_ = std::make_unique<Session>(engine);
  session_->halted(halt);
  show_halt();
  if (const auto step = session_->next_step()) return *step;
  if (!halt.commands.empty()) session_->push_lines({halt.commands});
  while (const auto line = next_line()) {
    const auto outcome = session_->execute(*line);
    for (const auto& executed : outcome.answers) show(executed);
    if (outcome.resume) return *outcome.resume;
  }
  return {.kind = Resume::Kind::Quit};
}

std::optional<std::string> ConsoleFrontEnd::next_line() {
  if (auto line = session_->next_line()) return line;
  auto line = lines_->read(prompt(), *session_);
  if (line) session_->log(prompt() + *line + "\n");
  if (line && lines_->typed() == LineSource::Typed::Yes) return repeated(std::move(*line));
  return line;
}

// An empty line is the last one again, as in CDB.
std::string ConsoleFrontEnd::repeated(std::string line) {
  if (line.find_first_not_of(" \t") != std::string::npos) last_line_ = std::move(line);
  return last_line_;
}

// Before the first halt nothing waits for an image.
void ConsoleFrontEnd::on_image_load(Engine&, Process& process) {
  if (session_) session_->image_loaded(process);
}

void ConsoleFrontEnd::on_image_unload(Engine&, Process& process, const LoadedImage& image) {
  if (session_) session_->image_unloaded(process, image);
}

void ConsoleFrontEnd::on_debug_output(Engine&, const Thread&, std::string_view text) {
  print(format_ == Format::Text ? std::string(text) : json_line(json_of_bytes("debug_output", text)));
}

// "0:001> ": the process and the thread, as | and ~ number them. In a fault also its stages, as
// "0:001 (done: walk, next: VAD)> ".
std::string ConsoleFrontEnd::prompt() const {
  size_t process = 0, thread = 0;
  for (const Process* running : session_->processes()) {
    if (running == session_->looked_at_process()) break;
    ++process;
  }
  if (session_->looked_at_process() == nullptr) return "> ";
  for (const Thread* candidate : session_->threads_of(*session_->looked_at_process())) {
    if (candidate == session_->looked_at_thread()) break;
    ++thread;
  }
  const std::string progress = fault_progress(session_->halt());
  if (!progress.empty()) return fmt::format("{}:{:03} ({})> ", process, thread, progress);
  return fmt::format("{}:{:03}> ", process, thread);
}

void ConsoleFrontEnd::print(const std::string& text, Colour colour) {
  static const bool has_colour = output_has_colour();
  const std::string shown = has_colour ? coloured(text, colour) : text;
  std::fwrite(shown.data(), 1, shown.size(), stdout);
  std::fflush(stdout);
  if (session_) session_->log(text);
}

void ConsoleFrontEnd::show_halt() {
  Answer reason = halt_reason(*session_);
  Answer place = place_text(*session_);
  if (session_->halt().kind == Halt::Kind::FaultStage) place.text.clear();  // the instruction is where it was
  if (format_ == Format::Text) {
    print(reason.text, Colour::Halt);
    return print(place.text);
  }
  if (!place.data.is_null()) reason.data.update(place.data);
  reason.data["text"] = reason.text + place.text;
  print(json_line(reason.data));
}

void ConsoleFrontEnd::show(const Session::Executed& executed) {
  if (format_ == Format::Text)
    return executed.failed ? print(fmt::format("^ {}\n", executed.answer.text), Colour::Problem)
                           : print(executed.answer.text);
  nlohmann::ordered_json object{{"command", executed.command}, {"ok", !executed.failed}};
  if (executed.failed) {
    object["error"] = executed.answer.text;
  } else {
    object["text"] = executed.answer.text;
    if (!executed.answer.data.is_null()) object["data"] = executed.answer.data;
  }
  print(json_line(object));
}

}  // namespace emu::debugger
