#include "emulator/debugger/memory/vad_report.h"

#include <fmt/core.h>

#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

// WinDbg leaves "PAGE_" away.
std::string short_protection(mm::x86::Protection protection) {
  std::string words = mm::protection_words(protection);
  for (size_t at = 0; (at = words.find("PAGE_", at)) != std::string::npos;) words.erase(at, 5);
  return words;
}

const char* backing_words(mm::VadBacking backing) {
  return backing == mm::VadBacking::Committed ? "committed" : "reserved";
}

std::string row(const mm::VadView& vad) {
  const mm::VirtualPageNumber last = vad.range.end - mm::PageCount{1};
  return fmt::format("{:>5} {:>9x} {:>9x} {:>6} {:<8} {}\n", vad.depth, vad.range.begin.value(), last.value(),
                     vad.commit_charge.value, vad.type == mm::VadType::Image ? "Image" : "Private",
                     short_protection(vad.protection));
}

std::string summary(const mm::VadTreeView& tree) {
  uint64_t levels = 0, committed = 0;
  for (const mm::VadView& vad : tree.vads) levels += vad.depth, committed += vad.commit_charge.value;
  const size_t count = tree.vads.size();
  return fmt::format(
      "\nTotal VADs: {}, average level: {}, maximum depth: {}\nTotal private commit: {:#x} pages ({} KB)\n",
      count, count == 0 ? 0 : levels / count, tree.height, committed, committed * 4);
}

}  // namespace

std::string vad_words(const mm::VadView& vad) {
  return fmt::format("{} ({}), {}, {}, {} committed", range_words(vad.range), pages_words(vad.range.size()),
                     vad_type_words(vad.type), mm::protection_words(vad.protection),
                     pages_words(vad.committed));
}

std::string vads_text(const mm::VadTreeView& tree) {
  std::string text = fmt::format("{:>5} {:>9} {:>9} {:>6} {:<8} {}\n", "Level", "Start", "End", "Commit",
                                 "Type", "Protection");
  for (const mm::VadView& vad : tree.vads) text += row(vad);
  return text + summary(tree);
}

Json vads_json(const mm::VadTreeView& tree) {
  Json vads = Json::array();
  for (const mm::VadView& vad : tree.vads) vads.push_back(vad_json(vad));
  return {{"height", tree.height}, {"vads", vads}};
}

std::string vad_text(const mm::VadView& vad) {
  const mm::VirtualPageNumber last = vad.range.end - mm::PageCount{1};
  return fmt::format("VAD {}\n", range_words(vad.range)) +
         fmt::format("  Start VPN       {:>8x}  End VPN  {:>8x}\n", vad.range.begin.value(), last.value()) +
         fmt::format("  Type            {}{}\n", vad_type_words(vad.type),
                     vad.security == mm::VadSecurity::Secured ? ", secured" : "") +
         fmt::format("  Protection      {}\n", mm::protection_words(vad.protection)) +
         fmt::format("  Without a PTE   its pages are {}\n", backing_words(vad.backing)) +
         fmt::format("  Commit charge   {} pages\n", vad.commit_charge.value) +
         fmt::format("  Committed       {} pages: {} valid, {} in transition, {} paged out, {} untouched\n",
                     vad.committed.value, vad.valid.value, vad.transition.value, vad.paged_out.value,
                     vad.untouched().value) +
         fmt::format("  Tree level      {}\n", vad.depth);
}

Json vad_json(const mm::VadView& vad) {
  return {{"start", address_words(vad.range.begin.address())},
          {"end", address_words({vad.range.end.address().value - 1})},
          {"pages", vad.range.size().value},
          {"type", vad_type_words(vad.type)},
          {"protection", mm::protection_words(vad.protection)},
          {"backing", backing_words(vad.backing)},
          {"secured", vad.security == mm::VadSecurity::Secured},
          {"commit_charge", vad.commit_charge.value},
          {"committed_pages", vad.committed.value},
          {"valid_pages", vad.valid.value},
          {"transition_pages", vad.transition.value},
          {"paged_out_pages", vad.paged_out.value},
          {"untouched_pages", vad.untouched().value},
          {"level", vad.depth}};
}

}  // namespace emu::debugger
