// The system services: one list for the host's service table and the guest's entries. A service is called
// with `int 0x2e`, EAX = number, EDX = address of the first argument on the user stack; arguments are 32-bit
// words; EAX = NTSTATUS on return. Names and arguments are those of Windows' Nt family, except Pw..., which
// are ours.
#ifndef PAGEWALK_GUEST_ABI_SERVICES_H
#define PAGEWALK_GUEST_ABI_SERVICES_H

// X(number, name, argument words)
#define PAGEWALK_SERVICES(X)                                                                                 \
  X(0x00, NtAllocateVirtualMemory, 6)   /* process, base*, zero bits, size*, type, protection */             \
  X(0x01, NtFreeVirtualMemory, 4)       /* process, base*, size*, type */                                    \
  X(0x02, NtProtectVirtualMemory, 5)    /* process, base*, size*, protection, old* */                        \
  X(0x03, NtQueryVirtualMemory, 6)      /* process, address, class, buffer, length, returned* */             \
  X(0x04, NtTerminateProcess, 2)        /* process, exit status */                                           \
  X(0x05, NtQuerySystemInformation, 4)  /* class, buffer, length, returned* */                               \
  X(0x06, NtQueryPerformanceCounter, 2) /* counter*, frequency* */                                           \
  X(0x07, NtQuerySystemTime, 1)         /* time*: 100 ns since 1601 */                                       \
  X(0x08, NtDelayExecution, 2)          /* alertable, interval*: 100 ns, negative = relative */              \
  X(0x09, NtYieldExecution, 0)                                                                               \
  X(0x0a, NtReadFile, 9)  /* file, event, apc, apc context, io status*, buffer, length, offset*, key* */     \
  X(0x0b, NtWriteFile, 9) /* the same */                                                                     \
  X(0x0c, NtClose, 1)     /* handle */                                                                       \
  X(0x0d, NtRaiseException, 3)          /* record*, context*, first chance */                                \
  X(0x0e, NtQueryInformationProcess, 5) /* process, class, buffer, length, returned* */                      \
  X(0x0f, PwMapImage, 3)           /* ANSI file name*, base** (out), flags; maps a DLL, not yet relocated */ \
  X(0x10, PwReportLoadFailure, 3)  /* status, module name*, import name* (or ordinal); ends the process */   \
  X(0x11, NtGetTickCount, 0)       /* EAX = milliseconds since start */                                      \
  X(0x12, NtUnmapViewOfSection, 2) /* process, base: what PwMapImage mapped there */                         \
  X(0x13, NtContinue, 2)           /* context*, alertable */                                                 \
  X(0x14, NtGetContextThread, 2)   /* thread, context* */                                                    \
  X(0x15, NtSetContextThread, 2)   /* thread, context* */                                                    \
  X(0x20, NtDuplicateObject, 7)    /* process, handle, process, handle**, access, attributes, options */     \
  X(0x21, NtQueryObject, 5)        /* handle, class, buffer, length, returned* */                            \
  X(0x22, NtWaitForSingleObject, 3)          /* handle, alertable, time-out* */                              \
  X(0x23, NtWaitForMultipleObjects, 5)       /* count, handles*, any, alertable, time-out* */                \
  X(0x24, NtSignalAndWaitForSingleObject, 4) /* to signal, to wait for, alertable, time-out* */              \
  X(0x25, NtCreateEvent, 5)                  /* handle*, access, attributes*, auto-reset, set */             \
  X(0x26, NtOpenEvent, 3)                    /* handle*, access, attributes* */                              \
  X(0x27, NtSetEvent, 2)                     /* handle, previous state* */                                   \
  X(0x28, NtResetEvent, 2)                   /* the same */                                                  \
  X(0x29, NtPulseEvent, 2)                   /* the same */                                                  \
  X(0x2a, NtClearEvent, 1)                   /* handle */                                                    \
  X(0x2b, NtQueryEvent, 5)                   /* handle, class, buffer, length, returned* */                  \
  X(0x2c, NtCreateMutant, 4)                 /* handle*, access, attributes*, owned */                       \
  X(0x2d, NtOpenMutant, 3)                   /* handle*, access, attributes* */                              \
  X(0x2e, NtReleaseMutant, 2)                /* handle, previous count* */                                   \
  X(0x2f, NtQueryMutant, 5)                  /* handle, class, buffer, length, returned* */                  \
  X(0x30, NtCreateSemaphore, 5)              /* handle*, access, attributes*, count, limit */                \
  X(0x31, NtOpenSemaphore, 3)                /* handle*, access, attributes* */                              \
  X(0x32, NtReleaseSemaphore, 3)             /* handle, count, previous count* */                            \
  X(0x33, NtQuerySemaphore, 5)               /* handle, class, buffer, length, returned* */                  \
  X(0x34, NtCreateThreadEx, 11) /* handle*, access, attributes*, process, start, argument, flags, zero bits, \
                                   commit, reserve, attribute list* */                                       \
  X(0x35, NtTerminateThread, 2) /* thread, exit status; handle 0: the caller */                              \
  X(0x36, NtSuspendThread, 2)   /* thread, previous count* */                                                \
  X(0x37, NtResumeThread, 2)    /* the same */                                                               \
  X(0x38, NtOpenThread, 4)      /* handle*, access, attributes*, client id* */                               \
  X(0x39, NtQueryInformationThread, 5) /* thread, class, buffer, length, returned* */                        \
  X(0x3a, NtSetInformationThread, 4)   /* thread, class, buffer, length */                                   \
  X(0x3b, NtQueueApcThread, 5)         /* thread, routine, three arguments */                                \
  X(0x3c, NtTestAlert, 0)                                                                                    \
  X(0x3d, NtAlertThread, 1)            /* thread */                                                          \
  X(0x3e, NtAlertResumeThread, 2)      /* thread, previous count* */                                         \
  X(0x3f, NtAlertThreadByThreadId, 1)  /* thread id */                                                       \
  X(0x40, NtWaitForAlertByThreadId, 2) /* address (a name for people), time-out* */                          \
  X(0x41, NtSetInformationObject, 4)   /* handle, class, buffer, length */                                   \
  X(0x42, NtSetInformationProcess, 4)  /* process, class, buffer, length */                                  \
  X(0x48, NtCreateTimer, 4)            /* handle*, access, attributes*, auto-reset */                        \
  X(0x49, NtOpenTimer, 3)              /* handle*, access, attributes* */                                    \
  X(0x4a, NtSetTimer, 7)    /* handle, due time*, routine, context, resume, period in ms, previous state* */ \
  X(0x4b, NtCancelTimer, 2) /* handle, state* */                                                             \
  X(0x4c, NtQueryTimer, 5)  /* handle, class, buffer, length, returned* */                                   \
  X(0x50, NtOpenProcess, 4) /* handle*, access, attributes*, client id* */                                   \
  X(0x51, NtReadVirtualMemory, 5)  /* process, address, buffer, length, read* */                             \
  X(0x52, NtWriteVirtualMemory, 5) /* process, address, buffer, length, written* */                          \
  X(0x53, NtCreateUserProcess, 11) /* process*, thread*, accesses, attributes, flags, parameters*, ... */    \
  X(0x54, PwTranslateAddress, 3)   /* process, address, AddressTranslation* */                               \
  X(0x55, PwListThreads, 3)        /* TEB*s of the caller's process (out), room, how many* */                \
  X(0x60, NtCreateFile, 11) /* handle*, access, attributes*, io status*, size*, file attributes, ... */      \
  X(0x61, NtOpenFile, 6)    /* handle*, access, attributes*, io status*, share, options */                   \
  X(0x62, NtQueryInformationFile, 5) /* file, io status*, buffer, length, class */                           \
  X(0x63, NtSetInformationFile, 5)   /* the same */                                                          \
  X(0x64, NtQueryDirectoryFile,                                                                              \
    11) /* directory, event, apc, context, io status*, buffer, length, class, ... */                         \
  X(0x65, NtQueryAttributesFile, 2)        /* attributes*, FILE_BASIC_INFORMATION* */                        \
  X(0x66, NtQueryFullAttributesFile, 2)    /* attributes*, FILE_NETWORK_OPEN_INFORMATION* */                 \
  X(0x67, NtFlushBuffersFile, 2)           /* file, io status* */                                            \
  X(0x68, NtQueryVolumeInformationFile, 5) /* file, io status*, buffer, length, class */                     \
  X(0x69, NtDeleteFile, 1)                 /* attributes* */                                                 \
  X(0x6a, PwCreatePipe, 4)                 /* reading handle*, writing handle*, attributes*, capacity */     \
  X(0x6b, NtFsControlFile, 10)             /* file, event, apc, context, io status*, code, input*, ... */

#define PAGEWALK_SERVICE_INTERRUPT 0x2e

#ifndef __ASSEMBLER__
enum PagewalkService {
#define PAGEWALK_ENUMERATE(number, name, words) PagewalkService_##name = number,
  PAGEWALK_SERVICES(PAGEWALK_ENUMERATE)
#undef PAGEWALK_ENUMERATE
};
#endif

#endif
