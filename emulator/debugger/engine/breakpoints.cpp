#include "emulator/debugger/engine/breakpoints.h"

#include <algorithm>
#include <utility>

#include "emulator/kernel/processes/process.h"
#include "emulator/kernel/processes/thread.h"

namespace emu::debugger {

bool Breakpoint::concerns(const Process& where, const Thread* who) const {
  if (process != 0 && process != where.id()) return false;
  return thread == 0 || (who != nullptr && thread == who->id());
}

std::vector<uint32_t> Breakpoint::places() const {
  std::vector<uint32_t> all{static_cast<uint32_t>(address)};
  all.insert(all.end(), further.begin(), further.end());
  return all;
}

bool Breakpoint::is_at(uint32_t eip) const {
  return address == eip || std::find(further.begin(), further.end(), eip) != further.end();
}

uint32_t Breakpoints::add(Breakpoint breakpoint, std::optional<uint32_t> number) {
  uint32_t chosen = number.value_or(0);
  while (!number && list_.contains(chosen)) ++chosen;
  list_.insert_or_assign(chosen, std::move(breakpoint));
  ++version_;
  return chosen;
}

bool Breakpoints::remove(uint32_t number) {
  ++version_;
  return list_.erase(number) != 0;
}

Breakpoint* Breakpoints::find(uint32_t number) {
  const auto found = list_.find(number);
  return found != list_.end() ? &found->second : nullptr;
}

void Breakpoints::resolve(uint32_t number, const std::vector<uint32_t>& places) {
  Breakpoint& breakpoint = list_.at(number);
  breakpoint.place = Breakpoint::Place::ByName;
  breakpoint.address = places.front();
  breakpoint.further.assign(places.begin() + 1, places.end());
  ++version_;
}

void Breakpoints::forget_place(uint32_t number) {
  Breakpoint& breakpoint = list_.at(number);
  breakpoint.place = Breakpoint::Place::Unresolved;
  breakpoint.address = 0;
  breakpoint.further.clear();
  ++version_;
}

std::optional<Breakpoint> Breakpoints::meet(uint32_t number) {
  Breakpoint& breakpoint = list_.at(number);
  ++breakpoint.hits;
  if (breakpoint.passes > 1) {
    --breakpoint.passes;
    return std::nullopt;
  }
  const Breakpoint met = breakpoint;
  if (met.lasts == Breakpoint::Lasts::Once) remove(number);
  return met;
}

std::vector<mm::VirtualAddress> Breakpoints::code_addresses() const {
  std::vector<mm::VirtualAddress> addresses;
  for (const auto& [number, breakpoint] : list_)
    if (breakpoint.kind == Breakpoint::Kind::Code && breakpoint.enabled())
      for (const uint32_t place : breakpoint.places()) addresses.push_back({place});
  return addresses;
}

bool Breakpoints::any(Breakpoint::Kind kind) const {
  return std::any_of(list_.begin(), list_.end(),
                     [&](const auto& entry) { return entry.second.kind == kind && entry.second.enabled(); });
}

}  // namespace emu::debugger
