// NtReadFile and NtWriteFile. A transfer that has to wait, at a pipe, blocks its thread, which calls the
// service again when it goes on; what a write has moved until then is kept with the thread.
#include <utility>

#include "emulator/kernel/files/pipe.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/services/blocking.h"
#include "emulator/kernel/services/file_transfer.h"
#include "emulator/kernel/services/handlers.h"

namespace emu::services {
namespace {

using mm::NtStatus;

// Only pipes say that there is something to wait for.
ServiceResult wait_at(ServiceCall& call, Waits& waits, const Transfer& transfer) {
  PipeEnd* pipe = transfer.file->as_pipe_end();
  MM_CHECK(pipe != nullptr, "a file that is no pipe wants to be waited for");
  return wait_and_call_again(call, waits, pipe->condition());
}

}  // namespace

ServiceResult NtWriteFile(ServiceCall& call, Waits& waits) {
  const auto transfer = capture_transfer(call, file_access::kWriteData | file_access::kAppendData);
  if (!transfer) return transfer.error();
  const Transferred done = write_all(call, *transfer, std::exchange(call.thread.moved_before, 0));
  if (done.status != NtStatus::Pending) return finish_transfer(call, *transfer, done);
  call.thread.moved_before = done.bytes;
  return wait_at(call, waits, *transfer);
}

ServiceResult NtReadFile(ServiceCall& call, Waits& waits) {
  const auto transfer = capture_transfer(call, file_access::kReadData);
  if (!transfer) return transfer.error();
  const Transferred done = read_some(call, *transfer);
  return done.status == NtStatus::Pending ? wait_at(call, waits, *transfer)
                                          : finish_transfer(call, *transfer, done);
}

}  // namespace emu::services
