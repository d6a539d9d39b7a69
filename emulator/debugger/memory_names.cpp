#include "emulator/debugger/memory_names.h"

#include <fmt/format.h>

#include "emulator/kernel/guest_memory.h"
#include "guest/abi/structures.h"
#include "mm/inspect/counters.h"

namespace emu::debugger {
namespace {

constexpr uint32_t kSharedUserData = 0x7FFE0000;

template <class T>
std::optional<T> load(const Session& session, uint32_t at) {
  return session.memory().load<T>({at});
}

bool lies_in(uint32_t address, const mm::RegionInformation& region) {
  return address - region.base.value < region.size;
}

std::string image_name(const Process& process, const mm::RegionInformation& region) {
  for (const LoadedImage& image : process.images)
    if (region.base.value - image.base.value < image.size) return "Image " + image.name;
  return "";
}

std::string thread_part(const Session& session, const Process& process, const mm::RegionInformation& region) {
  for (const Thread* thread : session.threads_of(process)) {
    const auto teb = load<abi::Teb>(session, thread->teb().value);
    if (teb && region.allocation_base.value == teb->DeallocationStack)
      return fmt::format("Stack of thread {:x}", thread->id());
    if (lies_in(thread->teb().value, region)) return fmt::format("TEB of thread {:x}", thread->id());
  }
  return "";
}

// The process's heaps, as its PEB lists them.
bool is_heap(const Session& session, const abi::Peb& peb, const mm::RegionInformation& region) {
  constexpr uint32_t kMostHeaps = 1024;
  if (region.allocation_base.value == peb.ProcessHeap) return true;
  for (uint32_t i = 0; i < std::min(peb.NumberOfHeaps, kMostHeaps); ++i)
    if (load<uint32_t>(session, peb.ProcessHeaps + 4 * i) == region.allocation_base.value) return true;
  return false;
}

}  // namespace

const Process* SessionProcessNames::process_of(uint32_t space) const {
  for (const Process* process : session_.processes())
    if (mm::number_of(process->space()) == space) return process;
  return nullptr;
}

std::string SessionProcessNames::name(uint32_t space) const {
  const Process* process = process_of(space);
  return process != nullptr ? fmt::format("process {:x} ({})", process->id(), process->name())
                            : fmt::format("address space {}", space);
}

uint32_t SessionProcessNames::stack_owner(uint32_t space, mm::VirtualAddress address) const {
  const Process* process = process_of(space);
  if (process == nullptr) return 0;
  for (const Thread* thread : session_.threads_of(*process)) {
    abi::Teb teb{};
    const auto bytes = std::as_writable_bytes(std::span(&teb, 1));
    const size_t there =
        peek_user_memory(session_.machine().ram(), process->directory(), thread->teb(), bytes);
    if (there == bytes.size() && address.value >= teb.DeallocationStack && address.value < teb.StackBase)
      return thread->id();
  }
  return 0;
}

std::string SessionRegionNames::name(const mm::RegionInformation& region) const {
  const Process& process = session_.process();
  if (region.allocation_base.value == 0) return "Free";
  if (lies_in(kSharedUserData, region)) return "KUSER_SHARED_DATA";
  if (std::string image = image_name(process, region); !image.empty()) return image;
  if (std::string part = thread_part(session_, process, region); !part.empty()) return part;
  if (lies_in(process.peb.value, region)) return "PEB";
  const auto peb = load<abi::Peb>(session_, process.peb.value);
  return peb && is_heap(session_, *peb, region) ? "Heap" : "";
}

}  // namespace emu::debugger
