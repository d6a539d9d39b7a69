#include "emulator/debugger/memory/region_report.h"

#include <fmt/format.h>

#include "mm/inspect/entry_words.h"
#include "mm/x86/protection.h"

namespace emu::debugger {
namespace {

namespace allocation = mm::allocation;

std::string usage_of(const mm::RegionInformation& region, const RegionNamer& names) {
  if (region.state == allocation::kFree) return "Free";
  if (region.allocation_base == mm::kSharedUserData) return "KUSER_SHARED_DATA";
  return names.name(region);
}

const char* state_words(uint32_t state) {
  if (state == allocation::kCommit) return "MEM_COMMIT";
  return state == allocation::kReserve ? "MEM_RESERVE" : "MEM_FREE";
}

const char* type_words(uint32_t type) {
  if (type == allocation::kImage) return "MEM_IMAGE";
  if (type == allocation::kMapped) return "MEM_MAPPED";
  return type == allocation::kPrivate ? "MEM_PRIVATE" : "";
}

std::string protect_words(uint32_t constants) {
  const auto protection = mm::x86::protection_from_page_constants(constants);
  return protection ? mm::protection_words(*protection) : "";
}

uint32_t end_of(const mm::RegionInformation& region) { return region.base.value + region.size; }

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::vector<Region> regions_of(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                               const RegionNamer& names) {
  std::vector<Region> regions;
  for (mm::VirtualAddress at{0}; at <= mm::kHighestUserAddress;) {
    const auto information = manager.query_virtual_memory(space, at);
    if (!information || information->size == 0) break;
    regions.push_back({*information, usage_of(*information, names)});
    at = {end_of(*information)};
  }
  return regions;
}

std::optional<Region> region_at(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                                mm::VirtualAddress address, const RegionNamer& names) {
  for (Region& region : regions_of(manager, space, names)) {
    const mm::RegionInformation& information = region.information;
    if (information.base <= address && address.value < end_of(information)) return std::move(region);
  }
  return std::nullopt;
}

std::string regions_text(std::span<const Region> regions) {
  std::string text = fmt::format("{:>10} {:>9} {:>9} {:<12} {:<12} {:<34} {}\n", "BaseAddr", "EndAddr+1",
                                 "RgnSize", "Type", "State", "Protect", "Usage");
  text += std::string(102, '-') + "\n";
  for (const Region& region : regions) {
    const mm::RegionInformation& information = region.information;
    const bool starts =
        information.state == allocation::kFree || information.allocation_base == information.base;
    std::string line = fmt::format("{} {:>8x} {:>9x} {:>9x} {:<12} {:<12} {:<34} {}", starts ? '+' : ' ',
                                   information.base.value, end_of(information), information.size,
                                   type_words(information.type), state_words(information.state),
                                   protect_words(information.protect), region.usage);
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string region_text(const Region& region) {
  const mm::RegionInformation& information = region.information;
  const auto line = [](const char* label, uint32_t value, const std::string& words) {
    return fmt::format("{:<24}{:08x}          {}\n", label, value, words);
  };
  return fmt::format("Usage:                  {}\n", region.usage.empty() ? "unknown" : region.usage) +
         fmt::format("Base Address:           {:08x}\n", information.base.value) +
         fmt::format("End Address:            {:08x}\n", end_of(information)) +
         fmt::format("Region Size:            {:08x}\n", information.size) +
         line("State:", information.state, state_words(information.state)) +
         line("Protect:", information.protect, protect_words(information.protect)) +
         line("Type:", information.type, type_words(information.type)) +
         fmt::format("Allocation Base:        {:08x}\n", information.allocation_base.value) +
         line("Allocation Protect:", information.allocation_protect,
              protect_words(information.allocation_protect));
}

Json regions_json(std::span<const Region> regions) {
  Json list = Json::array();
  for (const Region& region : regions) list.push_back(region_json(region));
  return {{"regions", list}};
}

Json region_json(const Region& region) {
  const mm::RegionInformation& information = region.information;
  const bool is_free = information.state == allocation::kFree;
  return {{"base", address_words(information.base)},
          {"end", address_words({end_of(information) - 1})},
          {"size", information.size},
          {"allocation_base", is_free ? Json(nullptr) : Json(address_words(information.allocation_base))},
          {"allocation_protect", text_or_null(protect_words(information.allocation_protect))},
          {"state", state_words(information.state)},
          {"protect", text_or_null(protect_words(information.protect))},
          {"type", text_or_null(type_words(information.type))},
          {"usage", text_or_null(region.usage)}};
}

}  // namespace emu::debugger
