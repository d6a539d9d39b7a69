#include "emulator/loader/program_loader.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "emulator/kernel/user_thread.h"
#include "emulator/loader/command_line.h"
#include "emulator/loader/image_exports.h"
#include "emulator/loader/image_mapper.h"
#include "emulator/loader/process_block.h"
#include "emulator/loader/utf16.h"
#include "guest/abi/structures.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr std::string_view kFlatSuffix = ".bin";
constexpr std::string_view kFirstFunction = "LdrInitializeThunk";
constexpr size_t kLongestCommandLine = 32767;  // UTF-16 units with the terminator, as CreateProcess

tl::unexpected<std::string> refuse(std::string message) { return tl::unexpected(std::move(message)); }

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_flat(const std::string& path) {
  return path.size() > kFlatSuffix.size() &&
         strcasecmp(path.c_str() + path.size() - kFlatSuffix.size(), kFlatSuffix.data()) == 0;
}

std::string no_memory(const std::string& name, NtStatus status) {
  return fmt::format("{}: there is no memory to start it ({})", name, mm::to_string(status));
}

}  // namespace

// One program on its way to being a process.
class ProgramLoader::Start {
 public:
  Start(ProgramLoader& loader, const std::string& path, std::span<const std::string> arguments)
      : loader_(loader),
        machine_(loader.machine_),
        path_(path),
        name_(file_name_of(path)),
        command_line_(windows_command_line(name_, arguments)) {}

  tl::expected<Process*, std::string> run() {
    if (to_utf16(command_line_).size() >= kLongestCommandLine)
      return refuse(
          fmt::format("the command line of {} is longer than {} characters", name_, kLongestCommandLine - 1));
    auto bytes = read_whole_file(path_);
    if (!bytes) return refuse(fmt::format("{} {}", path_, bytes.error()));
    return is_flat(path_) ? start_flat(*bytes) : start_image(std::move(*bytes));
  }

 private:
  using Started = tl::expected<Process*, std::string>;

  Started start_image(std::vector<std::byte> bytes) {
    auto description = parse_portable_executable(bytes);
    if (!description) return refuse(fmt::format("{} {}", path_, description.error().message));
    if (description->dll()) return refuse(fmt::format("{} is a DLL, not a program", path_));
    const ImageFile program{name_, std::move(bytes), std::move(*description)};
    const ImageFileSource source(folder_of(path_), loader_.system_folder_);
    const auto ntdll = source.find("ntdll.dll");
    if (!ntdll)
      return refuse(fmt::format("ntdll.dll {} (in {})", ntdll.error().message, loader_.system_folder_));
    const auto thunk = find_export((*ntdll)->description, (*ntdll)->bytes, kFirstFunction);
    if (!thunk) return refuse(fmt::format("ntdll.dll has no {}", kFirstFunction));
    if (const NtStatus status = map_all(program, **ntdll, *thunk); status != NtStatus::Success)
      return refuse(no_memory(name_, status));
    loader_.sources_.emplace(process_->id(), source);
    return process_;
  }

  NtStatus map_all(const ImageFile& program, const ImageFile& ntdll, uint32_t thunk) {
    if (const NtStatus status = create_process(); status != NtStatus::Success) return status;
    ProcessPages pages(machine_.faults(), *process_, nullptr);
    GuestMemory memory(machine_.ram(), process_->directory(), pages);
    const auto image = map_image(machine_.memory(), process_->space(), memory, program);
    if (!image) return image.error();
    const auto system = map_image(machine_.memory(), process_->space(), memory, ntdll);
    if (!system) return system.error();
    process_->image_base = image->base;
    process_->images = {{image->base, program.description.size, program.name},
                        {system->base, ntdll.description.size, ntdll.name}};
    spdlog::debug("{} at {:#010x}, ntdll.dll at {:#010x}", name_, image->base.value, system->base.value);
    if (const NtStatus status = write_environment(memory, &program.description); status != NtStatus::Success)
      return status;
    const std::array<uint32_t, 3> words{0, image->base.value, system->base.value};
    return create_thread(stack_of(program.description), system->base + thunk, words);
  }

  static StackSize stack_of(const PortableExecutable& image) {
    return {image.stack_reserve, image.stack_commit};
  }

  Started start_flat(const std::vector<std::byte>& bytes) {
    if (bytes.empty()) return refuse(fmt::format("{} is empty", path_));
    if (const NtStatus status = map_flat(bytes); status != NtStatus::Success)
      return refuse(no_memory(name_, status));
    return process_;
  }

