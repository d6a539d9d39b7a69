#include "emulator/cli/run_session.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "emulator/cli/exception_report.h"
#include "emulator/cli/exit_code.h"
#include "emulator/cli/limit_controller.h"
#include "emulator/cli/load_report.h"
#include "emulator/cli/logging.h"
#include "emulator/cli/patient_console.h"
#include "emulator/cli/run_limits.h"
#include "emulator/cli/run_options.h"
#include "emulator/cli/run_statistics.h"
#include "emulator/cli/statistics_output.h"
#include "emulator/cli/stuck_report.h"
#include "emulator/cli/warm_stand.h"
#include "emulator/cpu/cpu.h"
#include "emulator/kernel/files/console.h"
#include "emulator/kernel/files/disk_quota.h"
#include "emulator/kernel/files/program_files.h"
#include "emulator/kernel/files/root_folder.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/listeners.h"
#include "emulator/kernel/machine.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/loader/program_loader.h"
#include "mm/base/check.h"

namespace emu {
namespace {

void complain(const std::string& text) { fmt::print(stderr, "pagewalk: {}\n", text); }

// Where the system DLLs are: in guest/ beside the executable.
std::string system_folder() {
  std::error_code error;
  const auto self = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? "guest" : (self.parent_path() / "guest").string();
}

// For a check of ours that fails: where the guest was.
void report_guest(const Machine& machine) {
  is_log_written();  // its last lines, now
  const Thread* thread = machine.kernel().current_thread();
  const Registers registers = machine.board().cpu().registers();
  fmt::print(stderr, "The guest was at {:#010x} (esp {:#010x}) in {}. This is a mistake in Pagewalk.\n",
             registers.eip, registers.esp, thread != nullptr ? thread->process().name() : "no thread");
}

class Session final : public LifeListener {
 public:
  // `stand`: where the machine is to stand warm; null: it is for one run.
  Session(const RunArguments& arguments, Machine& machine, MachineDriver& driver, StatisticsOutput& output,
          RunLimits& limits, WarmStand* stand)
      : arguments_(arguments),
        machine_(machine),
        driver_(driver),
        output_(output),
        limits_(limits),
        stand_(stand),
        crash_reporter_([&machine] { report_guest(machine); }) {
    machine.kernel().listeners().lives.add(*this);
  }
  ~Session() override { machine_.kernel().listeners().lives.remove(*this); }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  int run() {
    ProgramLoader loader(machine_.kernel(), system_folder());
    std::vector<const Process*> started;  // the machine keeps them
    for (const auto& words : arguments_.programs) {
      const auto process = loader.start(words.front(), std::span(words).subspan(1));
      if (!process) {
        complain(process.error());
        return exit_code::kFailure;
      }
      started.push_back(*process);
    }
    limits_.watch(machine_.board());
    if (std::any_of(started.begin(), started.end(), is_flat)) stand();
    const Machine::RunEnd end = driver_.run(machine_);
    limits_.time.disarm();
    const bool written = write_statistics();
    if (const std::string limit = limits_.passed_by(end); !limit.empty()) {
      complain(limit);
      return exit_code::kLimit;
    }
    if (end == Machine::RunEnd::Stuck) {
      fmt::print(stderr, "pagewalk: stopped: {}", stuck_report(machine_.kernel()));
      return exit_code::kLimit;
    }
    if (end == Machine::RunEnd::InstructionLimit) {
      complain(fmt::format("stopped after {} instructions", machine_.board().cpu().instructions_retired()));
      return exit_code::kLimit;
    }
    if (end == Machine::RunEnd::Quit) return written ? 0 : exit_code::kFailure;
    return written ? exit_code_of(started) : exit_code::kFailure;
  }

  void on_unhandled_exception(const Thread& thread, const Exception& exception) override {
    const std::string report = exception_report(machine_.kernel(), thread, exception);
    std::fwrite(report.data(), 1, report.size(), stderr);
  }
  void on_load_failure(const Process& process, const LoadFailure& failure) override {
    complain(load_failure_text(process.name(), failure));
  }
  void on_thread_start(const Thread&) override { stand(); }

 private:
  // Without a loader: it is at its entry point from the beginning.
  static bool is_flat(const Process* process) { return process->ntdll.thread_start.value == 0; }

  // Nothing yet depends on the run: goes on in the process of each.
  void stand() {
    if (stand_ == nullptr || stand_->has_left()) return;
    limits_.time.suspend();
    stand_->stand();
    limits_.time.begin();
    output_.replace(stand_->take_statistics());
    if (const auto own = machine_.kernel().after_fork(); !own) {
      complain(own.error());
      _exit(exit_code::kFailure);
    }
  }

