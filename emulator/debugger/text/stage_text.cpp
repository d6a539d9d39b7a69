#include "emulator/debugger/text/stage_text.h"

#include <fmt/core.h>

#include "mm/inspect/entry_words.h"
#include "mm/inspect/list_view.h"
#include "mm/x86/pte.h"
#include "mm/x86/walk.h"

namespace emu::debugger {
namespace {

using Kind = mm::Event::Kind;

std::string_view access_word(uint64_t value) {
  switch (static_cast<mm::Access>(value)) {
    case mm::Access::Read: return "read";
    case mm::Access::Write: return "write";
    case mm::Access::Execute: return "execute";
  }
  return "access";
}

std::string_view state_word(uint64_t value) { return mm::to_string(static_cast<mm::PageState>(value)); }

std::string_view pte_word(uint64_t value) {
  switch (static_cast<mm::x86::PteKind>(value)) {
    case mm::x86::PteKind::Unknown: return "all zero: the VAD decides";
    case mm::x86::PteKind::DemandZero: return "demand-zero";
    case mm::x86::PteKind::Transition: return "transition: the page is still in memory";
    case mm::x86::PteKind::PagingFile: return "in the paging file";
    case mm::x86::PteKind::Valid: return "valid";
    case mm::x86::PteKind::Decommitted: return "decommitted";
    case mm::x86::PteKind::Prototype: return "prototype";
  }
  return "unknown";
}

std::string walk_text(uint64_t end, uint32_t table) {
  switch (static_cast<mm::x86::Walk::End>(end)) {
    case mm::x86::Walk::End::NotPresent:
      if (table == 0) return "ended at the PDE, which is not present";
      return fmt::format("ended at the PTE, in frame {:05x}, which is not present", table);
    case mm::x86::Walk::End::Page:
    case mm::x86::Walk::End::LargePage: return "came to the page; its entries do not allow the access";
    case mm::x86::Walk::End::ReservedBits: return "ended at a PDE with reserved bits set";
    case mm::x86::Walk::End::OutsideRam: return "left memory";
  }
  return "";
}

std::string_view resolver_word(uint64_t value) {
  switch (static_cast<mm::Resolver>(value)) {
    case mm::Resolver::DemandZero: return "demand-zero";
    case mm::Resolver::Transition: return "transition";
    case mm::Resolver::PagingFile: return "paging file";
    case mm::Resolver::FirstWrite: return "first write to a page that was held back";
    case mm::Resolver::Guard: return "guard page";
  }
  return "";
}

std::string protection_text(uint64_t code) {
  return mm::protection_words(mm::x86::Protection{static_cast<uint8_t>(code)});
}

// What the resolver does first.
std::string_view first_action(const mm::AccessForecast& forecast) {
  if (forecast.fault == mm::FaultKind::Guard) return "guard";
  if (forecast.page_table == mm::PageTableNeed::WouldBeMade) return "page table";
  return "frame";
}

}  // namespace

std::string_view stage_name(Kind kind) {
  switch (kind) {
    case Kind::FaultTaken: return "fault";
    case Kind::WalkEnded: return "walk";
    case Kind::VadFound: return "VAD";
    case Kind::AccessChecked:
    case Kind::AccessRefused: return "access check";
    case Kind::PteDecoded: return "PTE";
    case Kind::ResolverChosen: return "resolver";
    case Kind::PageTableMade: return "page table";
    case Kind::FramesShort: return "balance";
    case Kind::FrameTaken:
    case Kind::FrameLost:
    case Kind::FrameFound: return "frame";
    case Kind::SlotRead:
    case Kind::SlotReadFailed:
    case Kind::SlotWritten: return "paging file";
    case Kind::PteWritten: return "PTE written";
    case Kind::GuardCleared: return "guard";
    case Kind::PageTrimmed: return "trimmed";
    case Kind::FaultResolved: return "resolved";
    case Kind::FaultRaised: return "raised";
  }
  return "";
}

// In the order in which mm/fault/dispatcher.h and the resolvers announce them.
std::string_view next_stage_name(Kind done, const mm::AccessForecast& forecast) {
  using mm::AccessRefusal;
  const bool no_vad = forecast.refusal == AccessRefusal::Free || forecast.refusal == AccessRefusal::System;
  switch (done) {
    case Kind::FaultTaken: return "walk";
    case Kind::WalkEnded: return no_vad ? "access check" : "VAD";
    case Kind::VadFound: return "PTE";
    case Kind::PteDecoded: return "access check";
    case Kind::AccessChecked: return "resolver";
    case Kind::ResolverChosen: return first_action(forecast);
    case Kind::PageTableMade:
    case Kind::FramesShort:
    case Kind::FrameLost:
    case Kind::SlotWritten:
    case Kind::PageTrimmed: return "frame";
    case Kind::FrameTaken: return forecast.fault == mm::FaultKind::PagingFile ? "paging file" : "PTE written";
    case Kind::FrameFound:
    case Kind::SlotRead: return "PTE written";
    case Kind::PteWritten: return "resolved";
    case Kind::GuardCleared:
    case Kind::AccessRefused:
    case Kind::SlotReadFailed: return "raised";
    case Kind::FaultResolved:
    case Kind::FaultRaised: return "the end";
  }
  return "";
}

std::string stage_text(const mm::Event& e) {
  const uint32_t at = e.address.value, frame = e.frame.value();
  switch (e.kind) {
    case Kind::FaultTaken: return fmt::format("fault        {} at {:08x}", access_word(e.value), at);
    case Kind::WalkEnded: return "walk         " + walk_text(e.value, frame);
    case Kind::VadFound: return fmt::format("VAD          begins at {:05x}000", e.value);
    case Kind::AccessChecked: return fmt::format("access check passed: {}", protection_text(e.value));
    case Kind::AccessRefused: return fmt::format("access check refused at {:08x}", at);
    case Kind::PteDecoded: return fmt::format("PTE          {}", pte_word(e.value));
    case Kind::ResolverChosen: return fmt::format("resolver     {}", resolver_word(e.value));
    case Kind::PageTableMade:
      return fmt::format("page table   made for {:08x} and up: frame {:05x}", at, frame);
    case Kind::FramesShort:
      return fmt::format("balance      {} frames available: pages are trimmed and written", e.value);
    case Kind::FrameTaken:
      return fmt::format("frame        {:05x} taken from the {} list", frame, state_word(e.value));
    case Kind::FrameLost:
      return fmt::format("frame        {:05x} on standby leaves the page {:08x} for good", frame, at);
    case Kind::FrameFound:
      return fmt::format("frame        {:05x} found on the {} list", frame, state_word(e.value));
    case Kind::SlotRead:
      return fmt::format("paging file  slot {:05x} read into frame {:05x}", e.value, frame);
    case Kind::SlotReadFailed: return fmt::format("paging file  slot {:05x} cannot be read", e.value);
    case Kind::SlotWritten:
      return fmt::format("paging file  frame {:05x} written to slot {:05x}", frame, e.value);
    case Kind::PteWritten: return fmt::format("PTE written  {:08x}: {:08x}", at, e.value);
    case Kind::GuardCleared:
      return fmt::format("guard        cleared at {:08x}: now {}", at, protection_text(e.value));
    case Kind::PageTrimmed:
      return fmt::format("trimmed      {:08x}, frame {:05x} to the {} list", at, frame, state_word(e.value));
    case Kind::FaultResolved:
      return fmt::format("resolved     {} at {:08x}", mm::to_string(static_cast<mm::FaultKind>(e.value)), at);
    case Kind::FaultRaised:
      return fmt::format("raised       {} at {:08x}", mm::to_string(static_cast<mm::NtStatus>(e.value)), at);
  }
  return "unknown stage";
}

}  // namespace emu::debugger
