#include <fmt/core.h>

#include "emulator/debugger/text/halt_text.h"
#include "guest/abi/services.h"

namespace emu::debugger {
namespace {

struct Service {
  uint32_t number;
  std::string_view name;
};

constexpr Service kServices[] = {
#define PAGEWALK_NAME(number, name, words) {number, #name},
    PAGEWALK_SERVICES(PAGEWALK_NAME)
#undef PAGEWALK_NAME
};

}  // namespace

std::string service_name(uint32_t number) {
  for (const Service& service : kServices)
    if (service.number == number) return std::string(service.name);
  return fmt::format("service {:#x}", number);
}

std::optional<uint32_t> service_number(std::string_view name) {
  const std::string wanted = lower_case(name);
  for (const Service& service : kServices)
    if (lower_case(service.name) == wanted) return service.number;
  return std::nullopt;
}

}  // namespace emu::debugger
