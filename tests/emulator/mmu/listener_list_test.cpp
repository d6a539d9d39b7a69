#include "emulator/mmu/listener_list.h"

#include <catch2/catch_test_macros.hpp>
#include <functional>
#include <string>

namespace emu {
namespace {

struct Listener {
  explicit Listener(std::string& told, char name) : told(told), name(name) {}
  void on_something(int value) {
    told += name + std::to_string(value) + ' ';
    if (then) then();
  }
  std::string& told;
  char name;
  std::function<void()> then;
};

TEST_CASE("Everybody on the list is told once, in the order in which they came", "[listeners]") {
  std::string told;
  Listener a(told, 'a'), b(told, 'b');
  ListenerList<Listener> list;
  CHECK(list.empty());
  list.tell(&Listener::on_something, 0);
  list.add(b);
  list.add(a);
  list.add(b);
  list.tell(&Listener::on_something, 1);
  list.remove(b);
  list.tell(&Listener::on_something, 2);
  list.remove(b);
  list.remove(a);
  list.tell(&Listener::on_something, 3);
  CHECK(told == "b1 a1 a2 ");
  CHECK(list.empty());
}

TEST_CASE("A listener may leave and let others in while it is told", "[listeners]") {
  std::string told;
  Listener a(told, 'a'), b(told, 'b'), c(told, 'c');
  ListenerList<Listener> list;
  list.add(a);
  list.add(b);
  a.then = [&] {
    list.remove(a);
    list.remove(b);
    list.add(c);
  };
  list.tell(&Listener::on_something, 1);
  CHECK(told == "a1 ");
  list.tell(&Listener::on_something, 2);
  CHECK(told == "a1 c2 ");
}

}  // namespace
}  // namespace emu
