#include "emulator/debugger/memory/translation_report.h"

#include "mm/inspect/translation.h"

namespace emu::debugger {

std::string translation_report_text(const mm::PageStory& story) {
  return mm::translation_text(story.directory, story.address, story.walk, mm::Vads::Known);
}

Json translation_report_json(const mm::PageStory& story) {
  const mm::x86::Walk& walk = story.walk;
  const bool table = walk.pde.valid() && !walk.pde.has(mm::x86::Pte::kLargePage);
  return {{"address", address_words(story.address)},
          {"directory", frame_words(story.directory)},
          {"pde_at", physical_words(walk.pde_at)},
          {"pde", entry_words(walk.pde)},
          {"pte_at", table ? Json(physical_words(walk.pte_at)) : Json(nullptr)},
          {"pte", table ? Json(entry_words(walk.pte)) : Json(nullptr)},
          {"physical", walk.present() ? Json(physical_words(walk.physical)) : Json(nullptr)}};
}

}  // namespace emu::debugger
