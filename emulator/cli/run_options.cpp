#include "emulator/cli/run_options.h"

#include <fmt/core.h>
#include <unistd.h>

#include <cstdlib>

#include "emulator/cli/size_argument.h"
#include "mm/memory_manager.h"

namespace emu {
namespace {

constexpr mm::PageCount kLargestRam = mm::pages_for(uint64_t{4} << 30);  // 32-bit physical addresses
constexpr mm::PageCount kLargestPagingFile =
    mm::PageCount{(uint32_t{1} << 20) - 1};  // 20 bits of slot in a PTE

constexpr uint64_t kLargestDisk = uint64_t{16} << 40;  // 32 bits of clusters, as GetDiskFreeSpace counts them

tl::unexpected<std::string> refuse(std::string message) { return tl::unexpected(std::move(message)); }

tl::expected<mm::PageCount, std::string> ram_of(const std::string& text) {
  const auto bytes = parse_bytes(text);
  if (!bytes) return refuse("--ram: " + bytes.error());
  if (*bytes < mm::MemoryManager::kMinimumRam.bytes())
    return refuse(fmt::format("--ram: '{}' is too small: {}K is the least", text,
                              mm::MemoryManager::kMinimumRam.bytes() >> 10));
  const mm::PageCount ram = mm::pages_for(*bytes);
  if (ram > kLargestRam) return refuse(fmt::format("--ram: '{}' is too large: 4G is the most", text));
  return ram;
}

tl::expected<PagingFileSize, std::string> pagefile_of(const std::string& text) {
  const auto pagefile = parse_paging_file_size(text);
  if (!pagefile) return refuse("--pagefile: " + pagefile.error());
  if (pagefile->maximum > kLargestPagingFile)
    return refuse(fmt::format("--pagefile: '{}' is too large: below 4G is the most", text));
  return *pagefile;
}

// Not /tmp first: that may lie in memory, and a paging file is there to spare memory.
std::string temporary_folder() {
  const char* folder = std::getenv("TMPDIR");
  if (folder != nullptr && *folder != '\0') return folder;
  return access("/var/tmp", W_OK) == 0 ? "/var/tmp" : "/tmp";
}

mm::DeviceKind device_of(const std::string& device) {
  if (device == "ssd") return mm::DeviceKind::Ssd;
  return device == "hdd" ? mm::DeviceKind::Hdd : mm::DeviceKind::None;
}

Verification verification_of(const std::string& verify) {
  if (verify.empty()) return Verification::Off;
  return verify == "full" ? Verification::Everything : Verification::Steps;
}

}  // namespace

tl::expected<MachineConfiguration, std::string> machine_configuration(const RunArguments& arguments) {
  MachineConfiguration configuration;
  const auto ram = ram_of(arguments.ram);
  if (!ram) return refuse(ram.error());
  const auto pagefile = pagefile_of(arguments.pagefile);
  if (!pagefile) return refuse(pagefile.error());
  if (const auto disk = disk_limit(arguments); !disk) return refuse(disk.error());
  configuration.ram = *ram;
  configuration.pagefile_size = pagefile->size;
  configuration.pagefile_maximum = pagefile->maximum;
  configuration.pagefile_folder = temporary_folder();
  configuration.pagefile_device = device_of(arguments.device);
  configuration.clock = arguments.clock == "host" ? ClockSource::Host : ClockSource::Virtual;
  configuration.verification = verification_of(arguments.verify);
  if (arguments.max_instructions != 0) configuration.max_instructions = arguments.max_instructions;
  if (arguments.programs.size() > arguments.max_processes)
    return refuse(fmt::format("--max-processes: '{}' is too few for {} programs", arguments.max_processes,
                              arguments.programs.size()));
  configuration.max_processes = arguments.max_processes;
  configuration.aslr_seed = arguments.aslr;
  return configuration;
}

tl::expected<uint64_t, std::string> disk_limit(const RunArguments& arguments) {
  const auto bytes = parse_bytes(arguments.disk);
  if (!bytes) return refuse("--disk: " + bytes.error());
  if (*bytes > kLargestDisk)
    return refuse(fmt::format("--disk: '{}' is too large: 16T is the most", arguments.disk));
  return *bytes;
}

std::string program_problem(const std::vector<std::string>& words) {
  if (words.empty()) return "no PROGRAM given";
  const std::string& program = words.front();
  if (program.starts_with('-')) return fmt::format("'{}' is no option of run", program);
  return program.empty() ? "PROGRAM is empty" : "";
}

}  // namespace emu
