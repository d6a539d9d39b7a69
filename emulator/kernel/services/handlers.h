// Every service and what it uses, by the file that has its definition; its number and its arguments are in
// guest/abi/services.h. A service without a definition does not link.
#pragma once

#include "emulator/kernel/services/service_parts.h"

namespace emu::services {

// apc_services.cpp
ServiceResult NtQueueApcThread(ServiceCall& call, Waits& waits);
ServiceResult NtTestAlert(ServiceCall& call);
ServiceResult NtAlertThread(ServiceCall& call, Waits& waits);
ServiceResult NtAlertResumeThread(ServiceCall& call, Threads& threads, Waits& waits);
ServiceResult NtAlertThreadByThreadId(ServiceCall& call, Threads& threads, Waits& waits);
ServiceResult NtWaitForAlertByThreadId(ServiceCall& call, Clock& clock, Waits& waits);

// context_services.cpp
ServiceResult NtContinue(ServiceCall& call, Clock& clock, ThreadContexts& contexts);
ServiceResult NtGetContextThread(ServiceCall& call, ThreadContexts& contexts);
ServiceResult NtSetContextThread(ServiceCall& call, ThreadContexts& contexts);

// directory_services.cpp
ServiceResult NtQueryDirectoryFile(ServiceCall& call);

// event_services.cpp
ServiceResult NtCreateEvent(ServiceCall& call, ObjectManager& objects);
ServiceResult NtOpenEvent(ServiceCall& call, ObjectManager& objects);
ServiceResult NtSetEvent(ServiceCall& call, Waits& waits);
ServiceResult NtResetEvent(ServiceCall& call, Waits& waits);
ServiceResult NtPulseEvent(ServiceCall& call, Waits& waits);
ServiceResult NtClearEvent(ServiceCall& call);
ServiceResult NtQueryEvent(ServiceCall& call);

// exception_services.cpp
ServiceResult NtRaiseException(ServiceCall& call, ThreadContexts& contexts);

// file_information_services.cpp
ServiceResult NtQueryInformationFile(ServiceCall& call);
ServiceResult NtSetInformationFile(ServiceCall& call);
ServiceResult NtQueryVolumeInformationFile(ServiceCall& call, Volume& volume);
ServiceResult NtFlushBuffersFile(ServiceCall& call);

// file_open_services.cpp
ServiceResult NtCreateFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume);
ServiceResult NtOpenFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume);
ServiceResult NtDeleteFile(ServiceCall& call, Console& console, ObjectManager& objects, Volume& volume);
ServiceResult NtQueryAttributesFile(ServiceCall& call, Volume& volume);
ServiceResult NtQueryFullAttributesFile(ServiceCall& call, Volume& volume);

// file_services.cpp
ServiceResult NtWriteFile(ServiceCall& call, Waits& waits);
ServiceResult NtReadFile(ServiceCall& call, Waits& waits);

// information_services.cpp
ServiceResult NtQuerySystemInformation(ServiceCall& call, const Board& board, mm::MemoryManager& memory);
ServiceResult NtQueryInformationProcess(ServiceCall& call, Processes& processes, ProcessorTimeAccount& times);
ServiceResult NtSetInformationProcess(ServiceCall& call, Processes& processes, Threads& threads);

// memory_services.cpp
ServiceResult NtAllocateVirtualMemory(ServiceCall& call, mm::MemoryManager& memory);
ServiceResult NtFreeVirtualMemory(ServiceCall& call, mm::MemoryManager& memory);
ServiceResult NtProtectVirtualMemory(ServiceCall& call, mm::MemoryManager& memory);
ServiceResult NtQueryVirtualMemory(ServiceCall& call, mm::MemoryManager& memory);

// mutant_services.cpp
ServiceResult NtCreateMutant(ServiceCall& call, ObjectManager& objects);
ServiceResult NtOpenMutant(ServiceCall& call, ObjectManager& objects);
ServiceResult NtReleaseMutant(ServiceCall& call, Waits& waits);
ServiceResult NtQueryMutant(ServiceCall& call);

