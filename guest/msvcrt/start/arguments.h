// The program's arguments and environment, and the variables that msvcrt exports for them.
#ifndef PAGEWALK_GUEST_MSVCRT_START_ARGUMENTS_H
#define PAGEWALK_GUEST_MSVCRT_START_ARGUMENTS_H

#include <stdlib.h>

// MinGW's headers make these stand for imports.
#undef _acmdln
#undef _wcmdln
#undef __argc
#undef __argv
#undef __wargv
#undef _pgmptr
#undef _wpgmptr
#undef _environ
#undef _wenviron
#undef __initenv
#undef __winitenv

extern char* _acmdln;
extern wchar_t* _wcmdln;
extern int __argc;
extern char** __argv;
extern wchar_t** __wargv;
extern char* _pgmptr;
extern wchar_t* _wpgmptr;
extern char** _environ;
extern wchar_t** _wenviron;
extern char** __initenv;
extern wchar_t** __winitenv;

int crt_read_environment(void);        // fills _environ; 0 without memory
wchar_t** crt_wide_environment(void);  // fills _wenviron once

#endif
