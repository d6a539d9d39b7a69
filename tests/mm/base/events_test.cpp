#include "mm/base/events.h"

#include <catch2/catch_test_macros.hpp>
#include <vector>

namespace mm {
namespace {

struct Recorder : EventSink {
  std::vector<Event> events;
  void on_event(const Event& event) override { events.push_back(event); }
};

TEST_CASE("An announcement reaches the listener, and nobody once it is gone", "[base]") {
  Recorder recorder;
  Announcer announce;
  announce({.kind = Event::Kind::FaultTaken});
  announce.listen(&recorder);
  announce({.kind = Event::Kind::PageTrimmed,
            .space = AddressSpaceId(4),
            .address = {0x1000},
            .frame = PageFrameNumber(7)});
  announce.listen(nullptr);
  announce({.kind = Event::Kind::FaultTaken});

  REQUIRE(recorder.events.size() == 1);
  CHECK(recorder.events[0].kind == Event::Kind::PageTrimmed);
  CHECK(recorder.events[0].space == AddressSpaceId(4));
  CHECK(recorder.events[0].address == VirtualAddress{0x1000});
  CHECK(recorder.events[0].frame == PageFrameNumber(7));
}

}  // namespace
}  // namespace mm
