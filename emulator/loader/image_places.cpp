#include "emulator/loader/image_places.h"

#include "mm/base/types.h"

namespace emu {
namespace {

constexpr uint32_t kHighestDll = 0x78000000;
constexpr uint32_t kLowestDll = 0x50000000;

uint32_t whole_granules(uint32_t size) {
  return (size + mm::kAllocationGranularity - 1) / mm::kAllocationGranularity * mm::kAllocationGranularity;
}

}  // namespace

ImagePlaces::ImagePlaces(AddressRandomizer& randomizer)
    : randomizer_(randomizer), next_end_(kHighestDll - randomizer.dll_bias()) {}

mm::VirtualAddress ImagePlaces::place(const ImageFile& image) {
  const PortableExecutable& description = image.description;
  if (!randomizer_.on() || !description.moves()) return {description.preferred_base};
  return description.dll() ? place_dll(image) : place_program(description);
}

// Upwards, or downwards where that would leave user space.
mm::VirtualAddress ImagePlaces::place_program(const PortableExecutable& image) {
  const uint32_t shift = randomizer_.program_shift();
  const uint64_t end = uint64_t{image.preferred_base} + shift + image.size;
  if (end <= uint64_t{mm::kHighestUserAddress.value} + 1) return {image.preferred_base + shift};
  return {image.preferred_base > shift ? image.preferred_base - shift : 0};
}

mm::VirtualAddress ImagePlaces::place_dll(const ImageFile& image) {
  const uint32_t size = whole_granules(image.description.size);
  const Identity identity{image.host_path, image.name, size};
  if (const auto known = dlls_.find(identity); known != dlls_.end()) return known->second;
  if (size > next_end_ - kLowestDll) return {image.description.preferred_base};  // the range is used up
  next_end_ -= size;
  return dlls_.emplace(identity, mm::VirtualAddress{next_end_}).first->second;
}

}  // namespace emu
