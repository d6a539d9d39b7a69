#include "emulator/debugger/memory/page_report.h"

#include <fmt/core.h>

#include "emulator/debugger/memory/frame_report.h"
#include "emulator/debugger/memory/vad_report.h"
#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::x86::Pte;
using mm::x86::PteKind;

bool has_table(const mm::PageStory& story) { return story.walk.page_table().has_value(); }

std::string protect_line(mm::x86::Protection protection) {
  return fmt::format(" Protect: {:x} - {}", protection.code, mm::protection_words(protection));
}

// What WinDbg prints below an entry's content, a line each.
std::vector<std::string> entry_lines(Pte entry) {
  switch (mm::x86::decode(entry)) {
    case PteKind::Unknown: return {"not valid"};
    case PteKind::Valid: return {fmt::format("pfn {:<8x}{}", entry.frame().value(), entry_letters(entry))};
    case PteKind::DemandZero: return {"not valid", " DemandZero", protect_line(entry.protection())};
    case PteKind::Decommitted: return {"not valid", " Decommitted"};
    case PteKind::PagingFile:
      return {"not valid", fmt::format(" PageFile: {:x}", entry.slot().file),
              fmt::format(" Offset: {:x}", entry.slot().slot), protect_line(entry.protection())};
    case PteKind::Transition:
      return {"not valid", fmt::format(" Transition: {:x}", entry.frame().value()),
              protect_line(entry.protection())};
    case PteKind::Prototype: return {"not valid", " Proto"};
  }
  return {};
}

std::vector<std::string> directory_entry_lines(Pte pde) {
  if (pde == mm::x86::partly_decommitted_pde()) return {"not valid", " Decommitted in part"};
  return entry_lines(pde);
}

std::string columns(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  std::string text;
  for (size_t i = 0; i < std::max(left.size(), right.size()); ++i) {
    std::string line =
        fmt::format("{:<28}{}", i < left.size() ? left[i] : "", i < right.size() ? right[i] : "");
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

std::string entries_text(const mm::PageStory& story) {
  std::vector<std::string> left{fmt::format("PDE at {:08X}", story.pde_virtual.value),
                                fmt::format("contains {:08X}", story.walk.pde().raw)};
  for (auto& line : directory_entry_lines(story.walk.pde())) left.push_back(std::move(line));
  std::vector<std::string> right;
  if (has_table(story)) {
    right = {fmt::format("PTE at {:08X}", story.pte_virtual.value),
             fmt::format("contains {:08X}", story.walk.pte().raw)};
    for (auto& line : entry_lines(story.walk.pte())) right.push_back(std::move(line));
  }
  return fmt::format("{:>22} {:08x}\n", "VA", story.address.value) + columns(left, right);
}

std::string vad_line(const mm::PageStory& story) {
  if (!story.vad) return story.address >= mm::kSystemBase ? "none: the system half" : "none: free memory";
  return vad_words(*story.vad);
}

std::string page_words(const mm::PageStory& story) {
  if (!story.page) return {};
  if (story.page->commitment == mm::Commitment::Reserved)
    return story.page->kind == PteKind::Decommitted ? "decommitted" : "reserved";
  return "committed, " + mm::protection_words(story.page->protection);
}

std::string working_set_words(const mm::WorkingSetPage& entry) {
  return fmt::format("age {}, {}, {}", entry.age, entry.pte.has(Pte::kAccessed) ? "accessed" : "not accessed",
                     entry.pte.has(Pte::kDirty) ? "dirty" : "clean");
}

std::string joined_text(const mm::PageStory& story, const ProcessNamer& names) {
  std::string text = fmt::format("  {:<12} {}\n", "VAD", vad_line(story));
  const auto line = [&](const char* label, const std::string& words) {
    if (!words.empty()) text += fmt::format("  {:<12} {}\n", label, words);
  };
  line("page", page_words(story));
  line("PTE", has_table(story) ? mm::pte_words(story.walk.pte()) : "none: there is no page table");
  if (story.walk.present()) line("physical", physical_words(story.walk.physical()));
  if (story.frame)
    line("frame", fmt::format("{}, {}: {}", frame_words(story.frame->number),
                              mm::to_string(story.frame->state), role_words(*story.frame, names)));
  if (story.working_set) line("working set", working_set_words(*story.working_set));
  if (story.slot) line("paging file", slot_words(story.slot->slot));
  return text;
}

Json working_set_json(const mm::WorkingSetPage& entry) {
  return {
      {"age", entry.age}, {"accessed", entry.pte.has(Pte::kAccessed)}, {"dirty", entry.pte.has(Pte::kDirty)}};
}

Json slot_json(const mm::SlotView& slot) { return {{"file", slot.slot.file}, {"slot", slot.slot.slot}}; }

}  // namespace

std::string entry_letters(Pte entry) {
  const auto letter = [&](uint32_t bit, char set, char clear) { return entry.has(bit) ? set : clear; };
  std::string letters;
  letters += letter(Pte::kCopyOnWrite, 'C', '-');
  letters += letter(Pte::kGlobal, 'G', '-');
  letters += letter(Pte::kLargePage, 'L', '-');
  letters += letter(Pte::kDirty, 'D', '-');
  letters += letter(Pte::kAccessed, 'A', '-');
  letters += letter(Pte::kCacheDisable, 'N', '-');
  letters += letter(Pte::kWriteThrough, 'T', '-');
  letters += letter(Pte::kUser, 'U', 'K');
  letters += letter(Pte::kWrite, 'W', 'R');
  letters += 'E';  // there is no NX
  letters += letter(Pte::kValid, 'V', '-');
  return letters;
}

std::string page_text(const mm::PageStory& story, const ProcessNamer& names) {
  return entries_text(story) + "\n" + joined_text(story, names);
}

Json page_json(const mm::PageStory& story) {
  const bool table = has_table(story);
  const bool committed = story.page && story.page->commitment == mm::Commitment::Committed;
  return {{"address", address_words(story.address)},
          {"address_space", story.space.value()},
          {"directory", frame_words(story.root.frame())},
          {"pde_address", address_words(story.pde_virtual)},
          {"pde", entry_words(story.walk.pde())},
          {"pde_words", mm::pde_words(story.walk.pde())},
          {"pte_address", table ? Json(address_words(story.pte_virtual)) : Json(nullptr)},
          {"pte", table ? Json(entry_words(story.walk.pte())) : Json(nullptr)},
          {"kind", kind_words(story.page ? story.page->kind : mm::x86::decode(story.walk.pte()))},
          {"pte_words", table ? Json(mm::pte_words(story.walk.pte())) : Json(nullptr)},
          {"physical", story.walk.present() ? Json(physical_words(story.walk.physical())) : Json(nullptr)},
          {"committed", committed},
          {"protection", committed ? Json(mm::protection_words(story.page->protection)) : Json(nullptr)},
          {"vad", or_null(story.vad, vad_json)},
          {"frame", or_null(story.frame, frame_json)},
          {"working_set", or_null(story.working_set, working_set_json)},
          {"slot", or_null(story.slot, slot_json)}};
}

}  // namespace emu::debugger
