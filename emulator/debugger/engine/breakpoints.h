// The numbered list of places where the guest halts: at code, at an access to data, at a service, at a page
// fault.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "emulator/debugger/engine/halt.h"
#include "mm/base/fault.h"
#include "mm/base/types.h"
#include "mm/inspect/access_forecast.h"

namespace emu::debugger {

// Kinds of fault, as a set.
struct FaultKinds {
  uint32_t bits = 0;
  bool page_tables = false;  // only faults for which a page table is made first

  static constexpr FaultKinds all() { return {~0u, false}; }
  static constexpr FaultKinds of(mm::FaultKind kind) { return {1u << static_cast<unsigned>(kind), false}; }
  // A fault that waits is met once: before its page is read, and not again when the page has come. What waits
  // for a page that is on its way already is met when the access is made again.
  bool holds(const mm::AccessForecast& forecast) const {
    if (forecast.arrived || forecast.outcome == mm::AccessForecast::Outcome::Waits) return false;
    const bool kind = (bits >> static_cast<unsigned>(forecast.fault) & 1) != 0;
    return kind && (!page_tables || forecast.page_table == mm::PageTableNeed::WouldBeMade);
  }
};

struct Breakpoint {
  enum class Kind : uint8_t { Code, Data, Service, Fault };
  enum class Space : uint8_t { Virtual, Physical };
  enum class State : uint8_t { Enabled, Disabled };
  // How the place of a breakpoint at code is known. ByName: `text` tells the address, which is looked up
  // again when its module comes again. Unresolved: the module is not there, and nothing halts.
  enum class Place : uint8_t { Address, ByName, Unresolved };
  enum class Lasts : uint8_t { ForEver, Once };

  Kind kind = Kind::Code;
  State state = State::Enabled;
  Lasts lasts = Lasts::ForEver;
  Place place = Place::Address;
  uint32_t process = 0;  // its id; 0: any
  uint32_t thread = 0;   // its id; 0: any
  // The address of a breakpoint at code, or the first of its addresses; the first byte of the range that a
  // breakpoint on data or on faults is about; a physical address when it is Physical.
  uint64_t address = 0;
  std::vector<uint32_t> further{};  // Code: it halts there too, since its function was inlined
  uint64_t size = 1;                // Data and Fault; Fault: 0 means everywhere
  Space space = Space::Virtual;
  bool on_read = false, on_write = false, on_execute = false;  // Data
  std::optional<uint32_t> service{};                           // Service; none: any
  FaultKinds faults{};                                         // Fault
  uint32_t passes = 1;                                         // it halts when it is met for this time
  uint32_t hits = 0;
  std::string commands{};  // run by the front end when it halts there
  std::string text{};      // how the user wrote the place

  bool enabled() const { return state == State::Enabled && place != Place::Unresolved; }
  // Tells whether it is about this process and thread (null: an access on no thread's behalf).
  bool concerns(const Process& where, const Thread* who) const;
  bool holds(uint64_t at) const { return at - address < size; }
  // Returns all addresses of a breakpoint at code.
  std::vector<uint32_t> places() const;
  bool is_at(uint32_t eip) const;
};

class Breakpoints {
 public:
  // Adds a breakpoint and returns its number: the lowest that is free, or `number`, whose breakpoint it then
  // replaces.
  uint32_t add(Breakpoint breakpoint, std::optional<uint32_t> number = {});
  bool remove(uint32_t number);
  void clear() {
    list_.clear();
    ++version_;
  }
  Breakpoint* find(uint32_t number);
  const std::map<uint32_t, Breakpoint>& all() const { return list_; }

  void set_state(Breakpoint& breakpoint, Breakpoint::State state) {
    breakpoint.state = state;
    ++version_;
  }
  // resolve() says that the breakpoint's module has come (Unresolved becomes ByName), forget_place() that it
  // has gone again.
  void resolve(uint32_t number, const std::vector<uint32_t>& places);
  void forget_place(uint32_t number);
  uint64_t version() const { return version_; }  // changes with the list

  // Counts that the breakpoint was met, and returns it when the guest is to halt there now. One that halts
  // only once is gone after that.
  std::optional<Breakpoint> meet(uint32_t number);

  std::vector<mm::VirtualAddress> code_addresses() const;
  bool any(Breakpoint::Kind kind) const;

 private:
  std::map<uint32_t, Breakpoint> list_;
  uint64_t version_ = 0;
};

}  // namespace emu::debugger
