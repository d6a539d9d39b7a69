#include "emulator/debugger/memory/words.h"

#include <fmt/core.h>

namespace emu::debugger {

std::string address_words(mm::VirtualAddress address) { return fmt::format("{:#010x}", address.value); }
std::string physical_words(mm::PhysicalAddress address) { return fmt::format("{:#010x}", address.value); }
std::string frame_words(mm::PageFrameNumber frame) { return fmt::format("{:#07x}", frame.value()); }
std::string entry_words(mm::x86::Pte entry) { return fmt::format("{:#010x}", entry.raw); }

std::string range_words(mm::PageRange range) {
  const uint32_t last = range.end.address().value - 1;  // wraps to the last byte of 4 GB
  return fmt::format("{:#010x}-{:#010x}", range.begin.address().value, last);
}

std::string slot_words(mm::x86::PagingFileSlot slot) {
  return fmt::format("slot {:#07x} of paging file {}", slot.slot, slot.file);
}

std::string pages_words(mm::PageCount count) {
  return fmt::format("{} page{}", count.value, count.value == 1 ? "" : "s");
}

std::string status_words(mm::NtStatus status) {
  return fmt::format("{} ({:#010x})", mm::to_string(status), static_cast<uint32_t>(status));
}

std::string place_words(mm::PageState state) {
  if (state == mm::PageState::Active) return "active";
  if (state == mm::PageState::Transition) return "in transition";
  return fmt::format("on the {} list", mm::to_string(state));
}

const char* access_words(mm::Access access) {
  switch (access) {
    case mm::Access::Read: return "read";
    case mm::Access::Write: return "write";
    case mm::Access::Execute: return "execute";
  }
  return "";
}

const char* access_noun(mm::Access access) {
  return access == mm::Access::Execute ? "instruction fetch" : access_words(access);
}

std::string one_access(mm::Access access) {
  return fmt::format("{} {}", access == mm::Access::Execute ? "an" : "a", access_noun(access));
}

const char* mode_words(mm::Mode mode) { return mode == mm::Mode::User ? "user" : "supervisor"; }

const char* vad_type_words(mm::VadType type) {
  switch (type) {
    case mm::VadType::Private: return "private";
    case mm::VadType::Image: return "image";
  }
  return "";
}

const char* kind_words(mm::x86::PteKind kind) {
  switch (kind) {
    case mm::x86::PteKind::Unknown: return "unknown";
    case mm::x86::PteKind::Valid: return "valid";
    case mm::x86::PteKind::DemandZero: return "demand-zero";
    case mm::x86::PteKind::Decommitted: return "decommitted";
    case mm::x86::PteKind::PagingFile: return "paging file";
    case mm::x86::PteKind::Transition: return "transition";
    case mm::x86::PteKind::Prototype: return "prototype";
  }
  return "";
}

}  // namespace emu::debugger
