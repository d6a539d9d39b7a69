// The loader's own interface: how images are found, moved, bound and started. One thread loads at a time.
#ifndef PAGEWALK_GUEST_NTDLL_LOADER_LOADER_H
#define PAGEWALK_GUEST_NTDLL_LOADER_LOADER_H

#include "guest/ntdll/ntdll.h"

// Flags of LdrDataTableEntry, as Windows' symbols name them.
enum LdrFlags {
  LDR_STATIC_LINK = 0x2,
  LDR_IMAGE_DLL = 0x4,
  LDR_ENTRY_PROCESSED = 0x4000,
  LDR_DONT_CALL_FOR_THREADS = 0x40000,
  LDR_PROCESS_ATTACH_CALLED = 0x80000,
  LDR_IMAGE_NOT_AT_BASE = 0x200000,
};

enum { LDR_PINNED = 0xffff, LDR_NO_TLS = 0xffff };

// What could not be found, for the report that names it: copies, since the image that asked may be gone by
// then.
typedef struct LdrFailure {
  char module[MAX_PATH];
  char import[512];  // empty when the module itself is missing, or when it was asked for by ordinal
  ULONG ordinal;
} LdrFailure;

// Keeps the first failure, which is the innermost one.
void ldr_note_failure(LdrFailure* failure, const char* module, const char* import, ULONG ordinal);

// images.c: PE headers and sections.
typedef struct LdrProtections {
  ULONG old[96];  // per section: what it was, 0 when it was left alone; 96 is the most that Windows maps
} LdrProtections;

BOOLEAN ldr_is_image(const void* base);
IMAGE_DATA_DIRECTORY* ldr_directory(void* base, ULONG index);
IMAGE_SECTION_HEADER* ldr_first_section(IMAGE_NT_HEADERS* headers);
NTSTATUS ldr_make_writable(void* base, LdrProtections* protections);
NTSTATUS ldr_restore_protections(void* base, const LdrProtections* protections);

// relocate.c: moves an image from its preferred base to where it is. Uses no address of its own, so ntdll may
// call it before it is relocated itself.
NTSTATUS ldr_relocate(void* base);

// exports.c
NTSTATUS ldr_find_export(void* base, const char* name, ULONG ordinal, ULONG hint, void** procedure);

// imports.c: binds every import of `module`, loading what it needs.
NTSTATUS ldr_bind(LdrDataTableEntry* module, LdrFailure* failure);
void ldr_release_imports(LdrDataTableEntry* module);
// Calls `visit` for each DLL that a descriptor of `module` is bound to.
void ldr_visit_imports(LdrDataTableEntry* module, void (*visit)(LdrDataTableEntry* imported, ULONG scope),
                       ULONG scope);

// modules.c: the three lists.
void ldr_initialize_lists(PebLdrData* data);
LdrDataTableEntry* ldr_add_module(void* base, const WCHAR* directory, const char* name);
void ldr_remove_module(LdrDataTableEntry* module);
void ldr_append_initialization(LdrDataTableEntry* module);
typedef LdrDataTableEntry _LDR_DATA_TABLE_ENTRY;  // as in Microsoft's public symbols
_LDR_DATA_TABLE_ENTRY* ldr_find_by_base(const void* base);
LdrDataTableEntry* ldr_find_by_name(const char* name);
LdrDataTableEntry* ldr_find_by_path(const WCHAR* full);
LdrDataTableEntry* ldr_next(LdrDataTableEntry* previous);  // in load order; null starts, null ends
PebLdrData* ldr_data(void);

// load.c: maps, moves and binds a DLL and those it needs; adds a reference when it is loaded already.
NTSTATUS ldr_load(const char* name, LdrDataTableEntry** module, LdrFailure* failure);
LdrDataTableEntry* ldr_find_loaded(const char* name);  // as ldr_load finds it; null when it is not loaded
void ldr_release(LdrDataTableEntry* module);

// The loader lock: one thread at a time loads, unloads, and tells DLLs of processes and threads.
void ldr_lock(void);
void ldr_unlock(void);

// initialize.c
void ldr_tell_modules_of_thread(ULONG reason);
// Attaches, in the order of initialization, those in the scope that have not been. A scope is what one call
// into the loader is to attach: others may be about to be attached further out, when a DllMain loads a DLL,
// and what they need may still be at it.
NTSTATUS ldr_initialize_modules(ULONG scope, BOOLEAN process_start, LdrFailure* failure);
ULONG ldr_open_scope(void);
void ldr_add_to_scope(LdrDataTableEntry* module, ULONG scope);  // with what it imports
void ldr_add_behind_to_scope(NtListEntry* mark,
                             ULONG scope);  // what was loaded since `mark` was the last one
NtListEntry* ldr_last_loaded(void);
void ldr_detach_module(LdrDataTableEntry* module, BOOLEAN process_end);

// tls.c: static TLS.
NTSTATUS ldr_add_tls(LdrDataTableEntry* module);
void ldr_remove_tls(LdrDataTableEntry* module);
NTSTATUS ldr_attach_thread_tls(void);  // of the current thread
void ldr_detach_thread_tls(void);
void ldr_call_tls_callbacks(LdrDataTableEntry* module, ULONG reason, void* reserved);

// calls.c: run guest code that may clean up its arguments wrongly or not at all, as old DLLs do.
BOOLEAN ldr_call_initializer(void* entry, void* base, ULONG reason, void* reserved);
ULONG ldr_call_entry(void* entry, void* peb);

// How many import descriptors hold a reference to the DLL they name: the first so many.
static inline uint32_t* ldr_bound_imports(LdrDataTableEntry* module) { return &module->Reserved48[0]; }

// The last scope that it was added to.
static inline uint32_t* ldr_scope_of(LdrDataTableEntry* module) { return &module->Reserved48[1]; }

static inline char ldr_lower(char c) { return c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c; }

#endif
