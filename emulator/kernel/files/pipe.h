// Anonymous pipes: bytes from one end to the other, at most as many on the way as the pipe holds (Microsoft,
// "CreatePipe", "Anonymous Pipe Operations").
//
//   an end closes   when the last handle to it does
//   reading         waits while the pipe is empty; STATUS_PIPE_BROKEN once the writing end is closed as well
//   writing         waits while the pipe is full; STATUS_PIPE_BROKEN once the reading end is closed
#pragma once

#include <deque>
#include <memory>
#include <utility>

#include "emulator/kernel/files/file_object.h"
#include "emulator/kernel/objects/object_manager.h"
#include "guest/abi/files.h"

namespace emu {

// What a thread waits for at a pipe's end: until the other end has done something. Signalled while a transfer
// at this end would get somewhere.
class PipeCondition final : public DispatcherObject {
 public:
  static constexpr ObjectType kType{"PipeCondition", {0, 0, 0, 0}};
  const ObjectType& type() const override { return kType; }

  bool is_signalled_for(const Thread&) const override { return ready; }
  mm::NtStatus satisfy(Thread&) override { return mm::NtStatus::Success; }

  bool ready = false;
};

// Is told when a condition becomes ready, so that whoever waits for it goes on.
class PipeListener {
 public:
  virtual ~PipeListener() = default;
  virtual void on_ready(PipeCondition& condition) = 0;
};

// What both ends share.
struct PipeChannel {
  mm::PoolCharge
      charge;  // all that it can hold: it is reserved, as it is on Windows (Microsoft, CreateNamedPipe)
  std::deque<std::byte> bytes;
  uint32_t capacity;
  bool reading_end_open = true;
  bool writing_end_open = true;
  Ref<PipeCondition> readable;
  Ref<PipeCondition> writable;
  PipeListener* listener;
};

class PipeEnd final : public FileObject {
 public:
  enum class Side : uint8_t { Reading, Writing };

  PipeEnd(Side side, std::shared_ptr<PipeChannel> channel) : side_(side), channel_(std::move(channel)) {}

  DeviceType device() const override { return DeviceType::NamedPipe; }
  PipeEnd* as_pipe_end() override { return this; }
  mm::Result<uint32_t> read(uint64_t offset, std::span<std::byte> bytes) override;
  mm::Result<uint32_t> write(uint64_t offset, std::span<const std::byte> bytes) override;
  void visit_references(ReferenceVisitor& visitor) const override;

  // What can be waited for after STATUS_PENDING.
  PipeCondition& condition() const {
    return side_ == Side::Reading ? *channel_->readable : *channel_->writable;
  }
  // Copies what could be read, leaves it there, and returns how many bytes it is. STATUS_PIPE_BROKEN.
  mm::Result<uint32_t> peek(std::span<std::byte> bytes) const;
  uint32_t available() const { return static_cast<uint32_t>(channel_->bytes.size()); }
  bool writer_open() const { return channel_->writing_end_open; }
  abi::FilePipeLocalInformation local_information() const;

 protected:
  void on_last_handle_closed() override;

 private:
  uint32_t room() const { return channel_->capacity - available(); }
  void update();

  Side side_;
  std::shared_ptr<PipeChannel> channel_;
};

struct PipeEnds {
  Ref<PipeEnd> reading;
  Ref<PipeEnd> writing;
};

// Makes a pipe. `capacity` is in bytes: 0 means 4096, as on Windows, and there are never more than a
// megabyte. STATUS_QUOTA_EXCEEDED and STATUS_INSUFFICIENT_RESOURCES when `payer` has no room for it.
mm::Result<PipeEnds> make_pipe(ObjectManager& objects, PipeListener& listener, uint32_t capacity,
                               const std::shared_ptr<mm::PoolQuota>& payer);

}  // namespace emu
