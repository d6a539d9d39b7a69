#include "emulator/kernel/processes/address_randomizer.h"

namespace emu {
namespace {

constexpr uint32_t kPlaces = 256;
constexpr uint32_t kStackPlaces = 32;
constexpr uint32_t kStackWords = 512;
constexpr uint32_t kProgramPlaces = 254;

// One step of SplitMix64 (Steele, Lea, Flood: "Fast Splittable Pseudorandom Number Generators", 2014), which
// gives unlike numbers for seeds that are next to each other.
uint64_t next(uint64_t& state) {
  state += 0x9E3779B97F4A7C15;
  uint64_t value = state;
  value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
  value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
  return value ^ (value >> 31);
}

}  // namespace

AddressRandomizer::AddressRandomizer(std::optional<uint64_t> seed) : state_(seed) {}

uint32_t AddressRandomizer::below(uint32_t limit) {
  if (!state_) return 0;
  return static_cast<uint32_t>((next(*state_) >> 32) * limit >> 32);
}

mm::Placement AddressRandomizer::process() {
  mm::Placement placement;
  placement.lowest = placement.lowest + below(kPlaces) * mm::kAllocationGranularity;
  placement.highest = {placement.highest.value - below(kPlaces) * mm::kAllocationGranularity};
  return placement;
}

uint32_t AddressRandomizer::process_cookie() { return on() ? below(UINT32_MAX) + 1 : 0; }

StackShift AddressRandomizer::stack() {
  StackShift shift;
  shift.reservation = below(kStackPlaces) * mm::kAllocationGranularity;
  shift.pointer = below(kStackWords) * static_cast<uint32_t>(sizeof(uint32_t));
  return shift;
}

uint32_t AddressRandomizer::program_shift() {
  return on() ? (below(kProgramPlaces) + 1) * mm::kAllocationGranularity : 0;
}

uint32_t AddressRandomizer::dll_bias() { return below(kPlaces) * mm::kAllocationGranularity; }

}  // namespace emu