  NtStatus map_flat(const std::vector<std::byte>& bytes) {
    if (const NtStatus status = create_process(); status != NtStatus::Success) return status;
    ProcessPages pages(machine_.faults(), *process_, nullptr);
    GuestMemory memory(machine_.ram(), process_->directory(), pages);
    const auto size = static_cast<uint32_t>(bytes.size());
    constexpr uint32_t kBegin =
        kFlatImageBase.value / mm::kAllocationGranularity * mm::kAllocationGranularity;
    const uint32_t offset = kFlatImageBase.value - kBegin;
    for (const auto& request :
         {mm::AllocateRequest{{kBegin}, 0, offset + size, mm::allocation::kReserve, kFlatProtect},
          mm::AllocateRequest{kFlatImageBase, 0, size, mm::allocation::kCommit, kFlatProtect}})
      if (const auto done = machine_.memory().allocate_virtual_memory(process_->space(), request); !done)
        return done.error();
    if (const NtStatus status = memory.write(kFlatImageBase, bytes); status != NtStatus::Success)
      return status;
    process_->image_base = {kBegin};
    process_->images = {{kFlatImageBase, size, name_}};
    if (const NtStatus status = write_environment(memory, nullptr); status != NtStatus::Success)
      return status;
    const std::array<uint32_t, 1> words{0};
    return create_thread({}, kFlatImageBase, words);
  }

  NtStatus create_process() {
    const auto process = machine_.create_process(name_);
    if (!process) return process.error();
    process_ = *process;
    return NtStatus::Success;
  }

  NtStatus create_thread(StackSize stack, mm::VirtualAddress start, std::span<const uint32_t> words) {
    const auto thread = create_user_thread(machine_, *process_, stack, start, words);
    return thread ? NtStatus::Success : thread.error();
  }

  // PEB and process parameters.
  NtStatus write_environment(GuestMemory& memory, const PortableExecutable* image) {
    const auto peb = create_peb_page(machine_.memory(), *process_);
    if (!peb) return peb.error();
    process_->peb = *peb;
    const auto parameters = write_parameters(memory);
    if (!parameters) return parameters.error();
    return memory.store(*peb, describe_process(image, *parameters));
  }

  mm::Result<mm::VirtualAddress> write_parameters(GuestMemory& memory) {
    const ProcessStrings strings{"C:\\" + name_, command_line_};
    const StandardHandles handles{kStandardInput, kStandardOutput, kStandardError};
    const auto size = static_cast<uint32_t>(process_parameters(strings, handles, {}).size());
    const auto region = machine_.memory().allocate_virtual_memory(
        process_->space(), {.base = {},
                            .size = size,
                            .type = mm::allocation::kReserve | mm::allocation::kCommit,
                            .protect = mm::x86::page::kReadWrite});
    if (!region) return mm::fail(region.error());
    const NtStatus status = memory.write(region->base, process_parameters(strings, handles, region->base));
    if (status != NtStatus::Success) return mm::fail(status);
    return region->base;
  }

  abi::Peb describe_process(const PortableExecutable* image, mm::VirtualAddress parameters) const {
    constexpr uint32_t kPlatformNt = 2;
    constexpr uint16_t kConsoleSubsystem = 3;
    abi::Peb peb{};
    peb.Mutant = 0xFFFFFFFF;
    peb.ImageBaseAddress = process_->image_base.value;
    peb.ProcessParameters = parameters.value;
    peb.NumberOfProcessors = 1;
    peb.CriticalSectionTimeout = static_cast<uint64_t>(-int64_t{2592000} * 10'000'000);  // 30 days, relative
    peb.HeapSegmentReserve = 1 << 20;
    peb.HeapSegmentCommit = 2 * mm::kPageSize;
    peb.OSMajorVersion = 10;
    peb.OSMinorVersion = 0;
    peb.OSBuildNumber = 19045;
    peb.OSPlatformId = kPlatformNt;
    peb.ImageSubsystem = image != nullptr ? image->subsystem : kConsoleSubsystem;
    peb.ImageSubsystemMajorVersion = image != nullptr ? image->subsystem_major : uint16_t{4};
    peb.ImageSubsystemMinorVersion = image != nullptr ? image->subsystem_minor : uint16_t{0};
    return peb;
  }

  static constexpr uint32_t kFlatProtect = mm::x86::page::kExecuteReadWrite;

  ProgramLoader& loader_;
  Machine& machine_;
  const std::string& path_;
  std::string name_;
  std::string command_line_;
  Process* process_ = nullptr;
};

ProgramLoader::ProgramLoader(Machine& machine, std::string system_folder)
    : machine_(machine), system_folder_(std::move(system_folder)) {
  machine_.set_image_loader(this);
}

tl::expected<Process*, std::string> ProgramLoader::start(const std::string& program,
                                                         std::span<const std::string> arguments) {
  return Start(*this, program, arguments).run();
}

mm::Result<MappedImage> ProgramLoader::map_dll(Process& process, GuestMemory& memory, std::string_view name) {
  process.load_problem.clear();
  const auto source = sources_.find(process.id());
  if (source == sources_.end()) return mm::fail(NtStatus::DllNotFound);
  const auto file = source->second.find(name);
  if (!file) {
    process.load_problem = file.error().message;
    return mm::fail(file.error().found ? NtStatus::InvalidImageFormat : NtStatus::DllNotFound);
  }
  const auto image = map_image(machine_.memory(), process.space(), memory, **file);
  if (!image) {
    process.load_problem = fmt::format("cannot be mapped ({})", mm::to_string(image.error()));
  } else {
    process.images.push_back({image->base, (*file)->description.size, (*file)->name});
  }
  return image;
}

}  // namespace emu
