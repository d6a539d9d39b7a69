// Vectored handlers ("AddVectoredExceptionHandler", "AddVectoredContinueHandler", Microsoft). A handler may
// be removed while it runs, by itself or by another thread: its entry stays in the list until the last walk
// has passed it.
#include "guest/ntdll/exceptions/exceptions.h"

typedef struct Handler {
  struct Handler* next;
  struct Handler* previous;
  ULONG references;  // one for being in the list, one for each walk that stands on it
  BOOLEAN removed;
  PVECTORED_EXCEPTION_HANDLER function;
} Handler;

// A ring whose head is no handler.
static Handler exception_handlers = {.next = &exception_handlers, .previous = &exception_handlers};
static Handler continue_handlers = {.next = &continue_handlers, .previous = &continue_handlers};
static RTL_CRITICAL_SECTION lock = {.LockCount = -1};

static HANDLE heap(void) { return nt_pointer(nt_peb()->ProcessHeap); }

static void* add(Handler* list, ULONG first, PVECTORED_EXCEPTION_HANDLER function) {
  Handler* handler = RtlAllocateHeap(heap(), 0, sizeof *handler);
  if (!handler) return NULL;
  RtlEnterCriticalSection(&lock);
  Handler* after = first ? list : list->previous;
  *handler = (Handler){after->next, after, 1, FALSE, function};
  after->next->previous = handler;
  after->next = handler;
  RtlLeaveCriticalSection(&lock);
  return handler;
}

// With the lock held.
static void release(Handler* handler) {
  if (--handler->references) return;
  handler->previous->next = handler->next;
  handler->next->previous = handler->previous;
  RtlFreeHeap(heap(), 0, handler);
}

static ULONG remove(Handler* list, const void* handle) {
  RtlEnterCriticalSection(&lock);
  Handler* handler = list->next;
  while (handler != list && handler != handle) handler = handler->next;
  BOOLEAN found = handler != list && !handler->removed;
  if (found) {
    handler->removed = TRUE;
    release(handler);
  }
  RtlLeaveCriticalSection(&lock);
  return found;
}

// The handler behind `from`, which is left.
static Handler* step(Handler* list, Handler* from) {
  RtlEnterCriticalSection(&lock);
  Handler* to = from->next;
  while (to != list && to->removed) to = to->next;
  ++to->references;
  if (from != list) release(from);
  RtlLeaveCriticalSection(&lock);
  return to;
}

static void leave(Handler* list, Handler* handler) {
  if (handler == list) return;
  RtlEnterCriticalSection(&lock);
  release(handler);
  RtlLeaveCriticalSection(&lock);
}

static BOOLEAN ask(Handler* list, EXCEPTION_RECORD* record, CONTEXT* context) {
  if (list->next == list) return FALSE;
  EXCEPTION_POINTERS pointers = {record, context};
  Handler* handler = step(list, list);
  while (handler != list && handler->function(&pointers) != EXCEPTION_CONTINUE_EXECUTION) {
    handler = step(list, handler);
  }
  leave(list, handler);
  return handler != list;
}

BOOLEAN nt_ask_vectored_handlers(EXCEPTION_RECORD* record, CONTEXT* context) {
  return ask(&exception_handlers, record, context);
}
void nt_tell_continue_handlers(EXCEPTION_RECORD* record, CONTEXT* context) {
  ask(&continue_handlers, record, context);
}

void* NTAPI RtlAddVectoredExceptionHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER function) {
  return add(&exception_handlers, first, function);
}
ULONG NTAPI RtlRemoveVectoredExceptionHandler(void* handle) { return remove(&exception_handlers, handle); }
void* NTAPI RtlAddVectoredContinueHandler(ULONG first, PVECTORED_EXCEPTION_HANDLER function) {
  return add(&continue_handlers, first, function);
}
ULONG NTAPI RtlRemoveVectoredContinueHandler(void* handle) { return remove(&continue_handlers, handle); }
