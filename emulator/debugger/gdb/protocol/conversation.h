// What one client has said so far: what it understands, and which threads its packets are about.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/debugger/gdb/protocol/stop.h"
#include "emulator/debugger/gdb/protocol/target.h"
#include "emulator/debugger/gdb/protocol/thread_key.h"

namespace emu::debugger::gdb {

// The features of `qSupported` that change what we send.
struct ClientFeatures {
  bool multiprocess = false;  // thread-ids name the process
  bool swbreak = false;       // stop reasons that it wants to hear
  bool hwbreak = false;
  bool exec_events = false;
  bool no_resumed = false;
};

enum class Acknowledgements : uint8_t { Sent, Off };

class Conversation {
 public:
  explicit Conversation(Target& target) : target_(&target) {}

  Target& target() const { return *target_; }
  ThreadNaming naming() const {
    return features.multiprocess ? ThreadNaming::ProcessAndThread : ThreadNaming::ThreadOnly;
  }

  // --- Threads. Nothing when no thread that runs is meant.
  // Returns the thread whose registers, memory and breakpoints packets are about, set by packet Hg and by
  // every stop.
  std::optional<ThreadKey> selected() const { return find(selected_); }
  std::optional<ProcessId> selected_process() const;
  void select(ThreadPattern thread) { selected_ = thread; }
  // Returns the thread of the last stop if the pattern covers it, otherwise the selected one, otherwise the
  // first one that it covers. While GDB takes in a new process's first stop, it selects another thread and
  // then any (Hgp0.0), and goes on with the one that stopped.
  std::optional<ThreadKey> find(ThreadPattern pattern) const;
  // Does the same for a thread-id; nothing also when `text` is none.
  std::optional<ThreadKey> find(std::string_view text) const;

  // --- Stops. The last one is what packet `?` tells.
  const StopReply& stop() const { return stop_; }
  // Notes a stop; the thread that stopped becomes the selected one.
  void set_stop(const StopReply& stop);

  // --- LLDB, which says so by a packet of its own. It reads the libraries again whenever a stop, for
  // whatever reason, says that there are others; GDB does at a stop of their own, from which LLDB would not
  // go on by itself.
  bool with_lldb = false;
  std::vector<Image> told_images;  // by qXfer:libraries, the last time
  bool has_news_of_images(ProcessId process) const {
    return with_lldb && !told_images.empty() && told_images != target_->images(process);
  }

  std::map<uint32_t, std::string> open_files;  // by vFile, their content by descriptor

  ClientFeatures features;
  Acknowledgements acknowledgements = Acknowledgements::Sent;
  ThreadPattern resumed;      // packet Hc: what c and s are about
  size_t listed_threads = 0;  // how many qfThreadInfo and qsThreadInfo have told

 private:
  Target* target_;
  ThreadPattern selected_;
  StopReply stop_ = NothingResumed{};
};

}  // namespace emu::debugger::gdb
