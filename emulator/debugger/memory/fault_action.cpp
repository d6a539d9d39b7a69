#include "emulator/debugger/memory/fault_action.h"

#include <fmt/core.h>

#include "emulator/debugger/memory/words.h"
#include "mm/inspect/entry_words.h"

namespace emu::debugger {
namespace {

using mm::Event;
using mm::FaultStory;
using mm::PageState;

class Action {
 public:
  Action(const FaultStory& story, const ProcessNamer& names) : story_(story), names_(names) {}

  std::vector<std::string> sentences() {
    const auto stages = story_.stages();
    for (size_t i = 0; i < stages.size(); ++i) {
      const std::string sentence = words(stages[i], stages.subspan(i + 1));
      if (!sentence.empty()) sentences_.push_back(sentence);
    }
    if (story_.events_lost > 0)
      sentences_.push_back(fmt::format("{} more steps were taken.", story_.events_lost));
    return sentences_;
  }

 private:
  // `later`: what was announced after the event.
  std::string words(const Event& event, std::span<const Event> later) {
    switch (event.kind) {
      case Event::Kind::FramesShort: return balanced(event);
      case Event::Kind::FrameTaken: return taken(event, later);
      case Event::Kind::FrameFound:
        return fmt::format("Frame {} leaves the {} list and joins the working set again.",
                           frame_words(event.frame), list_name(event));
      case Event::Kind::PageTableMade: return table_made(event);
      case Event::Kind::SlotRead:
        return fmt::format(
            "The page was read from {} into frame {}; the slot is kept, since its copy stays good until the "
            "page is written.",
            slot(event), frame_words(event.frame));
      case Event::Kind::SlotReadFailed:
        return fmt::format("Reading {} failed; the frame goes to the free list.", slot(event));
      case Event::Kind::PteWritten: return written(event, later);
      case Event::Kind::GuardCleared:
        return fmt::format("The guard was taken off: the page is {} from now on.",
                           mm::protection_words({static_cast<uint8_t>(event.value)}));
      case Event::Kind::FaultTaken:
      case Event::Kind::WalkEnded:
      case Event::Kind::VadFound:
      case Event::Kind::AccessChecked:
      case Event::Kind::AccessRefused:
      case Event::Kind::PteDecoded:
      case Event::Kind::ResolverChosen:
      case Event::Kind::FrameLost:
      case Event::Kind::SlotWritten:
      case Event::Kind::PageTrimmed:
      case Event::Kind::FaultResolved:
      case Event::Kind::FaultRaised: return {};
    }
    return {};
  }

  static std::string_view list_name(const Event& event) {
    return mm::to_string(static_cast<PageState>(event.value));
  }

  std::string slot(const Event& event) const {
    const auto pte = story_.walk.pte();
    const bool known = mm::x86::decode(pte) == mm::x86::PteKind::PagingFile;
    return slot_words({known ? pte.slot().file : uint8_t{0}, static_cast<uint32_t>(event.value)});
  }

  // Balancing is told once, with what it did in all.
  std::string balanced(const Event& event) {
    if (told_balancing_) return {};
    told_balancing_ = true;
    const std::string few = event.value == 0   ? "No frame was"
                            : event.value == 1 ? "Only 1 frame was"
                                               : fmt::format("Only {} frames were", event.value);
    return fmt::format(
        "{} available, so room was made first: {} trimmed from working sets, {} written to the paging file.",
        few, pages_words(story_.trimmed), pages_words(story_.slots_written));
  }

  // What a frame was taken for shows in what follows: a page table is made at once.
  std::string taken(const Event& event, std::span<const Event> later) const {
    const auto from = static_cast<PageState>(event.value);
    const bool for_table = !later.empty() && later.front().kind == Event::Kind::PageTableMade;
    const bool read_into = !later.empty() && (later.front().kind == Event::Kind::SlotRead ||
                                              later.front().kind == Event::Kind::SlotReadFailed);
    const bool zeroed = !read_into && from != PageState::Zeroed;
    return fmt::format("Frame {} was taken from the {} list{}{}.", frame_words(event.frame), list_name(event),
                       for_table ? " for a page table" : " for the page",
                       zeroed ? " and filled with zeros" : "");
  }

  std::string table_made(const Event& event) const {
    const mm::VirtualPageNumber first = event.address.page();
    const mm::PageCount pages{static_cast<uint32_t>(event.value)};
    return fmt::format("A page table for {} was made in frame {}, and its PDE written.",
                       range_words({first, first + pages}), frame_words(event.frame));
  }

  std::string written(const Event& event, std::span<const Event> later) const {
    const mm::x86::Pte pte{event.value};
    if (event.space == story_.space && event.address.page() == story_.who.fault.address.page())
      return fmt::format("The PTE became {}: {}.", entry_words(pte), mm::pte_words(pte));
    const bool taken_away = !later.empty() && later.front().kind == Event::Kind::FrameTaken;
    return fmt::format("The PTE of {} in {} became {}: {}{}.", address_words(event.address),
                       names_.name(event.space), entry_words(pte), mm::pte_words(pte),
                       taken_away ? "; its frame is taken away" : "");
  }

  const FaultStory& story_;
  const ProcessNamer& names_;
  std::vector<std::string> sentences_;
  bool told_balancing_ = false;
};

}  // namespace

std::vector<std::string> action_words(const FaultStory& story, const ProcessNamer& names) {
  return Action(story, names).sentences();
}

}  // namespace emu::debugger
