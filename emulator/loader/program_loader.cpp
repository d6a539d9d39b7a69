#include "emulator/loader/program_loader.h"

#include <fmt/core.h>
#include <spdlog/spdlog.h>
#include <strings.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <filesystem>
#include <utility>
#include <vector>

#include "emulator/kernel/files/lookup.h"
#include "emulator/kernel/files/object_name.h"
#include "emulator/kernel/files/volume.h"
#include "emulator/kernel/kernel.h"
#include "emulator/kernel/memory/fault_path.h"
#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/user_thread.h"
#include "emulator/loader/command_line.h"
#include "emulator/loader/image_exports.h"
#include "emulator/loader/image_mapper.h"
#include "emulator/loader/process_block.h"
#include "emulator/loader/utf16.h"
#include "guest/abi/structures.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu {
namespace {

using mm::NtStatus;

constexpr std::string_view kFlatSuffix = ".bin";
constexpr size_t kLongestCommandLine = 32767;  // UTF-16 units with the terminator, as CreateProcess

std::string folder_of(const std::string& path) {
  const auto slash = path.find_last_of('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

bool is_flat(const std::string& path) {
  return path.size() > kFlatSuffix.size() &&
         strcasecmp(path.c_str() + path.size() - kFlatSuffix.size(), kFlatSuffix.data()) == 0;
}

std::string lower_case(std::string_view name) {
  std::string lower(name);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string guest_file_name(std::string_view path) {
  return std::string(path.substr(path.find_last_of("\\/:") + 1));  // npos + 1 is 0
}

bool is_path(std::string_view name) { return name.find_first_of("\\/:") != std::string_view::npos; }

// A file on the guest's disk.
mm::Result<FilePlace> find_guest_file(const std::shared_ptr<HostFiles>& disk, std::string_view path) {
  const auto name = parse_object_name(u"\\??\\" + to_utf16(path));
  if (!name) return mm::fail(name.error());
  const auto location = locate(*disk, name->path);
  if (!location) return mm::fail(location.error());
  if (!location->entry) return mm::fail(NtStatus::ObjectNameNotFound);
  return FilePlace{disk, location->path};
}

FilePlace folder_of(const FilePlace& file) {
  return {file.files, HostPath(file.path.begin(), file.path.end() - 1)};
}

std::string no_memory(const std::string& name, NtStatus status) {
  return fmt::format("{}: there is no memory to start it ({})", name, mm::to_string(status));
}

}  // namespace

// One program on its way to being a process.
class ProgramLoader::Start {
 public:
  Start(ProgramLoader& loader, const std::string& path, const ProgramRequest& request,
        const StandardHandles& handles)
      : loader_(loader),
        kernel_(loader.kernel_),
        path_(path),
        name_(file_name_of(path)),
        request_(request),
        handles_(handles) {}

  void inherit_from(const Process& parent) { parent_ = &parent; }
  Thread* thread() const { return thread_; }
  NtStatus status() const { return status_; }  // why run() failed

  // DLLs are found here as well, when none of that name lies beside the program.
  void search_also(const std::vector<FilePlace>& folders) {
    folders_.insert(folders_.end(), folders.begin(), folders.end());
  }

  // From the host: `path` is what the user wrote.
  tl::expected<Process*, std::string> run_named(FilePlace folder) {
    const auto file = file_on_host(path_);
    if (!file) return refuse(NtStatus::ObjectNameNotFound, fmt::format("{} {}", path_, file.error()));
    return run(*file, path_, std::move(folder));
  }

  // From the guest's disk.
  tl::expected<Process*, std::string> run(const FilePlace& file) {
    return run(file, file.files->host_path(file.path), folder_of(file));
  }

 private:
  using Started = tl::expected<Process*, std::string>;

  Started run(const FilePlace& file, std::string host_path, FilePlace folder) {
    host_path_ = std::move(host_path);
    folders_.insert(folders_.begin(), std::move(folder));
    if (to_utf16(request_.command_line).size() >= kLongestCommandLine)
      return refuse(
          NtStatus::InvalidParameter,
          fmt::format("the command line of {} is longer than {} characters", name_, kLongestCommandLine - 1));
    auto bytes = is_flat(path_) ? read_flat_image(file) : read_image(file);
    if (!bytes) return refuse(bytes.error().status, fmt::format("{} {}", path_, bytes.error().message));
    return is_flat(path_) ? start_flat(*bytes) : start_image(std::move(*bytes));
  }

  // A process that was begun does not stay.
  tl::unexpected<std::string> refuse(NtStatus status, std::string message) {
    status_ = status;
    if (process_ != nullptr) kernel_.processes().discard(*process_);
    return tl::unexpected(std::move(message));
  }
  tl::unexpected<std::string> refuse_image(std::string message) {
    return refuse(NtStatus::InvalidImageFormat, std::move(message));
  }

  Started start_image(std::vector<std::byte> bytes) {
    auto description = parse_portable_executable(bytes);
    if (!description) return refuse_image(fmt::format("{} {}", path_, description.error().message));
    if (description->dll()) return refuse_image(fmt::format("{} is a DLL, not a program", path_));
    const ImageFile program{name_, std::move(bytes), std::move(*description), host_path_};
    const ImageFileSource source(folders_, loader_.system_files_);
    const auto ntdll = source.find("ntdll.dll");
    if (!ntdll)
      return refuse(NtStatus::DllNotFound,
                    fmt::format("ntdll.dll {} (in {})", ntdll.error().message, loader_.system_folder_));
    for (const auto& [name, entry] : kEntries)
      if (!find_export((*ntdll)->description, (*ntdll)->bytes, name))
        return refuse(NtStatus::EntryPointNotFound, fmt::format("ntdll.dll has no {}", name));
    if (const NtStatus status = map_all(program, **ntdll); status != NtStatus::Success)
      return refuse(status, no_memory(name_, status));
    loader_.sources_.emplace(process_->id(), source);
    return process_;
  }

  // What the kernel calls in ntdll.
  struct Entry {
    std::string_view name;
    mm::VirtualAddress NtdllEntries::*entry;
  };
  static constexpr Entry kEntries[] = {{"LdrInitializeThunk", &NtdllEntries::loader},
                                       {"RtlUserThreadStart", &NtdllEntries::thread_start},
                                       {"KiUserApcDispatcher", &NtdllEntries::apc_dispatcher},
                                       {"KiUserExceptionDispatcher", &NtdllEntries::exception_dispatcher}};
  static NtdllEntries entries_of(const ImageFile& ntdll, mm::VirtualAddress base) {
    NtdllEntries entries{};
    entries.base = base;
    for (const auto& [name, entry] : kEntries)
      entries.*entry = base + *find_export(ntdll.description, ntdll.bytes, name);
    return entries;
  }

  NtStatus map_all(const ImageFile& program, const ImageFile& ntdll) {
    if (const NtStatus status = create_process(); status != NtStatus::Success) return status;
    ProcessPages pages(kernel_.faults(), *process_, nullptr);
    GuestMemory memory(kernel_.ram(), process_->root(), pages);
    if (const NtStatus status = make_peb(); status != NtStatus::Success) return status;
    const auto image = loader_.map(*process_, memory, program);
    if (!image) return image.error();
    const auto system = loader_.map(*process_, memory, ntdll);
    if (!system) return system.error();
    process_->image_base = image->base;
    process_->ntdll = entries_of(ntdll, system->base);
    kernel_.processes().image_loaded(
        *process_, {image->base, program.description.size, program.name, program.host_path});
    kernel_.processes().image_loaded(*process_,
                                     {system->base, ntdll.description.size, ntdll.name, ntdll.host_path});
    spdlog::debug("{} at {:#010x}, ntdll.dll at {:#010x}", name_, image->base.value, system->base.value);
    if (const NtStatus status = write_environment(memory, &program.description); status != NtStatus::Success)
      return status;
    process_->stack_reserve = program.description.stack_reserve;
    process_->stack_commit = program.description.stack_commit;
    const ThreadStart start{.start = image->base + program.description.entry_point,
                            .argument = process_->peb.value};
    const auto thread = kernel_.user_threads().create_for_program(*process_, start);
    if (thread) thread_ = *thread;
    return thread ? NtStatus::Success : thread.error();
  }

  Started start_flat(const std::vector<std::byte>& bytes) {
    if (bytes.empty()) return refuse_image(fmt::format("{} is empty", path_));
    if (const NtStatus status = map_flat(bytes); status != NtStatus::Success)
      return refuse(status, no_memory(name_, status));
    return process_;
  }

  NtStatus map_flat(const std::vector<std::byte>& bytes) {
    if (const NtStatus status = create_process(); status != NtStatus::Success) return status;
    ProcessPages pages(kernel_.faults(), *process_, nullptr);
    GuestMemory memory(kernel_.ram(), process_->root(), pages);
    const auto size = static_cast<uint32_t>(bytes.size());
    constexpr uint32_t kBegin =
        kFlatImageBase.value / mm::kAllocationGranularity * mm::kAllocationGranularity;
    const uint32_t offset = kFlatImageBase.value - kBegin;
    if (const NtStatus status = make_peb(); status != NtStatus::Success) return status;
    for (const auto& request :
         {mm::AllocateRequest{{kBegin}, 0, offset + size, mm::allocation::kReserve, kFlatProtect},
          mm::AllocateRequest{kFlatImageBase, 0, size, mm::allocation::kCommit, kFlatProtect}})
      if (const auto done = kernel_.memory().allocate_virtual_memory(process_->space(), request); !done)
        return done.error();
    if (const NtStatus status = memory.write(kFlatImageBase, bytes); status != NtStatus::Success)
      return status;
    process_->image_base = {kBegin};
    kernel_.processes().image_loaded(*process_, {kFlatImageBase, size, name_});
    if (const NtStatus status = write_environment(memory, nullptr); status != NtStatus::Success)
      return status;
    const std::array<uint32_t, 1> words{0};
    return create_thread({}, kFlatImageBase, words);
  }

  NtStatus create_process() {
    const auto process = kernel_.create_process(name_);
    if (!process) return process.error();
    process_ = *process;
    return parent_ != nullptr ? process_->handles.inherit(parent_->handles) : NtStatus::Success;
  }

  NtStatus create_thread(StackSize stack, mm::VirtualAddress start, std::span<const uint32_t> words) {
    const auto thread = kernel_.user_threads().create(*process_, stack, start, words);
    if (!thread) return thread.error();
    thread_ = *thread;
    return NtStatus::Success;
  }

  // Before any image, which might want its place.
  NtStatus make_peb() {
    const auto peb = create_peb_page(kernel_.memory(), *process_);
    if (!peb) return peb.error();
    process_->peb = *peb;
    return NtStatus::Success;
  }

  // PEB and process parameters.
  NtStatus write_environment(GuestMemory& memory, const PortableExecutable* image) {
    const auto parameters = write_parameters(memory);
    if (!parameters) return parameters.error();
    return memory.store(process_->peb, describe_process(image, *parameters));
  }

  mm::Result<mm::VirtualAddress> write_parameters(GuestMemory& memory) {
    const auto size = static_cast<uint32_t>(process_parameters(request_, handles_, {}).size());
    const auto region = kernel_.memory().allocate_virtual_memory(
        process_->space(), {.base = {},
                            .size = size,
                            .type = mm::allocation::kReserve | mm::allocation::kCommit,
                            .protect = mm::x86::page::kReadWrite});
    if (!region) return mm::fail(region.error());
    const NtStatus status = memory.write(region->base, process_parameters(request_, handles_, region->base));
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
  Kernel& kernel_;
  const std::string& path_;
  std::string host_path_;  // of its file; empty when it has none
  std::string name_;
  std::vector<FilePlace> folders_;  // where DLLs are looked for
  const ProgramRequest& request_;
  StandardHandles handles_;
  const Process* parent_ = nullptr;  // null: nothing is inherited
  Process* process_ = nullptr;
  Thread* thread_ = nullptr;
  NtStatus status_ = NtStatus::Success;
};

ProgramLoader::ProgramLoader(Kernel& kernel, std::string system_folder)
    : kernel_(kernel),
      system_folder_(std::move(system_folder)),
      system_files_(folder_on_host(system_folder_, nullptr)),
      places_(kernel.randomizer()) {
  kernel_.processes().set_image_loader(this);
}

void ProgramLoader::process_ended(const Process& process) { sources_.erase(process.id()); }

// In the folder of --root that it lies in; else in C:\.
std::string ProgramLoader::guest_path_of(const std::string& program) const {
  namespace fs = std::filesystem;
  const std::string root = kernel_.volume().files().host_path({});
  std::error_code error;
  const fs::path folder = fs::canonical(folder_of(program), error);
  const fs::path below = root.empty() || error ? fs::path("..") : folder.lexically_relative(root);
  std::string path = "C:\\";
  if (*below.begin() != "..")
    for (const fs::path& part : below)
      if (part != ".") path += part.string() + '\\';
  return path + file_name_of(program);
}

tl::expected<Process*, std::string> ProgramLoader::start(const std::string& program,
                                                         std::span<const std::string> arguments) {
  const std::string name = file_name_of(program);
  const NamedProgram& named =
      programs_
          .insert_or_assign(
              lower_case(name),
              NamedProgram{program, folder_on_host(folder_of(program), kernel_.volume().mounted())})
          .first->second;
  const ProgramRequest request{guest_path_of(program), windows_command_line(name, arguments), "C:\\",
                               default_environment()};
  return Start(*this, program, request, {kStandardInput, kStandardOutput, kStandardError})
      .run_named(named.folder);
}

mm::Result<StartedProgram> ProgramLoader::start_child(Process& parent, const ProgramRequest& request,
                                                      const StandardHandles& handles, Inherit inherit) {
  const auto file = find_guest_file(kernel_.volume().mounted(), request.image_path);
  const NamedProgram* named = find_program(request.image_path);
  if (!file && named == nullptr) return mm::fail(file.error());
  const std::string path = file ? guest_file_name(request.image_path) : named->path;
  Start start(*this, path, request, handles);
  if (const auto source = sources_.find(parent.id()); file && source != sources_.end())
    start.search_also(source->second.program_folders());
  if (inherit == Inherit::Yes) start.inherit_from(parent);
  const auto process = file ? start.run(*file) : start.run_named(named->folder);
  if (!process) {
    spdlog::debug("process {}: no child: {}", parent.id(), process.error());
    return mm::fail(start.status());
  }
  return StartedProgram{*process, start.thread()};
}

const ProgramLoader::NamedProgram* ProgramLoader::find_program(std::string_view image_path) const {
  const std::string name = guest_file_name(image_path);
  if (lower_case(image_path) != lower_case("C:\\" + name)) return nullptr;
  const auto found = programs_.find(lower_case(name));
  return found == programs_.end() ? nullptr : &found->second;
}

tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> ProgramLoader::find_on_disk(
    std::string_view path) const {
  const auto file = find_guest_file(kernel_.volume().mounted(), path);
  if (file) return load_image(*file);
  if (file.error() == NtStatus::AccessDenied) return tl::unexpected(refused_link());
  return tl::unexpected(ImageFileProblem{NtStatus::DllNotFound, "was not found"});
}

mm::Result<MappedImage> ProgramLoader::map(Process& process, GuestMemory& memory, const ImageFile& image) {
  return map_image(kernel_.memory(), process.space(), memory, image, places_.place(image));
}

mm::Result<MappedImage> ProgramLoader::map_dll(Process& process, GuestMemory& memory, std::string_view name) {
  process.load_problem.clear();
  const auto source = sources_.find(process.id());
  if (source == sources_.end()) return mm::fail(NtStatus::DllNotFound);
  const auto file = is_path(name) ? find_on_disk(name) : source->second.find(name);
  if (!file) {
    process.load_problem = file.error().message;
    return mm::fail(file.error().status);
  }
  const auto image = map(process, memory, **file);
  if (!image) {
    process.load_problem = fmt::format("cannot be mapped ({})", mm::to_string(image.error()));
  } else {
    kernel_.processes().image_loaded(
        process, {image->base, (*file)->description.size, (*file)->name, (*file)->host_path});
  }
  return image;
}

}  // namespace emu
