// NtReadFile, NtWriteFile. The guest's buffer is captured in chunks, so that its size costs the host
// nothing.
#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "emulator/kernel/services/handlers.h"
#include "emulator/kernel/object.h"
#include "guest/abi/structures.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr size_t kChunk = 16 * 1024;

// The arguments that NtReadFile and NtWriteFile share.
struct Transfer {
  Ref<FileObject> file;
  mm::VirtualAddress io_status;
  mm::VirtualAddress buffer;
  uint32_t length;
};

struct Transferred {
  NtStatus status;
  uint32_t bytes;
};

mm::Result<Transfer> capture(ServiceCall& call, AccessMask desired) {
  const NtStatus probed = call.memory.probe_for_write(call.pointer(4), sizeof(abi::IoStatusBlock));
  if (probed != NtStatus::Success) return mm::fail(probed);
  auto file = call.reference<FileObject>(call.handle(0), desired);
  if (!file) return mm::fail(file.error());
  return Transfer{std::move(*file), call.pointer(4), call.pointer(5), call.word(6)};
}

// One chunk after the other, until all is done, the file has no more, or something fails.
template <class MoveChunk>
Transferred move_all(const Transfer& transfer, MoveChunk move_chunk) {
  Transferred total{NtStatus::Success, 0};
  std::array<std::byte, kChunk> chunk;
  while (total.bytes < transfer.length) {
    const auto piece = std::span(chunk).first(std::min<size_t>(kChunk, transfer.length - total.bytes));
    const mm::Result<uint32_t> moved = move_chunk(transfer.buffer + total.bytes, piece);
    if (!moved) return {moved.error(), total.bytes};
    total.bytes += *moved;
    if (*moved < piece.size()) break;
  }
  return total;
}

ServiceResult finish(ServiceCall& call, const Transfer& transfer, const Transferred& done) {
  const abi::IoStatusBlock block{static_cast<uint32_t>(done.status), done.bytes};
  const NtStatus status = call.memory.store(transfer.io_status, block);
  return status == NtStatus::Success ? done.status : status;
}

}  // namespace

ServiceResult NtWriteFile(ServiceCall& call) {
  const auto transfer = capture(call, file_access::kWriteData);
  if (!transfer) return transfer.error();
  const auto done =
      move_all(*transfer, [&](mm::VirtualAddress from, std::span<std::byte> piece) -> mm::Result<uint32_t> {
        NtStatus status = call.memory.read(from, piece);
        if (status == NtStatus::Success) status = transfer->file->write(piece);
        if (status != NtStatus::Success) return mm::fail(status);
        return static_cast<uint32_t>(piece.size());
      });
  return finish(call, *transfer, done);
}

ServiceResult NtReadFile(ServiceCall& call) {
  const auto transfer = capture(call, file_access::kReadData);
  if (!transfer) return transfer.error();
  auto done =
      move_all(*transfer, [&](mm::VirtualAddress to, std::span<std::byte> piece) -> mm::Result<uint32_t> {
        // The buffer first: what was read from a console cannot be put back.
        const auto size = static_cast<uint32_t>(piece.size());
        if (const NtStatus status = call.memory.probe_for_write(to, size); status != NtStatus::Success)
          return mm::fail(status);
        const auto count = transfer->file->read(piece);
        if (!count) return count;
        const NtStatus status = call.memory.write(to, piece.first(*count));
        if (status != NtStatus::Success) return mm::fail(status);
        return count;
      });
  if (done.status == NtStatus::Success && done.bytes == 0 && transfer->length != 0)
    done.status = NtStatus::EndOfFile;
  return finish(call, *transfer, done);
}

}  // namespace emu::services
