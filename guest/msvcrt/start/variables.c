// Variables that msvcrt exports, and the functions that give their addresses.
#include "guest/msvcrt/msvcrt.h"
#include "guest/msvcrt/start/arguments.h"

#undef _fmode
#undef _commode
#undef __mb_cur_max
#undef _osver
#undef _winver
#undef _winmajor
#undef _winminor
#undef _osplatform
int _fmode, _commode;
int __mb_cur_max = 1;
unsigned int _osver = 0, _winver = 0x0a00, _winmajor = 10, _winminor = 0, _osplatform = 2;
double _HUGE = __builtin_inf();
int _adjust_fdiv;  // the processor divides correctly

int* __p__fmode(void);
int* __p__commode(void);
int* __p__fmode(void) { return &_fmode; }
int* __p__commode(void) { return &_commode; }

#define ADDRESS_OF(type, name, variable) \
  type* name(void);                      \
  type* name(void) { return &variable; }

ADDRESS_OF(char*, __p__acmdln, _acmdln)
ADDRESS_OF(wchar_t*, __p__wcmdln, _wcmdln)
ADDRESS_OF(int, __p___argc, __argc)
ADDRESS_OF(char**, __p___argv, __argv)
ADDRESS_OF(wchar_t**, __p___wargv, __wargv)
ADDRESS_OF(char**, __p___initenv, __initenv)
ADDRESS_OF(wchar_t**, __p___winitenv, __winitenv)
ADDRESS_OF(char**, __p__environ, _environ)
ADDRESS_OF(wchar_t**, __p__wenviron, _wenviron)
ADDRESS_OF(char*, __p__pgmptr, _pgmptr)
ADDRESS_OF(wchar_t*, __p__wpgmptr, _wpgmptr)
ADDRESS_OF(int, __p___mb_cur_max, __mb_cur_max)
ADDRESS_OF(unsigned int, __p__osver, _osver)
ADDRESS_OF(unsigned int, __p__winver, _winver)
ADDRESS_OF(unsigned int, __p__winmajor, _winmajor)
ADDRESS_OF(unsigned int, __p__winminor, _winminor)

static int application_type;
void __set_app_type(int type);
void __set_app_type(int type) { application_type = type; }

typedef int(__cdecl* MathHandler)(void*);  // struct _exception*
static MathHandler math_handler;
void __setusermatherr(MathHandler handler);
void __setusermatherr(MathHandler handler) { math_handler = handler; }

typedef void(__cdecl* InvalidParameterHandler)(const wchar_t*, const wchar_t*, const wchar_t*, unsigned,
                                               uintptr_t);
static InvalidParameterHandler invalid_parameter_handler;

InvalidParameterHandler _set_invalid_parameter_handler(InvalidParameterHandler handler) {
  InvalidParameterHandler old = invalid_parameter_handler;
  invalid_parameter_handler = handler;
  return old;
}

int _set_error_mode(int mode) {
  static int current;
  int old = current;
  if (mode != 3) current = mode;  // 3 only asks
  return old;
}

int _set_new_mode(int mode);
int _set_new_mode(int mode) {
  static int current;
  int old = current;
  current = mode;
  return old;
}
