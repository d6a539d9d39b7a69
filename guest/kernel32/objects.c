// Semaphores, events and mutexes within the process. With one thread nobody else can signal: a wait that
// cannot be satisfied yields until its time is over ("Synchronization Objects", Microsoft).
#include "guest/kernel32/kernel32.h"

enum { kObjects = 256, kFirstHandle = 0x10000 };  // above what the host gives out

typedef enum ObjectKind { kFreeObject, kSemaphore, kAutoEvent, kManualEvent, kMutex } ObjectKind;

typedef struct Object {
  ObjectKind kind;
  LONG count;  // semaphore: what is left; event: 1 when set; mutex: 0 when free, else the owner's recursion
  LONG limit;
  DWORD owner;
} Object;

static Object objects[kObjects];

static HANDLE create(ObjectKind kind, LONG count, LONG limit) {
  for (ULONG i = 0; i < kObjects; ++i) {
    if (objects[i].kind != kFreeObject) continue;
    objects[i] = (Object){kind, count, limit, kind == kMutex && count ? GetCurrentThreadId() : 0};
    k32_fail(ERROR_SUCCESS);
    return (HANDLE)(kFirstHandle + 4 * i);
  }
  k32_fail(ERROR_NOT_ENOUGH_MEMORY);
  return NULL;
}

static Object* object_of(HANDLE handle) {
  ULONG index = ((ULONG)handle - kFirstHandle) / 4;
  if (index < kObjects && objects[index].kind != kFreeObject) return &objects[index];
  k32_fail(ERROR_INVALID_HANDLE);
  return NULL;
}

BOOL k32_close_object(HANDLE handle) {
  ULONG index = ((ULONG)handle - kFirstHandle) / 4;
  if (index >= kObjects || objects[index].kind == kFreeObject) return FALSE;
  objects[index].kind = kFreeObject;
  return TRUE;
}

HANDLE WINAPI CreateSemaphoreW(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCWSTR name) {
  (void)security, (void)name;
  if (limit > 0 && count >= 0 && count <= limit) return create(kSemaphore, count, limit);
  k32_fail(ERROR_INVALID_PARAMETER);
  return NULL;
}
HANDLE WINAPI CreateSemaphoreA(LPSECURITY_ATTRIBUTES security, LONG count, LONG limit, LPCSTR name) {
  (void)name;
  return CreateSemaphoreW(security, count, limit, NULL);
}
HANDLE WINAPI CreateEventW(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCWSTR name) {
  (void)security, (void)name;
  return create(manual ? kManualEvent : kAutoEvent, set != 0, 1);
}
HANDLE WINAPI CreateEventA(LPSECURITY_ATTRIBUTES security, BOOL manual, BOOL set, LPCSTR name) {
  (void)name;
  return CreateEventW(security, manual, set, NULL);
}
HANDLE WINAPI CreateMutexW(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCWSTR name) {
  (void)security, (void)name;
  return create(kMutex, owned != 0, 0);
}
HANDLE WINAPI CreateMutexA(LPSECURITY_ATTRIBUTES security, BOOL owned, LPCSTR name) {
  (void)name;
  return CreateMutexW(security, owned, NULL);
}

BOOL WINAPI ReleaseSemaphore(HANDLE handle, LONG count, LPLONG previous) {
  Object* object = object_of(handle);
  if (!object) return FALSE;
  if (count <= 0) return k32_fail(ERROR_INVALID_PARAMETER);
  if (object->limit - object->count < count) return k32_fail(ERROR_TOO_MANY_POSTS);
  if (previous) *previous = object->count;
  object->count += count;
  return TRUE;
}

BOOL WINAPI SetEvent(HANDLE handle) {
  Object* object = object_of(handle);
  if (object) object->count = 1;
  return object != NULL;
}

BOOL WINAPI ResetEvent(HANDLE handle) {
  Object* object = object_of(handle);
  if (object) object->count = 0;
  return object != NULL;
}

BOOL WINAPI ReleaseMutex(HANDLE handle) {
  Object* object = object_of(handle);
  if (!object) return FALSE;
  if (object->count == 0 || object->owner != GetCurrentThreadId()) return k32_fail(ERROR_NOT_OWNER);
  --object->count;
  return TRUE;
}

static BOOL take_mutex(Object* object) {
  if (object->count && object->owner != GetCurrentThreadId()) return FALSE;
  object->owner = GetCurrentThreadId();
  ++object->count;
  return TRUE;
}

static BOOL take(Object* object) {
  if (object->kind == kMutex) return take_mutex(object);
  if (object->count == 0) return FALSE;
  if (object->kind != kManualEvent) --object->count;
  return TRUE;
}

DWORD WINAPI WaitForSingleObjectEx(HANDLE handle, DWORD milliseconds, BOOL alertable) {
  Object* object = object_of(handle);
  (void)alertable;
  if (!object) return WAIT_FAILED;
  DWORD start = GetTickCount();
  while (!take(object)) {
    if (milliseconds != INFINITE && GetTickCount() - start >= milliseconds) return WAIT_TIMEOUT;
    Sleep(milliseconds == 0 ? 0 : 1);
  }
  return WAIT_OBJECT_0;
}

DWORD WINAPI WaitForSingleObject(HANDLE handle, DWORD milliseconds) {
  return WaitForSingleObjectEx(handle, milliseconds, FALSE);
}
