// How the kernel makes a thread call into its ntdll when it next runs on: a user APC, and the loader before a
// thread's first instruction. What the thread would have gone on with lies on its stack as a CONTEXT, and
// NtContinue takes it up again (Windows Internals, "User-mode APCs"; guest/abi/structures.h).
#pragma once

#include "emulator/kernel/memory/guest_memory.h"

namespace emu {

class Thread;

bool has_user_entry(const Thread& thread);

// Makes the entry of a thread that has_user_entry() and whose registers are saved. With any other status than
// success its stack cannot be used, and nothing is changed.
mm::NtStatus make_user_entry(GuestMemory& memory, Thread& thread);

}  // namespace emu
