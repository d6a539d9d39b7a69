// Assembler text that says for debuggers what it does to the stack (DWARF 5, chapter 6.4; GNU as, "CFI
// directives"). A function stands between FRAME_BEGIN and FRAME_END. In the middle of it CFA, the canonical
// frame address, is the caller's ESP behind the return address; it is told from ESP up to ENTER_FRAME, from
// EBP behind it.
#pragma once

#define FRAME_BEGIN " .cfi_startproc\n"
#define FRAME_END " .cfi_endproc\n"

// While the CFA is told from ESP: a word put on the stack, or taken off, and a caller's register kept there.
#define PUSH(operand) " pushl " operand "\n .cfi_adjust_cfa_offset 4\n"
#define POP(operand) " popl " operand "\n .cfi_adjust_cfa_offset -4\n"
#define SAVE(reg) PUSH(reg) " .cfi_rel_offset " reg ", 0\n"
#define RESTORE(reg) POP(reg) " .cfi_restore " reg "\n"
#define DROP(bytes) " addl $" #bytes ", %esp\n .cfi_adjust_cfa_offset -" #bytes "\n"
#define TAKE(bytes) " subl $" #bytes ", %esp\n .cfi_adjust_cfa_offset " #bytes "\n"

// EBP is the caller's at [EBP].
#define ENTER_FRAME SAVE("%ebp") " movl %esp, %ebp\n .cfi_def_cfa_register %ebp\n"
#define LEAVE_FRAME " leave\n .cfi_def_cfa %esp, 4\n .cfi_restore %ebp\n"

// A register kept on the stack while the CFA is told from EBP; `offset` counts from the CFA.
#define SAVE_AT(reg, offset) " pushl " reg "\n .cfi_offset " reg ", " #offset "\n"

// The caller's register, by its number, is what memory holds at EDX + `offset` (DW_CFA_val_expression,
// DW_OP_breg2, DW_OP_deref).
#define KEPT_AT_EDX_PLUS(offset, number) " .cfi_escape 0x16, " #number ", 3, 0x72, " #offset ", 0x06\n"

// A function that the kernel entered: its caller is what was interrupted, whose registers are in a CONTEXT
// that lies at ESP + `offset`, at EDI, or where the word at ESP + `offset` points. The numbers are
// DW_CFA_expression (10h), DW_CFA_def_cfa_expression (0Fh), DW_OP_breg4 and 7 (74h, 77h), DW_OP_deref (6),
// DW_OP_plus_uconst (23h).
#define INTERRUPTED_AT_ESP_PLUS(offset) CONTEXT_RULES("3", "4", "0x74", #offset)
#define INTERRUPTED_AT_EDI CONTEXT_RULES("3", "4", "0x77", "0")
#define INTERRUPTED_AT_POINTER_IN_ESP_PLUS(offset) \
  CONTEXT_RULES("6", "7", "0x74, " #offset ", 0x06, 0x23", "0")

// `base` and the field's offset as a LEB128 of two bytes.
#define CONTEXT_FIELD(base, offset) "((" base " + " offset ") & 0x7f) | 0x80, (" base " + " offset ") >> 7"
#define CONTEXT_RULE(reg, size, where, base, offset) \
  " .cfi_escape 0x10, " reg ", " size ", " where ", " CONTEXT_FIELD(base, offset) "\n"
#define CONTEXT_RULES(size, cfa_size, where, base)                                                      \
  " .cfi_escape 0x0f, " cfa_size ", " where                                                             \
  ", " CONTEXT_FIELD(base, "0xc4") ", 0x06\n" CONTEXT_RULE("0", size, where, base, "0xb0")              \
      CONTEXT_RULE("1", size, where, base, "0xac") CONTEXT_RULE("2", size, where, base, "0xa8")         \
          CONTEXT_RULE("3", size, where, base, "0xa4") CONTEXT_RULE("5", size, where, base, "0xb4")     \
              CONTEXT_RULE("6", size, where, base, "0xa0") CONTEXT_RULE("7", size, where, base, "0x9c") \
                  CONTEXT_RULE("8", size, where, base, "0xb8")
