// Page-table entries and protections in words, for reports, the debugger and `pagewalk translate`.
#pragma once

#include <string>

#include "mm/x86/layout.h"
#include "mm/x86/pte.h"

namespace mm {

// "PAGE_READWRITE", "PAGE_READWRITE | PAGE_GUARD", "decommitted", "none".
std::string protection_words(x86::Protection protection);

// One line for an entry of a page table. Valid: "present, read-write, user, accessed, dirty; page frame
// 0x40000". Not valid: which software form it is and what that holds, as in "not present: in paging file 0,
// slot 0x00123, PAGE_READWRITE".
std::string pte_words(x86::Pte pte);

// The same for an entry of a page directory: it names a page table, or maps a 4 MB page.
std::string pde_words(x86::Pte pde);
// pte_words or pde_words, by the level of the entry.
std::string level_words(x86::Level level, x86::Pte entry);

// What an entry of that level, and the table that it lies in, is called: "PDE" in a "Page directory".
const char* entry_name(x86::Level level);
const char* table_name(x86::Level level);

}  // namespace mm
