#include "emulator/kernel/services/file_transfer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "emulator/kernel/processes/process.h"
#include "guest/abi/files.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr size_t kChunk = 16 * 1024;

// Special offsets (Microsoft, NtReadFile and NtWriteFile).
constexpr int64_t kEndOfFile = -1;        // FILE_WRITE_TO_END_OF_FILE
constexpr int64_t kCurrentPosition = -2;  // FILE_USE_FILE_POINTER_POSITION

// LARGE_INTEGERs of which only the low half counts are written so by some callers.
int64_t widened(int64_t offset) {
  const auto low = static_cast<uint32_t>(offset);
  const bool special =
      static_cast<uint64_t>(offset) >> 32 == 0xFFFFFFFF && (low == 0xFFFFFFFF || low == 0xFFFFFFFE);
  return special ? static_cast<int32_t>(low) : offset;
}

mm::Result<TransferStart> capture_start(ServiceCall& call, mm::VirtualAddress at) {
  if (at.value == 0) return TransferStart{};
  const auto given = call.memory.load<int64_t>(at);
  if (!given) return mm::fail(given.error());
  const int64_t offset = widened(*given);
  if (offset == kCurrentPosition) return TransferStart{};
  if (offset == kEndOfFile) return TransferStart{TransferStart::Kind::End, 0};
  if (offset < 0) return mm::fail(NtStatus::InvalidParameter);
  return TransferStart{TransferStart::Kind::Offset, static_cast<uint64_t>(offset)};
}

std::span<std::byte> piece_of(std::array<std::byte, kChunk>& chunk, uint32_t left) {
  return std::span(chunk).first(std::min<size_t>(kChunk, left));
}

// The buffer first: what was read from a console or a pipe cannot be put back.
mm::Result<uint32_t> read_piece(ServiceCall& call, FileObject& file, uint64_t offset, mm::VirtualAddress to,
                                std::span<std::byte> piece) {
  const auto size = static_cast<uint32_t>(piece.size());
  if (const NtStatus status = call.memory.probe_for_write(to, size); status != NtStatus::Success)
    return mm::fail(status);
  const auto count = file.read(offset, piece);
  if (!count) return count;
  const NtStatus status = call.memory.write(to, piece.first(*count));
  if (status != NtStatus::Success) return mm::fail(status);
  return count;
}

mm::Result<uint32_t> write_piece(ServiceCall& call, FileObject& file, uint64_t offset,
                                 mm::VirtualAddress from, std::span<std::byte> piece) {
  if (const NtStatus status = call.memory.read(from, piece); status != NtStatus::Success)
    return mm::fail(status);
  return file.write(offset, piece);
}

}  // namespace

mm::Result<Transfer> capture_transfer(ServiceCall& call, AccessMask rights) {
  const NtStatus probed = call.memory.probe_for_write(call.pointer(4), sizeof(abi::IoStatusBlock));
  if (probed != NtStatus::Success) return mm::fail(probed);
  auto file = call.reference<FileObject>(call.handle(0), 0);
  if (!file) return mm::fail(file.error());
  const HandleEntry* entry = call.handles.find(call.handle(0));
  if ((entry->granted & rights) == 0) return mm::fail(NtStatus::AccessDenied);
  const auto start = capture_start(call, call.pointer(7));
  if (!start) return mm::fail(start.error());
  return Transfer{std::move(*file), entry->granted, *start, call.pointer(4), call.pointer(5), call.word(6)};
}

Transferred write_all(ServiceCall& call, const Transfer& transfer, uint32_t already) {
  // Who may only append does so, wherever he asked to write.
  const bool append_only = (transfer.granted & file_access::kWriteData) == 0;
  const TransferStart start = append_only ? TransferStart{TransferStart::Kind::End, 0} : transfer.start;
  const auto offset = transfer.file->begin(FileObject::Direction::Write, start);
  if (!offset) return {offset.error(), already};
  if (*offset > uint64_t{INT64_MAX} - transfer.length) return {NtStatus::DiskFull, already};
  Transferred total{NtStatus::Success, already};
  std::array<std::byte, kChunk> chunk;
  while (total.bytes < transfer.length && total.status == NtStatus::Success) {
    const auto piece = piece_of(chunk, transfer.length - total.bytes);
    const auto moved =
        write_piece(call, *transfer.file, *offset + total.bytes, transfer.buffer + total.bytes, piece);
    if (moved) total.bytes += *moved;
    if (!moved) total.status = moved.error();
  }
  transfer.file->finish(*offset + total.bytes);
  return total;
}

Transferred read_some(ServiceCall& call, const Transfer& transfer) {
  const auto offset = transfer.file->begin(FileObject::Direction::Read, transfer.start);
  if (!offset) return {offset.error(), 0};
  Transferred total;
  std::array<std::byte, kChunk> chunk;
  while (total.bytes < transfer.length) {
    const auto piece = piece_of(chunk, transfer.length - total.bytes);
    const auto moved =
        read_piece(call, *transfer.file, *offset + total.bytes, transfer.buffer + total.bytes, piece);
    if (!moved) total.status = moved.error();
    if (!moved) break;
    total.bytes += *moved;
    if (*moved < piece.size()) break;
  }
  transfer.file->finish(*offset + total.bytes);
  // What was read counts for more than what stopped it.
  if (total.bytes != 0 && total.status != NtStatus::AccessViolation) total.status = NtStatus::Success;
  if (total.status == NtStatus::Success && total.bytes == 0 && transfer.length != 0)
    total.status = NtStatus::EndOfFile;
  return total;
}

NtStatus finish_transfer(ServiceCall& call, const Transfer& transfer, const Transferred& done) {
  const abi::IoStatusBlock block{static_cast<uint32_t>(done.status), done.bytes};
  const NtStatus status = call.memory.store(transfer.io_status, block);
  return status == NtStatus::Success ? done.status : status;
}

}  // namespace emu::services
