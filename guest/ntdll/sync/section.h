// Entering and leaving a critical section in a few instructions when nobody else wants it; everything else is
// critical_section.c's, which says what the fields hold.
#ifndef PAGEWALK_GUEST_NTDLL_SYNC_SECTION_H
#define PAGEWALK_GUEST_NTDLL_SYNC_SECTION_H

#include "guest/ntdll/ntdll.h"

enum { kSectionFree = -1, kSectionOwned = -2, kSectionUnownedBit = 1 };

static inline HANDLE section_thread(void) {
  ULONG id;
  __asm__("movl %%fs:%c1, %0" : "=r"(id) : "i"(offsetof(Teb, ThreadId)));
  return (HANDLE)(ULONG_PTR)id;
}

// Whether the section was free: it is the caller's now. A macro, like the next, since gcc keeps the address
// of a section in a register that is a function's argument.
#define SECTION_TRY_ENTER(section)                                                                    \
  ({                                                                                                  \
    BOOLEAN was_free;                                                                                 \
    __asm__ volatile("lock btrl $0, %0" : "+m"((section).LockCount), "=@ccc"(was_free) : : "memory"); \
    if (was_free) (section).OwningThread = section_thread(), (section).RecursionCount = 1;            \
    was_free;                                                                                         \
  })

// By the section's owner, who has entered it once. False when others wait: then it must be handed over.
#define SECTION_TRY_LEAVE(section)                                               \
  ({                                                                             \
    LONG seen = kSectionOwned;                                                   \
    BOOLEAN made_free;                                                           \
    (section).OwningThread = NULL, (section).RecursionCount = 0;                 \
    __asm__ volatile("lock cmpxchgl %3, %0"                                      \
                     : "+m"((section).LockCount), "=@ccz"(made_free), "+a"(seen) \
                     : "r"(kSectionFree)                                         \
                     : "memory");                                                \
    made_free;                                                                   \
  })

static inline void section_enter(RTL_CRITICAL_SECTION* section) {
  if (!SECTION_TRY_ENTER(*section)) RtlEnterCriticalSection(section);
}

// Of a section that is owned but says so no more, to who has waited longest for it.
void section_hand_over(RTL_CRITICAL_SECTION* section);

// By its owner.
static inline void section_leave(RTL_CRITICAL_SECTION* section) {
  if (section->RecursionCount != 1) {
    RtlLeaveCriticalSection(section);
  } else if (!SECTION_TRY_LEAVE(*section)) {
    section_hand_over(section);
  }
}

#endif
