#include "emulator/kernel/files/pipe.h"

#include <algorithm>

namespace emu {
namespace {

using mm::NtStatus;

constexpr uint32_t kDefaultCapacity = 4096;
constexpr uint32_t kLargestCapacity = 1 << 20;

// FILE_PIPE_LOCAL_INFORMATION's numbers ([MS-FSCC] 2.4.32).
constexpr uint32_t kInbound = 0;
constexpr uint32_t kConnected = 3, kClosing = 4;
constexpr uint32_t kClientEnd = 0, kServerEnd = 1;

void set_ready(PipeChannel& channel, PipeCondition& condition, bool ready) {
  condition.ready = ready;
  if (ready) channel.listener->on_ready(condition);
}

}  // namespace

mm::Result<uint32_t> PipeEnd::read(uint64_t, std::span<std::byte> bytes) {
  if (side_ != Side::Reading) return mm::fail(NtStatus::AccessDenied);
  auto& queue = channel_->bytes;
  if (queue.empty()) return mm::fail(channel_->writing_end_open ? NtStatus::Pending : NtStatus::PipeBroken);
  const size_t count = std::min(bytes.size(), queue.size());
  const auto end = queue.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(queue.begin(), end, bytes.begin());
  queue.erase(queue.begin(), end);
  update();
  return static_cast<uint32_t>(count);
}

mm::Result<uint32_t> PipeEnd::write(uint64_t, std::span<const std::byte> bytes) {
  if (side_ != Side::Writing) return mm::fail(NtStatus::AccessDenied);
  if (!channel_->reading_end_open) return mm::fail(NtStatus::PipeBroken);
  const size_t count = std::min<size_t>(bytes.size(), room());
  if (count == 0) return mm::fail(NtStatus::Pending);
  channel_->bytes.insert(channel_->bytes.end(), bytes.begin(),
                         bytes.begin() + static_cast<std::ptrdiff_t>(count));
  update();
  return static_cast<uint32_t>(count);
}

mm::Result<uint32_t> PipeEnd::peek(std::span<std::byte> bytes) const {
  const auto& queue = channel_->bytes;
  if (queue.empty() && !channel_->writing_end_open) return mm::fail(NtStatus::PipeBroken);
  const size_t count = std::min(bytes.size(), queue.size());
  std::copy(queue.begin(), queue.begin() + static_cast<std::ptrdiff_t>(count), bytes.begin());
  return static_cast<uint32_t>(count);
}

void PipeEnd::visit_references(ReferenceVisitor& visitor) const {
  // The channel's references are counted once, by the end that closes last.
  const bool other_open = side_ == Side::Reading && channel_.use_count() > 1;
  if (other_open) return;
  visitor.visit(*channel_->readable);
  visitor.visit(*channel_->writable);
}

void PipeEnd::on_last_handle_closed() {
  (side_ == Side::Reading ? channel_->reading_end_open : channel_->writing_end_open) = false;
  update();
}

void PipeEnd::update() {
  PipeChannel& channel = *channel_;
  set_ready(channel, *channel.readable, !channel.bytes.empty() || !channel.writing_end_open);
  set_ready(channel, *channel.writable, room() != 0 || !channel.reading_end_open);
}

abi::FilePipeLocalInformation PipeEnd::local_information() const {
  const bool open = channel_->reading_end_open && channel_->writing_end_open;
  return {.NamedPipeType = 0,
          .NamedPipeConfiguration = kInbound,
          .MaximumInstances = 1,
          .CurrentInstances = 1,
          .InboundQuota = channel_->capacity,
          .ReadDataAvailable = available(),
          .OutboundQuota = channel_->capacity,
          .WriteQuotaAvailable = room(),
          .NamedPipeState = open ? kConnected : kClosing,
          .NamedPipeEnd = side_ == Side::Reading ? kServerEnd : kClientEnd};
}

mm::Result<PipeEnds> make_pipe(ObjectManager& objects, PipeListener& listener, uint32_t capacity,
                               const std::shared_ptr<mm::PoolQuota>& payer) {
  auto channel = std::make_shared<PipeChannel>();
  channel->capacity = capacity == 0 ? kDefaultCapacity : std::min(capacity, kLargestCapacity);
  channel->charge = mm::PoolCharge(payer);
  if (const NtStatus status = channel->charge.grow(pool_size_of(sizeof(PipeChannel) + channel->capacity) +
                                                   2 * pool_size<PipeCondition> + 2 * pool_size<PipeEnd>);
      status != NtStatus::Success)
    return mm::fail(status);
  channel->readable = objects.make<PipeCondition>();
  channel->writable = objects.make<PipeCondition>();
  channel->writable->ready = true;
  channel->listener = &listener;
  return PipeEnds{objects.make<PipeEnd>(PipeEnd::Side::Reading, channel),
                  objects.make<PipeEnd>(PipeEnd::Side::Writing, channel)};
}

}  // namespace emu