// object_services.cpp
ServiceResult NtClose(ServiceCall& call);
ServiceResult NtDuplicateObject(ServiceCall& call);
ServiceResult NtQueryObject(ServiceCall& call);
ServiceResult NtSetInformationObject(ServiceCall& call);

// pipe_services.cpp
ServiceResult PwCreatePipe(ServiceCall& call, ObjectManager& objects, PipeListener& pipes);
ServiceResult NtFsControlFile(ServiceCall& call);

// process_creation_services.cpp
ServiceResult NtCreateUserProcess(ServiceCall& call, Processes& processes, Threads& threads);
ServiceResult NtOpenProcess(ServiceCall& call, Processes& processes);

// process_memory_services.cpp
ServiceResult NtReadVirtualMemory(ServiceCall& call, const Board& board, FaultPath& faults);
ServiceResult NtWriteVirtualMemory(ServiceCall& call, const Board& board, FaultPath& faults);
ServiceResult PwTranslateAddress(ServiceCall& call, const Board& board);

// process_services.cpp
ServiceResult NtTerminateProcess(ServiceCall& call, Processes& processes, Threads& threads);
ServiceResult PwMapImage(ServiceCall& call, Processes& processes);
ServiceResult NtUnmapViewOfSection(ServiceCall& call, LifeListeners& lives, mm::MemoryManager& memory);
ServiceResult PwReportLoadFailure(ServiceCall& call, LifeListeners& lives);

// semaphore_services.cpp
ServiceResult NtCreateSemaphore(ServiceCall& call, ObjectManager& objects);
ServiceResult NtOpenSemaphore(ServiceCall& call, ObjectManager& objects);
ServiceResult NtReleaseSemaphore(ServiceCall& call, Waits& waits);
ServiceResult NtQuerySemaphore(ServiceCall& call);

// thread_information_services.cpp
ServiceResult NtQueryInformationThread(ServiceCall& call, ProcessorTimeAccount& times);
ServiceResult NtSetInformationThread(ServiceCall& call, Clock& clock, Scheduler& scheduler, Threads& threads);

// thread_services.cpp
ServiceResult NtCreateThreadEx(ServiceCall& call, Threads& threads, UserThreads& user_threads);
ServiceResult NtTerminateThread(ServiceCall& call, Processes& processes);
ServiceResult NtSuspendThread(ServiceCall& call, Threads& threads);
ServiceResult NtResumeThread(ServiceCall& call, Threads& threads);
ServiceResult NtOpenThread(ServiceCall& call, Threads& threads);
ServiceResult PwListThreads(ServiceCall& call, Threads& threads);

// time_services.cpp
ServiceResult NtQueryPerformanceCounter(ServiceCall& call, Clock& clock);
ServiceResult NtQuerySystemTime(ServiceCall& call, Clock& clock);
ServiceResult NtGetTickCount(ServiceCall& call, Clock& clock);
ServiceResult NtDelayExecution(ServiceCall& call, Clock& clock, Scheduler& scheduler, Waits& waits);
ServiceResult NtYieldExecution(ServiceCall& call, Clock& clock, Scheduler& scheduler);

// timer_services.cpp
ServiceResult NtCreateTimer(ServiceCall& call, ObjectManager& objects);
ServiceResult NtOpenTimer(ServiceCall& call, ObjectManager& objects);
ServiceResult NtSetTimer(ServiceCall& call, Clock& clock, Waits& waits);
ServiceResult NtCancelTimer(ServiceCall& call, Waits& waits);
ServiceResult NtQueryTimer(ServiceCall& call, Clock& clock, Waits& waits);

// wait_services.cpp
ServiceResult NtWaitForSingleObject(ServiceCall& call, Clock& clock, Waits& waits);
ServiceResult NtWaitForMultipleObjects(ServiceCall& call, Clock& clock, Waits& waits);
ServiceResult NtSignalAndWaitForSingleObject(ServiceCall& call, Clock& clock, Waits& waits);

}  // namespace emu::services
