// Puts an image into an address space: private pages, filled from the file, each section with its protection.
// Nothing is relocated or bound: the guest's loader does that.
#pragma once

#include "emulator/kernel/memory/guest_memory.h"
#include "emulator/kernel/processes/image_loader.h"
#include "emulator/loader/image_file_source.h"

namespace mm {
class AddressSpace;
class MemoryManager;
}  // namespace mm

namespace emu {

// Maps the image at `place` (0: anywhere), or anywhere when that place is taken. Fails with
// STATUS_CONFLICTING_ADDRESSES when the place is taken and the image cannot be relocated, otherwise with the
// reason why there is no memory. A failure leaves nothing behind.
mm::Result<MappedImage> map_image(mm::MemoryManager& manager, mm::AddressSpace& space, GuestMemory& memory,
                                  const ImageFile& file, mm::VirtualAddress place);

}  // namespace emu
