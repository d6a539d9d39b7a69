// How a machine comes by its memory manager, and what the user is told when it cannot.
#pragma once

#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "emulator/kernel/configuration.h"
#include "mm/base/machine_clock.h"
#include "mm/base/nt_status.h"
#include "mm/base/ports.h"

namespace mm {
class MemoryManager;
}

namespace emu {

// A memory manager over this RAM, with the paging file that is configured; else a sentence for the user.
tl::expected<std::unique_ptr<mm::MemoryManager>, std::string> make_memory(
    mm::PhysicalMemory ram, mm::Tlb& tlb, mm::MachineClock& clock, const KernelConfiguration& configuration);

// Why a machine cannot start, or go on after a fork, when its memory answers `status`: a sentence for the
// user.
std::string memory_complaint(mm::NtStatus status, const KernelConfiguration& configuration);

}  // namespace emu
