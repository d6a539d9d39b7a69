// What emulator/kernel/machine.h shows: a program that runs guests without the `pagewalk` command, two of
// them at a time. Its argument is the folder of the guest programs; it ends with 0 when they did what they
// should.
#include <cstdio>
#include <memory>
#include <string>
#include <thread>

#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/program_files.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/loader/program_loader.h"

namespace {

// Keeps what the guest writes.
class Transcript final : public emu::Console {
 public:
  explicit Transcript(std::string& text) : text_(text) {}
  mm::NtStatus write(Stream, std::span<const std::byte> bytes) override {
    text_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    return mm::NtStatus::Success;
  }
  mm::Result<uint32_t> read(std::span<std::byte>) override { return 0u; }

 private:
  std::string& text_;
};

// A guest's output, and the code that it ended with; -1: it did not start.
struct Outcome {
  std::string text;
  int64_t exit_code = -1;
};

Outcome run_guest(const std::string& folder, const std::string& program) {
  Outcome outcome;
  emu::MachineConfiguration configuration;
  configuration.ram = mm::pages_for(uint64_t{64} << 20);
  auto machine = emu::Machine::create(configuration, std::make_unique<Transcript>(outcome.text));
  if (!machine) return outcome;
  emu::Kernel& kernel = (*machine)->kernel();
  const std::string path = folder + "/" + program;
  kernel.volume().mount(emu::program_files({&path, 1}, folder));
  emu::ProgramLoader loader(kernel, folder);
  const auto process = loader.start(path, {});
  if (!process) {
    outcome.text = process.error();
    return outcome;
  }
  if ((*machine)->run() == emu::Machine::RunEnd::ProcessesEnded)
    outcome.exit_code = (*process)->how_ended()->exit_code;
  return outcome;
}

bool is_greeting(const Outcome& outcome) {
  std::printf("%s(exit code %lld)\n", outcome.text.c_str(), static_cast<long long>(outcome.exit_code));
  return outcome.exit_code == 0 && outcome.text.find("Hello") != std::string::npos;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 2) return 2;
  const std::string folder = arguments[1];
  Outcome first, second;
  std::thread other([&] { second = run_guest(folder, "hello.exe"); });
  first = run_guest(folder, "hello.exe");
  other.join();
  return is_greeting(first) && is_greeting(second) && first.text == second.text ? 0 : 1;
}
