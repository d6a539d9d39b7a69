#include "emulator/cli/logging.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cstddef>
#include <memory>
#include <span>
#include <utility>

#include "emulator/kernel/files/descriptor.h"
#include "emulator/kernel/files/regular_file.h"

namespace emu {
namespace {

// Written to the file as soon as so many bytes have come together.
enum class Buffer : size_t { None = 0, Large = 65536 };

// A descriptor's log, which knows whether all of it could be written.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  DescriptorSink(Descriptor file, Buffer buffer) : file_(std::move(file)), buffer_(buffer) {}
  ~DescriptorSink() override { write(); }

  bool is_written() {
    write();
    return written_;
  }

 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    formatter_->format(message, text_);
    if (text_.size() > static_cast<size_t>(buffer_)) write();
  }
  void flush_() override { write(); }

  void write() {
    const std::span text(text_.data(), text_.size());
    written_ = write_all(file_, std::as_bytes(text)) && written_;
    text_.clear();
  }

  Descriptor file_;
  Buffer buffer_;
  spdlog::memory_buf_t text_;
  bool written_ = true;
};

std::shared_ptr<DescriptorSink> sink;

// Lines stand between what others write there, where they belong.
std::shared_ptr<DescriptorSink> standard_error_sink() {
  Descriptor copy(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  return std::make_shared<DescriptorSink>(std::move(copy), Buffer::None);
}

}  // namespace

tl::expected<void, std::string> start_logging(const std::string& level, const std::string& file) {
  const auto wanted = spdlog::level::from_str(level);
  spdlog::set_level(wanted);
  if (wanted == spdlog::level::off) return {};
  if (file.empty()) {
    sink = standard_error_sink();
  } else {
    auto made = create_regular_file(file);
    if (!made) return tl::unexpected(fmt::format("no log can be written to {}: it {}", file, made.error()));
    sink = std::make_shared<DescriptorSink>(std::move(*made), Buffer::Large);
  }
  auto logger = std::make_shared<spdlog::logger>("pagewalk", sink);
  logger->set_pattern("[%l] %v");
  logger->set_level(wanted);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

bool is_log_written() { return sink == nullptr || sink->is_written(); }

}  // namespace emu
