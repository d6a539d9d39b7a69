// Runs a guest program and, at an exception that it does not handle, says what the stack looks like and what
// the variables hold, for tests/emulator/debugger/stack/stacks.py.
//   stack_probe GUEST_FOLDER PROGRAM
#include <fmt/core.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "emulator/debugger/stack/stack_walk.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/program_files.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/loader/program_loader.h"

namespace emu::debugger {
namespace {

class ProcessMemory final : public MemoryView {
 public:
  ProcessMemory(const Kernel& kernel, const Process& process) : kernel_(kernel), process_(process) {}
  size_t read(mm::VirtualAddress from, std::span<std::byte> to) const override {
    return kernel_.peek(process_, from, to);
  }

 private:
  const Kernel& kernel_;
  const Process& process_;
};

std::string value_text(const FrameVariable& found, const StackFrame& frame, const MemoryView& memory) {
  if (!found.place) return found.place.error();
  if (const auto* known = std::get_if<KnownValue>(&*found.place))
    return fmt::format("{}", static_cast<int>(known->value));
  if (const auto* in = std::get_if<InRegister>(&*found.place)) {
    const auto value = frame.registers[in->number];
    return value ? fmt::format("{}", static_cast<int>(*value)) : "lost";
  }
  const auto value = memory.load<int32_t>(std::get<InMemory>(*found.place).address);
  return value ? fmt::format("{}", *value) : "unreadable";
}

class Watcher final : public LifeListener {
 public:
  Watcher(const Kernel& kernel, std::vector<std::filesystem::path> folders)
      : kernel_(kernel), folders_(std::move(folders)) {}

  void on_unhandled_exception(const Thread& thread, const Exception&) override {
    const Process& process = thread.process();
    SymbolTable symbols;
    for (const LoadedImage& image : process.images)
      symbols.add({image.base, image.size, image.name, path_of(image.name)});
    const ProcessMemory memory(kernel_, process);
    const auto frames = walk_stack(thread.registers, memory, symbols);
    for (const std::string& line : stack_lines(frames, symbols)) fmt::print("{}\n", line);
    for (size_t i = 0; i < frames.size(); ++i)
      for (const FrameVariable& found : frame_variables(frames[i], memory, symbols))
        fmt::print("{} {} = {}\n", i, found.variable->name, value_text(found, frames[i], memory));
  }
  void on_load_failure(const Process&, const LoadFailure&) override { fmt::print("not loaded\n"); }

 private:
  std::filesystem::path path_of(const std::string& name) const {
    for (const auto& folder : folders_)
      if (std::filesystem::exists(folder / name)) return folder / name;
    return {};
  }

  const Kernel& kernel_;
  std::vector<std::filesystem::path> folders_;
};

class NoConsole final : public Console {
 public:
  mm::NtStatus write(Stream, std::span<const std::byte>) override { return mm::NtStatus::Success; }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }
};

int run(const std::string& guest, const std::string& program) {
  MachineConfiguration configuration;
  configuration.ram = mm::pages_for(32 << 20);
  auto machine = Machine::create(configuration, std::make_unique<NoConsole>());
  if (!machine) return 1;
  (*machine)->kernel().volume().mount(program_files(std::vector{program}, guest));
  Watcher watcher((*machine)->kernel(), {std::filesystem::path(program).parent_path(), guest});
  (*machine)->kernel().listeners().lives.add(watcher);
  ProgramLoader loader((*machine)->kernel(), guest);
  if (const auto process = loader.start(program, {}); !process) {
    fmt::print("{}\n", process.error());
    return 1;
  }
  (*machine)->run();
  return 0;
}

}  // namespace
}  // namespace emu::debugger

int main(int count, char** arguments) {
  return count == 3 ? emu::debugger::run(arguments[1], arguments[2]) : 2;
}
