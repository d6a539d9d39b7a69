// The kernel's port to the image loader: what PwMapImage asks for.
#pragma once

#include <string>
#include <string_view>

#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/objects/handle_table.h"
#include "mm/base/result.h"

namespace emu {

class Process;
class Thread;

struct MappedImage {
  mm::VirtualAddress base;
  bool at_preferred_base = true;  // else the guest's loader must relocate it
};

// Handles that the process parameters name; 0: none.
struct StandardHandles {
  uint32_t input = 0, output = 0, error = 0;
};

// What a guest says of a program that it wants started.
struct ProgramRequest {
  std::string image_path;  // "C:\\child.exe", UTF-8
  std::string command_line;
  std::string current_directory;
  std::u16string environment;  // as a block: each variable ended by 0, the block by another
};

// A process that is ready to run, and its first thread.
struct StartedProgram {
  Process* process;
  Thread* thread;
};

class ImageLoader {
 public:
  virtual ~ImageLoader() = default;

  // Makes a process of the program for `parent`, from whom it inherits handles when `inherit` says so.
  // STATUS_OBJECT_NAME_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT, or why there is no memory for it; nothing is
  // left behind then.
  virtual mm::Result<StartedProgram> start_child(Process& parent, const ProgramRequest& request,
                                                 const StandardHandles& handles, Inherit inherit) = 0;

  // Maps the DLL called `name` into `process`: a file's name, or a path on the guest's disk.
  // STATUS_DLL_NOT_FOUND, STATUS_INVALID_IMAGE_FORMAT, or why there is no memory for it; then
  // process.load_problem says it in words. STATUS_SUCCESS also when it must be relocated; process.images
  // names it from then on.
  virtual mm::Result<MappedImage> map_dll(Process& process, GuestMemory& memory, std::string_view name) = 0;

  // Says that the process has ended and will ask for nothing more.
  virtual void process_ended(const Process& process) = 0;
};

}  // namespace emu
