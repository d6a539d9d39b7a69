#include "emulator/debugger/memory/translation_report.h"

#include "mm/inspect/translation.h"

namespace emu::debugger {

std::string translation_report_text(const mm::PageStory& story) {
  return mm::translation_text(story.address, story.walk, mm::Vads::Known);
}

Json translation_report_json(const mm::PageStory& story) {
  const mm::x86::Walk& walk = story.walk;
  const mm::x86::WalkStep* directory = walk.step(mm::x86::Level::Directory);
  const mm::x86::WalkStep* table = walk.step(mm::x86::Level::PageTable);
  return {{"address", address_words(story.address)},
          {"directory", frame_words(story.root.frame())},
          {"pde_at", physical_words(directory->at)},
          {"pde", entry_words(directory->entry)},
          {"pte_at", table != nullptr ? Json(physical_words(table->at)) : Json(nullptr)},
          {"pte", table != nullptr ? Json(entry_words(table->entry)) : Json(nullptr)},
          {"physical", walk.present() ? Json(physical_words(walk.physical())) : Json(nullptr)}};
}

}  // namespace emu::debugger