  static int exit_code_of(const Process& process) {
    switch (process.how_ended()->kind) {
      case ProcessEnd::Kind::Exited: return static_cast<int>(process.how_ended()->exit_code & 0xFF);
      case ProcessEnd::Kind::UnhandledException: return exit_code::kException;
      case ProcessEnd::Kind::LoadFailed: return exit_code::kFailure;
    }
    return exit_code::kFailure;
  }

  // Of the first program that did not end well.
  static int exit_code_of(const std::vector<const Process*>& programs) {
    for (const Process* program : programs)
      if (const int code = exit_code_of(*program); code != 0) return code;
    return 0;
  }

  bool write_statistics() const {
    if (arguments_.statistics.empty() && arguments_.statistics_file.empty()) return true;
    const RunStatistics statistics = gather();
    const std::string text =
        arguments_.statistics == "json" ? statistics_json(statistics) : statistics_text(statistics);
    const bool written = output_.write(text);
    if (!written) complain(output_.problem());
    return written;
  }

  RunStatistics gather() const {
    RunStatistics statistics{machine_.kernel().statistics(), {}};
    for (const auto& process : machine_.kernel().processes().all()) {
      ProcessSummary& summary = statistics.processes.emplace_back();
      summary.name = process->name();
      summary.id = process->id();
      if (process->how_ended()) summary.exit_code = process->how_ended()->exit_code;
      summary.statistics = machine_.kernel().statistics(*process);
    }
    return statistics;
  }

  const RunArguments& arguments_;
  Machine& machine_;
  MachineDriver& driver_;
  StatisticsOutput& output_;
  RunLimits& limits_;
  WarmStand* stand_;
  mm::CrashReporter crash_reporter_;
};

// Nobody holds the machine. A guest that waits for input must not outlast its time.
class FreeRun final : public MachineDriver {
 public:
  explicit FreeRun(const RunArguments& arguments) : timed_(arguments.timeout != 0) {}
  std::unique_ptr<Console> console() override {
    if (!timed_) return host_console();
    return std::make_unique<PatientConsole>([] { return !TimeLimit::passed(); });
  }

 private:
  bool timed_;
};

// What the guest's disk shows.
tl::expected<std::unique_ptr<HostFiles>, std::string> guest_files(const RunArguments& arguments) {
  std::vector<std::string> programs;
  for (const auto& words : arguments.programs) programs.push_back(words.front());
  if (arguments.root.empty()) return program_files(programs, system_folder());
  auto files = open_root_folder(arguments.root);
  if (!files) return tl::unexpected("--root: " + files.error());
  const auto limit = disk_limit(arguments);
  if (!limit) return tl::unexpected(limit.error());
  return std::make_unique<DiskQuota>(std::move(*files), *limit);
}

// The end of a run from a warm machine, which the host takes down faster than we.
[[noreturn]] void leave(int code) {
  std::fflush(nullptr);
  _exit(code);
}

int run_machine(const RunArguments& arguments, MachineDriver& driver, WarmStand* stand) {
  const auto fail = [](const std::string& message) {
    complain(message);
    return exit_code::kFailure;
  };
  for (const auto& words : arguments.programs)
    if (const std::string problem = program_problem(words); !problem.empty()) return fail(problem);
  const auto configuration = machine_configuration(arguments);
  if (!configuration) return fail(configuration.error());
  if (const auto logging = start_logging(arguments.log_level, arguments.log_file); !logging)
    return fail(logging.error());
  StatisticsOutput output(arguments.statistics_file);
  if (!output.usable()) return fail(output.problem());
  RunLimits limits(arguments);
  auto machine = Machine::create(*configuration, limits.output.limited(driver.console()));
  if (!machine) return fail(machine.error());
  if (auto files = guest_files(arguments); files) {
    (*machine)->kernel().volume().mount(std::move(*files));
  } else {
    return fail(files.error());
  }
  if (const auto prepared = driver.prepare(**machine); !prepared) return fail(prepared.error());
  std::optional<LimitController> limiter;
  if (limits.any()) limiter.emplace((*machine)->kernel(), limits.output);
  const int code = Session(arguments, **machine, driver, output, limits, stand).run();
  driver.let_go();
  if (!is_log_written()) return fail("the log could not be written whole");
  if (stand != nullptr && stand->has_left()) leave(code);
  return code;
}

// What runs when it returns has not come to stand: it is nobody's.
int run_warm(const RunArguments& arguments, MachineDriver& driver) {
  if (!WarmStand::serves(arguments)) return 0;
  WarmStand stand{Descriptor(arguments.warm_channel)};
  return run_machine(arguments, driver, &stand);
}

}  // namespace

int run_program(const RunArguments& arguments) {
  FreeRun driver(arguments);
  if (arguments.warm_channel >= 0) return run_warm(arguments, driver);
  return run_program(arguments, driver);
}

int run_program(const RunArguments& arguments, MachineDriver& driver) {
  return run_machine(arguments, driver, nullptr);
}

}  // namespace emu
