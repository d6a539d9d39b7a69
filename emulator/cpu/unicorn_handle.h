// The Unicorn engine as a value that closes itself, with calls that cannot fail unless we are wrong. Private
// to this folder: the only files that see unicorn.h include it from here.
#pragma once

#include <unicorn/unicorn.h>

#include <cstdint>
#include <memory>

#include "emulator/cpu/registers.h"
#include "mm/base/check.h"
#include "mm/base/ports.h"

namespace emu {

class UnicornHandle {
 public:
  // An engine in own-MMU mode over `ram` at physical address 0, in flat ring 0, with exits enabled: without
  // them every start would retranslate the code at `until`.
  explicit UnicornHandle(mm::PhysicalMemory ram);

  // To be asked before one is made: where Unicorn finds no memory for what it translates, it ends the
  // program.
  static bool host_has_room();

  uc_engine* get() const { return engine_.get(); }

  // Some registers (the x87 pointers) are 64 bits wide even here.
  uint32_t read(int id) const {
    uint64_t value = 0;
    uc_reg_read(engine_.get(), id, &value);
    return static_cast<uint32_t>(value);
  }
  void write(int id, uint32_t value) const {
    const uint64_t wide = value;
    uc_reg_write(engine_.get(), id, &wide);
  }
  uint32_t eip() const { return read(UC_X86_REG_EIP); }

  Registers registers() const;
  // Segment registers are loaded only where the selector changes.
  void set_registers(const Registers& registers) const;
  FloatingState floating_state() const;
  void set_floating_state(const FloatingState& state) const;

  // Adds a hook over all addresses.
  template <class Function>
  uc_hook add_hook(int type, Function* callback, void* owner) const {
    uc_hook hook = 0;
    check(uc_hook_add(get(), &hook, type, reinterpret_cast<void*>(callback), owner, 1, 0));
    return hook;
  }
  template <class Function>
  void add_instruction_hook(Function* callback, void* owner, int instruction) const {
    uc_hook hook = 0;
    check(
        uc_hook_add(get(), &hook, UC_HOOK_INSN, reinterpret_cast<void*>(callback), owner, 1, 0, instruction));
  }
  void remove_hook(uc_hook hook) const { check(uc_hook_del(get(), hook)); }
  // Forgets all translated code; 14 us, and then everything is translated anew.
  void flush_code() const { check(uc_ctl_flush_tb(get())); }

  static void check(uc_err error) { MM_CHECK(error == UC_ERR_OK, uc_strerror(error)); }

 private:
  struct Close {
    void operator()(uc_engine* engine) const { uc_close(engine); }
  };
  std::unique_ptr<uc_engine, Close> engine_;
};

int unicorn_register(Register which);

}  // namespace emu
