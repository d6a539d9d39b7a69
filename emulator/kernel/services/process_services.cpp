// Ending, and what the guest's loader needs of the host.
#include <algorithm>
#include <array>
#include <cstring>
#include <string>

#include "emulator/kernel/listeners.h"
#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/processes.h"
#include "emulator/kernel/processes/thread.h"
#include "emulator/kernel/processes/threads.h"
#include "emulator/kernel/services/handlers.h"
#include "mm/memory_manager.h"

namespace emu::services {
namespace {

using mm::NtStatus;

constexpr auto kLeave = ServiceResult::Next::Leave;
constexpr size_t kLongestName = 4096;

// For a message: what cannot be read is not worth another failure.
std::string read_name(GuestMemory& memory, mm::VirtualAddress at) {
  auto text = memory.read_string(at, kLongestName).value_or("(unreadable)");
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < ' ' || c == '\x7f'; }, '?');
  return text;
}

// An import is named by a string, or by an ordinal, which is below any address.
std::string read_import(GuestMemory& memory, mm::VirtualAddress at) {
  if (at.value == 0) return {};
  if (at.value < mm::kLowestUserAddress.value) return std::string("#").append(std::to_string(at.value));
  return read_name(memory, at);
}

}  // namespace

// Handle 0 ends the other threads of the caller's process.
ServiceResult NtTerminateProcess(ServiceCall& call, Processes& processes, Threads& threads) {
  if (call.word(0) == 0) {
    threads.end_all(call.process, &call.thread, call.word(1));
    return NtStatus::Success;
  }
  auto process = call.reference<Process>(call.handle(0), process_access::kTerminate);
  if (!process) return process.error();
  const ProcessEnd end{ProcessEnd::Kind::Exited, call.word(1)};
  if (process->get() == &call.process) {
    call.thread.pending = end;
    return {NtStatus::Success, kLeave};
  }
  if (!(*process)->running()) return NtStatus::ProcessIsTerminating;
  Process& other = **process;
  process->reset();  // the machine knows it; a reference of ours would look like a leak at its end
  processes.end(other, end);
  return NtStatus::Success;
}

ServiceResult PwMapImage(ServiceCall& call, Processes& processes) {
  if (const NtStatus status = call.memory.probe_for_write(call.pointer(1), sizeof(uint32_t));
      status != NtStatus::Success)
    return status;
  const auto name = call.memory.read_string(call.pointer(0), kLongestName);
  if (!name) return name.error();
  ImageLoader* loader = processes.image_loader();
  if (loader == nullptr) return NtStatus::DllNotFound;
  const auto image = loader->map_dll(call.process, call.memory, *name);
  if (!image) return image.error();
  const NtStatus status = call.memory.store(call.pointer(1), image->base.value);
  if (status != NtStatus::Success) return status;
  return image->at_preferred_base ? NtStatus::Success : NtStatus::ImageNotAtBase;
}

ServiceResult NtUnmapViewOfSection(ServiceCall& call, LifeListeners& lives, mm::MemoryManager& memory) {
  if (call.handle(0) != kCurrentProcess) return NtStatus::InvalidHandle;
  auto& images = call.process.images;
  const auto image = std::find_if(images.begin(), images.end(), [&](const LoadedImage& loaded) {
    return call.pointer(1).value - loaded.base.value < loaded.size;  // any address inside it
  });
  if (image == images.end()) return NtStatus::NotMappedView;
  lives.tell(&LifeListener::on_image_unload, call.process, *image);
  const auto done = memory.unmap_view_of_section(call.process.space(), image->base);
  if (!done) return done.error();
  images.erase(image);
  return NtStatus::Success;
}

ServiceResult PwReportLoadFailure(ServiceCall& call, LifeListeners& lives) {
  const LoadFailure failure{static_cast<NtStatus>(call.word(0)), read_name(call.memory, call.pointer(1)),
                            read_import(call.memory, call.pointer(2)), call.process.load_problem};
  lives.tell(&LifeListener::on_load_failure, call.process, failure);
  call.thread.pending = ProcessEnd{ProcessEnd::Kind::LoadFailed, call.word(0)};
  return {NtStatus::Success, kLeave};
}

}  // namespace emu::services
