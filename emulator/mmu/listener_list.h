// The listeners of one kind. While there are none, telling costs a comparison. A listener may be added or
// removed at any time, even by a listener that is being told; a new one is told from the next time on.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace emu {

template <class Listener>
class ListenerList {
 public:
  bool empty() const { return all_.empty(); }

  // Listeners are told in the order in which they were added. Adding one that is there already does nothing.
  void add(Listener& listener) {
    if (std::find(all_.begin(), all_.end(), &listener) == all_.end()) all_.push_back(&listener);
  }
  void remove(Listener& listener) {
    const auto place = std::find(all_.begin(), all_.end(), &listener);
    if (place == all_.end()) return;
    if (telling_ == 0) {
      all_.erase(place);
    } else {
      *place = nullptr;  // who is telling counts on the places of the others
    }
  }

  // Must not be called by a listener that is being told.
  void clear() { all_.clear(); }

  // Calls `what` of every listener: tell(&Listener::on_something, arguments...).
  template <class... Parameters, class... Arguments>
  void tell(void (Listener::*what)(Parameters...), Arguments&&... arguments) {
    if (__builtin_expect(!all_.empty(), 0)) tell_all(what, arguments...);
  }

 private:
  template <class... Parameters, class... Arguments>
  void tell_all(void (Listener::*what)(Parameters...), Arguments&... arguments) {
    ++telling_;
    const size_t count = all_.size();
    for (size_t i = 0; i < count; ++i)
      if (all_[i] != nullptr) (all_[i]->*what)(arguments...);
    if (--telling_ == 0) std::erase(all_, nullptr);
  }

  std::vector<Listener*> all_;
  int telling_ = 0;
};

}  // namespace emu
