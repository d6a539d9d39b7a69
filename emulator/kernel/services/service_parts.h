// The parts of the kernel that services can use, and how each service gets those that it uses and no others.
//
// A service states them as parameters behind its call:
//
//   ServiceResult NtSetEvent(ServiceCall& call, Waits& waits);
//
// kServiceEntry<NtSetEvent> is a plain function that picks them from ServiceParts by their types and calls
// it, so that a table of such entries serves all services alike. A part that is not listed here does not
// compile.
#pragma once

#include <tuple>

#include "emulator/kernel/services/service_call.h"

namespace mm {
class MemoryManager;
}

namespace emu {

class Board;
class Clock;
class Console;
class FaultPath;
class Kernel;
class LifeListener;
class ObjectManager;
class PipeListener;
class Processes;
class ProcessorTimeAccount;
class Scheduler;
class ThreadContexts;
class Threads;
class UserThreads;
class Volume;
class Waits;
template <class Listener>
class ListenerList;
using LifeListeners = ListenerList<LifeListener>;

using ServiceParts =
    std::tuple<const Board&, Clock&, Console&, FaultPath&, LifeListeners&, mm::MemoryManager&, ObjectManager&,
               PipeListener&, Processes&, ProcessorTimeAccount&, Scheduler&, ThreadContexts&, Threads&,
               UserThreads&, Volume&, Waits&>;

// Returns the parts of a kernel that is complete; they stay where they are as long as it lives.
ServiceParts service_parts(Kernel& kernel);

using ServiceEntry = ServiceResult (*)(ServiceCall&, const ServiceParts&);

template <auto kHandler>
struct ServiceEntryOf;
template <class... Parts, ServiceResult (*kHandler)(ServiceCall&, Parts&...)>
struct ServiceEntryOf<kHandler> {
  static ServiceResult enter(ServiceCall& call, [[maybe_unused]] const ServiceParts& parts) {
    return kHandler(call, std::get<Parts&>(parts)...);
  }
};
template <auto kHandler>
inline constexpr ServiceEntry kServiceEntry = &ServiceEntryOf<kHandler>::enter;

}  // namespace emu
