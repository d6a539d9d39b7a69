#include "emulator/cli/output_limit.h"

#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "emulator/board/board.h"
#include "emulator/cpu/cpu.h"

namespace emu {

class OutputLimit::Limited final : public Console {
 public:
  Limited(OutputLimit& limit, std::unique_ptr<Console> console)
      : limit_(limit), console_(std::move(console)) {}

  // The guest does not learn of it: it is stopped before its next instruction.
  mm::NtStatus write(Stream stream, std::span<const std::byte> bytes) override {
    const uint64_t room = *limit_.most_ - limit_.written_;
    const auto allowed = bytes.first(static_cast<size_t>(std::min<uint64_t>(room, bytes.size())));
    limit_.written_ += allowed.size();
    if (allowed.size() < bytes.size()) limit_.pass();
    return allowed.empty() ? mm::NtStatus::Success : console_->write(stream, allowed);
  }
  mm::Result<uint32_t> read(std::span<std::byte> bytes) override { return console_->read(bytes); }

 private:
  OutputLimit& limit_;
  std::unique_ptr<Console> console_;
};

std::unique_ptr<Console> OutputLimit::limited(std::unique_ptr<Console> console) {
  if (!is_set()) return console;
  return std::make_unique<Limited>(*this, std::move(console));
}

void OutputLimit::pass() {
  passed_ = true;
  if (board_ != nullptr) board_->cpu().request_stop();
}

std::string OutputLimit::text() const { return fmt::format("stopped after {} bytes of output", *most_); }

}  // namespace emu
