#include "tests/bench/flat_guest.h"

#include <unicorn/unicorn.h>

#include <cstdio>
#include <cstdlib>

#include "tests/bench/loops.h"

namespace bench {
namespace {

constexpr uint64_t kCodeBytes = 0x10000;

void check(uc_err error) {
  if (error == UC_ERR_OK) return;
  std::fprintf(stderr, "plain Unicorn: %s\n", uc_strerror(error));
  std::exit(1);
}

uc_engine* open_with_code() {
  uc_engine* uc = nullptr;
  check(uc_open(UC_ARCH_X86, UC_MODE_32, &uc));
  check(uc_ctl_exits_enable(uc));
  check(uc_mem_map(uc, kCode, kCodeBytes, UC_PROT_ALL));
  uc_hook hook;
  const auto stop = +[](uc_engine* engine, uint32_t, void*) { uc_emu_stop(engine); };
  check(uc_hook_add(uc, &hook, UC_HOOK_INTR, reinterpret_cast<void*>(stop), nullptr, 1, 0));
  return uc;
}

void run_loop(uc_engine* uc, const Loop& loop, uint32_t count) {
  check(uc_mem_write(uc, kCode, loop.code.data(), loop.code.size()));
  check(uc_reg_write(uc, UC_X86_REG_ECX, &count));
  check(uc_emu_start(uc, kCode, 0, 0, 0));
}

bool map_missing_page(uc_engine* uc, uc_mem_type, uint64_t address, int, int64_t, void*) {
  return uc_mem_map(uc, address & ~uint64_t{0xfff}, 0x1000, UC_PROT_READ | UC_PROT_WRITE) == UC_ERR_OK;
}

}  // namespace

FlatGuest::FlatGuest(DataMapping data) : uc_(open_with_code()) {
  const uint32_t rights =
      data == DataMapping::ReadWrite ? uint32_t{UC_PROT_READ | UC_PROT_WRITE} : uint32_t{UC_PROT_ALL};
  check(uc_mem_map(uc_, kData, kDataBytes, rights));
}

FlatGuest::~FlatGuest() { uc_close(uc_); }

void FlatGuest::run(const Loop& loop, uint32_t count) { run_loop(uc_, loop, count); }

HookedGuest::HookedGuest() : uc_(open_with_code()) {
  uc_hook hook;
  check(uc_hook_add(uc_, &hook, UC_HOOK_MEM_UNMAPPED, reinterpret_cast<void*>(map_missing_page), nullptr, 1,
                    0));
}

HookedGuest::~HookedGuest() { uc_close(uc_); }

void HookedGuest::run(const Loop& loop, uint32_t count) { run_loop(uc_, loop, count); }

}  // namespace bench
