#include "emulator/cli/logging.h"

#include <fmt/format.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <filesystem>
#include <memory>
#include <utility>

namespace emu {
namespace {

// spdlog would make the folder.
bool folder_exists(const std::string& file) {
  std::error_code error;
  return std::filesystem::is_directory(std::filesystem::absolute(file).parent_path(), error);
}

}  // namespace

tl::expected<void, std::string> start_logging(const std::string& level, const std::string& file) {
  const auto wanted = spdlog::level::from_str(level);
  spdlog::set_level(wanted);
  if (wanted == spdlog::level::off) return {};
  const auto refused = [&] { return tl::unexpected(fmt::format("no log can be written to {}", file)); };
  if (!file.empty() && !folder_exists(file)) return refused();
  std::shared_ptr<spdlog::sinks::sink> sink;
  try {
    if (file.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_st>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_st>(file, true);
    }
  } catch (const spdlog::spdlog_ex&) {
    return refused();
  }
  auto logger = std::make_shared<spdlog::logger>("pagewalk", std::move(sink));
  logger->set_pattern("[%l] %v");
  logger->set_level(wanted);
  spdlog::set_default_logger(std::move(logger));
  return {};
}

}  // namespace emu
