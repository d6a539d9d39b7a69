#include "emulator/debugger/memory/working_set_report.h"

#include <fmt/core.h>

#include "mm/inspect/entry_words.h"

namespace emu::debugger {

using mm::x86::Pte;

std::string working_set_text(std::span<const mm::WorkingSetPage> entries) {
  std::string text = fmt::format("{:<8}  {:<7}  {:>3}  {:<8}  {:<5}  {}\n", "Address", "Frame", "Age",
                                 "Accessed", "Dirty", "Protection");
  for (const mm::WorkingSetPage& entry : entries)
    text += fmt::format("{:08x}  {}  {:>3}  {:<8}  {:<5}  {}\n", entry.page.address().value,
                        frame_words(entry.frame), entry.age, entry.pte.has(Pte::kAccessed) ? "yes" : "no",
                        entry.pte.has(Pte::kDirty) ? "yes" : "no", mm::protection_words(entry.protection));
  return text + fmt::format("{} in the working set\n", pages_words({static_cast<uint32_t>(entries.size())}));
}

Json working_set_json(std::span<const mm::WorkingSetPage> entries) {
  Json list = Json::array();
  for (const mm::WorkingSetPage& entry : entries)
    list.push_back({{"address", address_words(entry.page.address())},
                    {"frame", frame_words(entry.frame)},
                    {"pte", entry_words(entry.pte)},
                    {"age", entry.age},
                    {"accessed", entry.pte.has(Pte::kAccessed)},
                    {"dirty", entry.pte.has(Pte::kDirty)},
                    {"protection", mm::protection_words(entry.protection)}});
  return {{"pages", entries.size()}, {"entries", list}};
}

}  // namespace emu::debugger
