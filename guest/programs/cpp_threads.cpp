// What the C++ library builds on threads: std::thread and std::jthread, mutexes of each kind, condition
// variables, call_once, futures, thread-local objects. Compiled with the POSIX threads variant of the
// compiler.
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <future>
#include <mutex>
#include <numeric>
#include <queue>
#include <shared_mutex>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

using namespace std::chrono_literals;

int failures;
void check(bool good, const char* what) {
  std::printf("%s: %s\n", good ? "ok" : "FAILED", what);
  failures += good ? 0 : 1;
}

constexpr int kThreads = 8;

void queue_between_threads() {
  std::mutex mutex;
  std::condition_variable filled;
  std::queue<int> queue;
  long sum = 0;
  const auto take = [&] {
    for (;;) {
      std::unique_lock lock(mutex);
      filled.wait(lock, [&] { return !queue.empty(); });
      const int value = queue.front();
      queue.pop();
      if (value < 0) return;
      sum += value;
    }
  };
  std::vector<std::jthread> takers;
  for (int i = 0; i < kThreads; ++i) takers.emplace_back(take);
  for (int value = 1; value <= 1000; ++value) {
    const std::lock_guard lock(mutex);
    queue.push(value);
    filled.notify_one();
  }
  {
    const std::lock_guard lock(mutex);
    for (int i = 0; i < kThreads; ++i) queue.push(-1);
    filled.notify_all();
  }
  takers.clear();
  check(sum == 500500, "what one thread puts into a queue, eight take out");
}

template <class Mutex>
void count_under(const char* what) {
  Mutex mutex;
  int count = 0;
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i)
    threads.emplace_back([&] {
      for (int round = 0; round < 50; ++round) {
        const std::lock_guard lock(mutex);
        const int seen = count;
        if (round % 8 == 0) std::this_thread::yield();
        count = seen + 1;
      }
    });
  threads.clear();
  check(count == kThreads * 50, what);
}

std::atomic<int> living;
struct Local {
  int value = 1;
  Local() { ++living; }
  ~Local() { --living; }
};
thread_local Local local;

void thread_locals() {
  std::atomic<int> sum = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&, i] { sum += local.value += i; });
  }
  check(sum == 36, "each thread has its own thread_local object");
  check(living == 0, "and destroys it");
}

void futures() {
  auto value = std::async(std::launch::async, [] {
    std::this_thread::sleep_for(20ms);
    return 42;
  });
  check(value.wait_for(1ms) == std::future_status::timeout, "a future is not there yet");
  check(value.get() == 42, "then it is");
  auto failing = std::async(std::launch::async, []() -> int { throw std::runtime_error("no"); });
  try {
    failing.get();
    check(false, "an exception travels to another thread");
  } catch (const std::runtime_error&) {
    check(true, "an exception travels to another thread");
  }
}

void time_limits() {
  std::timed_mutex mutex;
  mutex.lock();
  bool got = true;
  std::jthread([&] { got = mutex.try_lock_for(10ms); }).join();
  check(!got, "try_lock_for gives up");
  std::shared_mutex shared;
  const std::shared_lock one(shared), two(shared);
  std::jthread([&] { got = shared.try_lock(); }).join();
  check(!got && two.owns_lock(), "readers keep a writer out");
}

void once() {
  std::once_flag flag;
  int called = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) threads.emplace_back([&] { std::call_once(flag, [&] { ++called; }); });
  }
  check(called == 1, "call_once calls once");
  std::jthread stopping([](const std::stop_token& stop) {
    while (!stop.stop_requested()) std::this_thread::sleep_for(1ms);
  });
  stopping.request_stop();
  stopping.join();
  check(!stopping.joinable(), "a jthread stops when asked to");
}

}  // namespace

int main() {
  queue_between_threads();
  count_under<std::mutex>("std::mutex");
  count_under<std::recursive_mutex>("std::recursive_mutex");
  count_under<std::shared_mutex>("std::shared_mutex");
  count_under<std::timed_mutex>("std::timed_mutex");
  thread_locals();
  futures();
  time_limits();
  once();
  return failures;
}
