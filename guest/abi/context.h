// CONTEXT of 32-bit Windows: a thread's registers as programs see them (Microsoft, "CONTEXT structure
// (x86)").
#ifndef PAGEWALK_GUEST_ABI_CONTEXT_H
#define PAGEWALK_GUEST_ABI_CONTEXT_H

#include "guest/abi/structures.h"

// ContextFlags: which parts are meant. A part is meant when all its bits are set; 0x00010000 says i386.
#define PAGEWALK_CONTEXT_CONTROL 0x00010001u   // SS:ESP, CS:EIP, EFLAGS, EBP
#define PAGEWALK_CONTEXT_INTEGER 0x00010002u   // EAX, EBX, ECX, EDX, ESI, EDI
#define PAGEWALK_CONTEXT_SEGMENTS 0x00010004u  // DS, ES, FS, GS
#define PAGEWALK_CONTEXT_FLOATING_POINT 0x00010008u
#define PAGEWALK_CONTEXT_DEBUG_REGISTERS 0x00010010u
#define PAGEWALK_CONTEXT_EXTENDED_REGISTERS 0x00010020u  // an FXSAVE image
#define PAGEWALK_CONTEXT_ALL 0x0001003fu
// Who asks with REQUEST is told with REPORTING whether the thread is in an exception or in a service.
#define PAGEWALK_CONTEXT_EXCEPTION_ACTIVE 0x08000000u
#define PAGEWALK_CONTEXT_SERVICE_ACTIVE 0x10000000u
#define PAGEWALK_CONTEXT_EXCEPTION_REQUEST 0x40000000u
#define PAGEWALK_CONTEXT_EXCEPTION_REPORTING 0x80000000u

#ifdef __cplusplus
namespace abi {
#endif

typedef struct FloatingSaveArea {  // FLOATING_SAVE_AREA: an FNSAVE image (Intel SDM volume 1, 8.1.10) and a
                                   // word
  uint32_t ControlWord;
  uint32_t StatusWord;
  uint32_t TagWord;
  uint32_t ErrorOffset;
  uint32_t ErrorSelector;  // bits 16-26: the opcode
  uint32_t DataOffset;
  uint32_t DataSelector;
  uint8_t RegisterArea[80];  // ST(0) first
  uint32_t Spare0;
} FloatingSaveArea;

typedef struct Context {
  uint32_t ContextFlags;
  uint32_t Dr0, Dr1, Dr2, Dr3, Dr6, Dr7;
  FloatingSaveArea FloatSave;
  uint32_t SegGs, SegFs, SegEs, SegDs;
  uint32_t Edi, Esi, Ebx, Edx, Ecx, Eax;
  uint32_t Ebp, Eip, SegCs, EFlags, Esp, SegSs;
  uint8_t ExtendedRegisters[512];
} Context;
PAGEWALK_OFFSET(Context, FloatSave, 0x1c);
PAGEWALK_OFFSET(Context, SegGs, 0x8c);
PAGEWALK_OFFSET(Context, Edi, 0x9c);
PAGEWALK_OFFSET(Context, Ebp, 0xb4);
PAGEWALK_OFFSET(Context, ExtendedRegisters, 0xcc);

// A part of an extended context: where it begins, counted from the CONTEXT_EX, and how long it is.
typedef struct ContextChunk {
  int32_t Offset;
  uint32_t Length;
} ContextChunk;

// CONTEXT_EX: what lies behind the CONTEXT in an extended context (Microsoft, "Working with XState Context").
// There is no XSTATE here: its length is 0.
typedef struct ContextEx {
  ContextChunk All;
  ContextChunk Legacy;  // the CONTEXT
  ContextChunk XState;
} ContextEx;

// A CONTEXT as the kernel puts it on a thread's stack.
typedef struct ExtendedContext {
  Context context;
  ContextEx extension;
} ExtendedContext;
PAGEWALK_OFFSET(ExtendedContext, extension, 0x2cc);

// What ntdll's export KiUserExceptionDispatcher finds at ESP, with no return address above it. Neither
// KiUserExceptionDispatcher nor what it calls may return: the thread goes on by NtContinue, or by
// NtRaiseException with `first chance` false, which ends the process.
typedef struct UserExceptionFrame {
  GuestPointer Record;   // of `record` below
  GuestPointer Context;  // of `extended.context` below
  ExceptionRecord record;
  struct ExtendedContext extended;
} UserExceptionFrame;
PAGEWALK_OFFSET(UserExceptionFrame, extended, 0x58);

#ifdef __cplusplus
static_assert(sizeof(Context) == 0x2cc && sizeof(UserExceptionFrame) == 0x58 + 0x2cc + 0x18);
}  // namespace abi
#endif

#endif
