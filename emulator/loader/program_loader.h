// Starts programs: from a file of the host to a process whose first thread is ready to run.
//
// A PE32 program gets its image, ntdll, PEB, process parameters, TEB and stack; its first thread begins at
// ntdll's LdrInitializeThunk (guest/abi/structures.h). A flat image, a file whose name ends in ".bin", lies
// at 0x00401000, readable, writable and executable, and begins at its first byte; no DLL is there.
#pragma once

#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/loader/image_file_source.h"
#include "emulator/loader/image_places.h"

namespace emu {

class Kernel;

inline constexpr mm::VirtualAddress kFlatImageBase{0x00401000};

class ProgramLoader final : public ImageLoader {
 public:
  // `system_folder` is where ntdll.dll and its family are.
  ProgramLoader(Kernel& kernel, std::string system_folder);

  // Starts a program of the host's. A failure is a sentence for the user, and what was begun stays in the
  // kernel.
  tl::expected<Process*, std::string> start(const std::string& program,
                                            std::span<const std::string> arguments);

  mm::Result<StartedProgram> start_child(Process& parent, const ProgramRequest& request,
                                         const StandardHandles& handles, Inherit inherit) override;
  mm::Result<MappedImage> map_dll(Process& process, GuestMemory& memory, std::string_view name) override;
  void process_ended(const Process& process) override;

 private:
  class Start;

  struct NamedProgram {
    std::string path;  // on the host, as the user wrote it
    FilePlace folder;  // that it lies in: opened once, however often it is started
  };

  // Finds what a guest means by `image_path`: a program that the user named, which lies in C:\.
  const NamedProgram* find_program(std::string_view image_path) const;

  mm::Result<MappedImage> map(Process& process, GuestMemory& memory, const ImageFile& image);
  std::string guest_path_of(const std::string& program) const;
  // A DLL that the guest names by its path.
  tl::expected<std::shared_ptr<const ImageFile>, ImageFileProblem> find_on_disk(std::string_view path) const;

  Kernel& kernel_;
  std::string system_folder_;
  FilePlace system_files_;
  ImagePlaces places_;
  std::map<uint32_t, ImageFileSource> sources_;   // by process
  std::map<std::string, NamedProgram> programs_;  // by file name in lower case
};

}  // namespace emu
