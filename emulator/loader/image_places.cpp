#include "emulator/loader/image_places.h"

#include <filesystem>
#include <system_error>

#include "mm/base/types.h"

namespace emu {
namespace {

constexpr uint32_t kHighestDll = 0x78000000;
constexpr uint32_t kLowestDll = 0x50000000;
constexpr size_t kMostPlaces = 16384;  // remembered: a guest may make images without end

uint32_t whole_granules(uint32_t size) {
  return (size + mm::kAllocationGranularity - 1) / mm::kAllocationGranularity * mm::kAllocationGranularity;
}

// A file has one name here, however the user or the guest came by it.
std::string whole_path(const std::string& path) {
  std::error_code error;
  const auto whole = std::filesystem::weakly_canonical(path, error);
  return error ? path : whole.string();
}

}  // namespace

ImagePlaces::ImagePlaces(AddressRandomizer& randomizer)
    : randomizer_(randomizer), next_end_(kHighestDll - randomizer.dll_bias()) {}

mm::VirtualAddress ImagePlaces::place(const ImageFile& image) {
  const PortableExecutable& description = image.description;
  if (!randomizer_.on() || !description.moves()) return {description.preferred_base};
  const Identity identity{whole_path(image.host_path), image.name, description.size};
  if (const auto known = places_.find(identity); known != places_.end()) return known->second;
  const mm::VirtualAddress chosen = choose(description);
  if (places_.size() < kMostPlaces) places_.emplace(identity, chosen);
  return chosen;
}

mm::VirtualAddress ImagePlaces::choose(const PortableExecutable& image) {
  return image.dll() ? choose_for_dll(image) : choose_near(image);
}

// Upwards, or downwards where that would leave user space.
mm::VirtualAddress ImagePlaces::choose_near(const PortableExecutable& image) {
  const uint32_t shift = randomizer_.program_shift();
  const uint64_t end = uint64_t{image.preferred_base} + shift + image.size;
  if (end <= uint64_t{mm::kHighestUserAddress.value} + 1) return {image.preferred_base + shift};
  return {image.preferred_base > shift ? image.preferred_base - shift : 0};
}

mm::VirtualAddress ImagePlaces::choose_for_dll(const PortableExecutable& image) {
  const uint32_t size = whole_granules(image.size);
  if (size > next_end_ - kLowestDll) return choose_near(image);
  next_end_ -= size;
  return {next_end_};
}

}  // namespace emu
