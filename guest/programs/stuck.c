// Threads that wait for what will not happen, each for something else: Pagewalk says who waits, and for what.
#include <windows.h>

static HANDLE event, mutex, semaphore;
static SRWLOCK lock = SRWLOCK_INIT;

static DWORD WINAPI wait_for_all(void* unused) {
  HANDLE objects[] = {event, semaphore};
  (void)unused;
  return WaitForMultipleObjects(2, objects, TRUE, INFINITE);
}

static DWORD WINAPI wait_for_mutex(void* unused) {
  (void)unused;
  return WaitForSingleObject(mutex, INFINITE);
}

static DWORD WINAPI wait_for_lock(void* unused) {
  (void)unused;
  AcquireSRWLockExclusive(&lock);
  return 0;
}

static HANDLE start(LPTHREAD_START_ROUTINE routine, DWORD flags) {
  return CreateThread(NULL, 0, routine, NULL, flags, NULL);
}

int main(void) {
  event = CreateEventA(NULL, TRUE, FALSE, "never");
  mutex = CreateMutexA(NULL, TRUE, NULL);
  semaphore = CreateSemaphoreA(NULL, 1, 1, NULL);
  AcquireSRWLockExclusive(&lock);
  HANDLE waiting = start(wait_for_all, 0);
  start(wait_for_mutex, 0);
  start(wait_for_lock, 0);
  start(wait_for_mutex, CREATE_SUSPENDED);
  return (int)WaitForSingleObject(waiting, INFINITE);
}
