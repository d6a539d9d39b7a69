#include "emulator/regression/warm_machine.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <utility>

#include "emulator/kernel/files/regular_file.h"
#include "emulator/regression/channel.h"
#include "emulator/regression/child_streams.h"
#include "emulator/regression/spawn.h"
#include "emulator/regression/warm_protocol.h"

namespace emu {
namespace {

using warm::Word;

bool is(const std::optional<ChannelMessage>& message, Word word) {
  return message && message->kind == static_cast<int32_t>(word);
}

ChildResult not_started(int error) { return {ChildResult::End::NotStarted, error, {}, {}}; }

}  // namespace

std::unique_ptr<WarmMachine> WarmMachine::start(ChildRequest request) {
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  auto channel = open_channel();
  // What it says before it stands would have to be said in every run: then it does not stand.
  const Descriptor said(memfd_create("said", MFD_CLOEXEC));
  if (!channel || !said.valid()) return nullptr;
  auto& [ours, its] = *channel;
  request.command.insert(request.command.begin() + 2, "--warm-channel=" + std::to_string(its.number()));
  pid_t process = -1;
  if (spawn({request.command, request.input, said.number(), said.number(), its.number()}, process) != 0)
    return nullptr;
  its = Descriptor();
  std::unique_ptr<WarmMachine> machine(new WarmMachine(process, std::move(ours)));
  if (!is(receive_message(machine->channel_, deadline), Word::Standing)) return nullptr;
  return machine;
}

WarmMachine::~WarmMachine() {
  if (process_ < 0) return;
  kill(process_, SIGKILL);
  (void)how_it_ended();
}

ChildResult WarmMachine::how_it_ended() {
  if (process_ < 0) return not_started(ESRCH);
  int status = 0;
  while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
  }
  process_ = -1;
  ChildResult result;
  set_end(status, result);
  return result;
}

ChildResult WarmMachine::run(const WarmRequest& request) {
  ChildStreams streams;
  const Descriptor input(open(request.input.c_str(), O_RDONLY | O_CLOEXEC));
  if (!streams.open() || !input.valid()) return not_started(errno);
  const auto statistics = create_regular_file(request.statistics.string());
  if (!statistics) return not_started(errno);
  const auto deadline = std::chrono::steady_clock::now() + request.timeout;
  const std::array<int, warm::kRunFiles> files = {input.number(), streams.output(), streams.errors(),
                                                  statistics->number()};
  if (!send_message(channel_, static_cast<int32_t>(Word::Run), 0, files)) return how_it_ended();
  streams.handed_on();
  const auto begun = receive_message(channel_);
  if (is(begun, Word::Refused)) return not_started(begun->value);
  if (!is(begun, Word::Begun) || begun->files.empty()) return how_it_ended();

  ChildResult result;
  const Descriptor& process = begun->files.front();
  streams.collect(process, deadline, result);
  const bool ended = result.end == ChildResult::End::Exited;
  if (!ended) syscall(SYS_pidfd_send_signal, process.number(), SIGKILL, nullptr, 0);
  const auto end = receive_message(channel_);
  if (!is(end, Word::Ended)) {
    ChildResult machine = how_it_ended();
    machine.output = std::move(result.output);
    machine.errors = std::move(result.errors);
    return machine;
  }
  if (ended) set_end(end->value, result);
  return result;
}

}  // namespace emu
