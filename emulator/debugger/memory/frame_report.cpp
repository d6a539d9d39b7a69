#include "emulator/debugger/memory/frame_report.h"

#include <fmt/core.h>

#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::FrameRole;

std::string page_address(const mm::FrameView& frame) {
  return frame.page ? address_words(frame.page->address()) : "an unknown address";
}

const char* role_name(FrameRole role) {
  switch (role) {
    case FrameRole::Nothing: return "nothing";
    case FrameRole::Filling: return "filling";
    case FrameRole::ProcessPage: return "process_page";
    case FrameRole::PageTable: return "page_table";
    case FrameRole::Directory: return "page_directory";
    case FrameRole::SystemPage: return "system_page";
    case FrameRole::SystemPageTable: return "system_page_table";
    case FrameRole::SharedUserData: return "shared_user_data";
  }
  return "";
}

std::string link_words(std::optional<mm::PageFrameNumber> link) {
  return link ? fmt::format("{:08X}", link->value()) : "--------";
}

// WinDbg's letters beside the state.
std::string state_words(const mm::FrameView& frame) {
  std::string words(mm::to_string(frame.state));
  if (frame.state == mm::PageState::Standby) words += fmt::format(", priority {}", frame.priority);
  if (frame.dirty()) words += ", M";
  return words;
}

std::string entries_text(const mm::FrameView& frame) {
  std::string text;
  if (frame.pte_at)
    text += fmt::format("    entry {} at physical {}: {}\n", entry_words(frame.pte),
                        physical_words(*frame.pte_at), mm::pte_words(frame.pte));
  if (frame.role == FrameRole::ProcessPage)
    text +=
        fmt::format("    restore pte {}: {}\n", entry_words(frame.original), mm::pte_words(frame.original));
  if (frame.role == FrameRole::PageTable) text += fmt::format("    used entries {}\n", frame.used_entries);
  return text;
}

}  // namespace

std::string role_words(const mm::FrameView& frame, const ProcessNamer& names) {
  switch (frame.role) {
    case FrameRole::Nothing: return std::string(mm::to_string(frame.state));
    case FrameRole::Filling: return "taken from its list, not yet given to a page";
    case FrameRole::ProcessPage:
      return fmt::format("a page of {} at {}", names.name(frame.space), page_address(frame));
    case FrameRole::PageTable:
      return fmt::format("a page table of {}, for {}", names.name(frame.space), range_words(frame.maps));
    case FrameRole::Directory: return fmt::format("the page directory of {}", names.name(frame.space));
    case FrameRole::SystemPage: return fmt::format("a system page at {}", page_address(frame));
    case FrameRole::SystemPageTable:
      return fmt::format("a page table of the system half, for {}", range_words(frame.maps));
    case FrameRole::SharedUserData:
      return fmt::format("KUSER_SHARED_DATA, at {} in every process", page_address(frame));
  }
  return {};
}

std::string frame_text(const mm::FrameView& frame, const ProcessNamer& names) {
  std::string text = fmt::format("    PFN {:08X} is {}\n", frame.number.value(), role_words(frame, names));
  text += fmt::format("    flink       {}  blink / share count {}/{:08X}\n", link_words(frame.next),
                      link_words(frame.previous), frame.share_count);
  text += fmt::format("    reference count {:04X}   Priority {}   age {}\n", frame.reference_count,
                      frame.priority, frame.age);
  return text + entries_text(frame) + fmt::format("    {}\n", state_words(frame));
}

Json frame_json(const mm::FrameView& frame) {
  const bool of_process = frame.space != mm::kNoAddressSpace;
  return {{"frame", frame_words(frame.number)},
          {"state", mm::to_string(frame.state)},
          {"priority", frame.priority},
          {"age", frame.age},
          {"role", role_name(frame.role)},
          {"address_space", of_process ? Json(frame.space.value()) : Json(nullptr)},
          {"address", or_null(frame.page, [](auto page) { return address_words(page.address()); })},
          {"pte_at", or_null(frame.pte_at, physical_words)},
          {"pte", frame.pte_at ? Json(entry_words(frame.pte)) : Json(nullptr)},
          {"original_pte",
           frame.role == FrameRole::ProcessPage ? Json(entry_words(frame.original)) : Json(nullptr)},
          {"modified", frame.dirty()},
          {"share_count", frame.share_count},
          {"reference_count", frame.reference_count},
          {"used_entries", frame.used_entries},
          {"next", or_null(frame.next, frame_words)},
          {"previous", or_null(frame.previous, frame_words)}};
}

std::string mappings_text(mm::PageFrameNumber frame, std::span<const mm::FrameMapping> mappings,
                          const ProcessNamer& names) {
  if (mappings.empty()) return fmt::format("No valid entry maps frame {}\n", frame_words(frame));
  std::string text = fmt::format("Frame {} is mapped at\n", frame_words(frame));
  for (const mm::FrameMapping& mapping : mappings) {
    const std::string where =
        mapping.space == mm::kNoAddressSpace ? "every process" : names.name(mapping.space);
    text +=
        fmt::format("  {:08x}  {}  (entry {})\n", mapping.address.value, where, entry_words(mapping.entry));
  }
  return text;
}

Json mappings_json(mm::PageFrameNumber frame, std::span<const mm::FrameMapping> mappings) {
  Json list = Json::array();
  for (const mm::FrameMapping& mapping : mappings)
    list.push_back({{"address_space",
                     mapping.space == mm::kNoAddressSpace ? Json(nullptr) : Json(mapping.space.value())},
                    {"address", address_words(mapping.address)},
                    {"entry", entry_words(mapping.entry)}});
  return {{"frame", frame_words(frame)}, {"mappings", list}};
}

}  // namespace emu::debugger
