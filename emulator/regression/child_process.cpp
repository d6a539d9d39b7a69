#include "emulator/regression/child_process.h"

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "emulator/regression/child_streams.h"
#include "emulator/regression/spawn.h"

namespace emu {

ChildResult run_child(const ChildRequest& request) {
  ChildResult result;
  ChildStreams streams;
  pid_t child = -1;
  result.code = streams.open()
                    ? spawn({request.command, request.input, streams.output(), streams.errors()}, child)
                    : errno;
  if (result.code != 0) return result;
  streams.handed_on();

  const Descriptor process(static_cast<int>(syscall(SYS_pidfd_open, child, 0)));
  streams.collect(process, std::chrono::steady_clock::now() + request.timeout, result);
  const bool ended = result.end == ChildResult::End::Exited;
  if (!ended) kill(child, SIGKILL);
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (ended) set_end(status, result);
  return result;
}

}  // namespace emu
