// How the memory commands write numbers, ranges and names, in texts and in JSON. In JSON counts are numbers;
// addresses, frames and entries are strings, as their texts: JSON has no hexadecimal.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "mm/base/fault.h"
#include "mm/inspect/list_view.h"
#include "mm/inspect/vad_view.h"

namespace emu::debugger {

using Json = nlohmann::ordered_json;

std::string address_words(mm::VirtualAddress address);    // 0x00401000
std::string physical_words(mm::PhysicalAddress address);  // 0x00123000
std::string frame_words(mm::PageFrameNumber frame);       // 0x00123
std::string entry_words(mm::x86::Pte entry);              // 0x00123067
std::string range_words(mm::PageRange range);             // 0x00400000-0x0040ffff
std::string slot_words(mm::x86::PagingFileSlot slot);     // slot 0x00123 of paging file 0
std::string pages_words(mm::PageCount count);             // 1 page, 2 pages
std::string status_words(mm::NtStatus status);            // STATUS_ACCESS_VIOLATION (0xc0000005)

std::string place_words(mm::PageState state);  // active, on the standby list, ...

const char* access_words(mm::Access access);    // read, write, execute: the verbs, and data
const char* access_noun(mm::Access access);     // read, write, instruction fetch
std::string one_access(mm::Access access);      // the noun with its article
const char* mode_words(mm::Mode mode);          // user, supervisor
const char* vad_type_words(mm::VadType type);   // private, image
const char* kind_words(mm::x86::PteKind kind);  // unknown, valid, demand-zero, ...

template <class T, class Words>
Json or_null(const std::optional<T>& value, Words&& words) {
  return value ? Json(words(*value)) : Json(nullptr);
}

}  // namespace emu::debugger
