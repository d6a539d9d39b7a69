#include "emulator/debugger/memory/region_report.h"

#include <fmt/core.h>

#include "mm/inspect/entry_words.h"
#include "mm/memory_manager.h"
#include "mm/x86/protection.h"

namespace emu::debugger {
namespace {

namespace allocation = mm::allocation;

uint32_t end_of(const mm::RegionInformation& region) { return region.base.value + region.size; }

RegionPart part_at(const mm::RegionInformation& region, mm::VirtualAddress from, const RegionNamer& names) {
  const mm::VirtualAddress end{end_of(region)};
  if (region.state == allocation::kFree) return {{"Free", ""}, end};
  if (region.allocation_base == mm::kSharedUserData) return {{"Other", "[KUSER_SHARED_DATA]"}, end};
  RegionPart part = names.part_at(region, from);
  if (part.usage.kind.empty()) part.usage.kind = "<unknown>";
  return part;
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

// Calls `visit` with each region of the user half, from below, as long as it returns true.
template <class Visit>
void for_each_region(const mm::MemoryManager& manager, const mm::AddressSpace& space, Visit visit) {
  for (mm::VirtualAddress at{0}; at <= mm::kHighestUserAddress;) {
    const auto information = manager.query_virtual_memory(space, at);
    if (!information || information->size == 0 || !visit(*information)) return;
    at = {end_of(*information)};
  }
}

// The region's parts, by what they are for.
void append_parts(std::vector<Region>& regions, const mm::RegionInformation& region,
                  const RegionNamer& names) {
  for (mm::VirtualAddress at = region.base; at.value < end_of(region);) {
    RegionPart part = part_at(region, at, names);
    mm::RegionInformation information = region;
    information.base = at;
    information.size = part.end.value - at.value;
    regions.push_back({information, std::move(part.usage)});
    at = part.end;
  }
}

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

}  // namespace

std::vector<Region> regions_of(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                               const RegionNamer& names) {
  std::vector<Region> regions;
  for_each_region(manager, space, [&](const mm::RegionInformation& region) {
    append_parts(regions, region, names);
    return true;
  });
  return regions;
}

std::optional<Region> region_at(const mm::MemoryManager& manager, const mm::AddressSpace& space,
                                mm::VirtualAddress address, const RegionNamer& names) {
  std::vector<Region> parts;
  for_each_region(manager, space, [&](const mm::RegionInformation& region) {
    if (address.value < end_of(region)) append_parts(parts, region, names);
    return parts.empty();
  });
  for (Region& part : parts)
    if (address.value < end_of(part.information)) return std::move(part);
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
    std::string line = fmt::format(
        "{} {:>8x} {:>9x} {:>9x} {:<12} {:<12} {:<34} {:<10} {}", starts ? '+' : ' ', information.base.value,
        end_of(information), information.size, type_words(information.type), state_words(information.state),
        protect_words(information.protect), region.usage.kind, region.usage.detail);
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
  return fmt::format("Usage:                  {}\n", region.usage.text()) +
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
          {"usage", region.usage.kind},
          {"detail", text_or_null(region.usage.detail)}};
}

}  // namespace emu::debugger
