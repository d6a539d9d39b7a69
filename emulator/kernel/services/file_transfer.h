// Moving bytes between a file and the guest's buffer, a chunk at a time, so that the buffer's size costs the
// host nothing.
#pragma once

#include "emulator/kernel/files/file_object.h"
#include "emulator/kernel/services/service_call.h"

namespace emu::services {

// The arguments that NtReadFile and NtWriteFile share, captured.
struct Transfer {
  Ref<FileObject> file;
  AccessMask granted = 0;
  TransferStart start;
  mm::VirtualAddress io_status;
  mm::VirtualAddress buffer;
  uint32_t length = 0;
};

struct Transferred {
  mm::NtStatus status = mm::NtStatus::Success;
  uint32_t bytes = 0;
};

// Captures the arguments. The handle needs one of `rights`.
mm::Result<Transfer> capture_transfer(ServiceCall& call, AccessMask rights);

// Moves as many bytes as it can; STATUS_PENDING when it stopped at something that will go on later. `already`
// is how many bytes an earlier part of the same call has moved.
Transferred write_all(ServiceCall& call, const Transfer& transfer, uint32_t already);
Transferred read_some(ServiceCall& call, const Transfer& transfer);

// Fills in the IO_STATUS_BLOCK and returns the service's answer.
mm::NtStatus finish_transfer(ServiceCall& call, const Transfer& transfer, const Transferred& done);

}  // namespace emu::services
