// The least that a program with Unicorn does: maps as much RAM as Pagewalk's machine has unless told
// otherwise, runs one instruction, ends. start_bench.cpp runs it.
#include <sys/mman.h>
#include <unicorn/unicorn.h>

#include <cstring>

int main() {
  constexpr size_t kRam = size_t{256} << 20;
  constexpr uint64_t kCode = 0x1000;
  void* ram = mmap(nullptr, kRam, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  uc_engine* uc = nullptr;
  if (ram == MAP_FAILED || uc_open(UC_ARCH_X86, UC_MODE_32, &uc) != UC_ERR_OK) return 1;
  if (uc_mem_map_ptr(uc, 0, kRam, UC_PROT_ALL, ram) != UC_ERR_OK) return 1;
  std::memset(static_cast<char*>(ram) + kCode, 0x90, 1);
  const uc_err error = uc_emu_start(uc, kCode, kCode + 1, 0, 0);
  uc_close(uc);
  return error == UC_ERR_OK ? 0 : 1;
}
