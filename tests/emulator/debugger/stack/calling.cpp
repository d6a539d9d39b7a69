// Calls of every kind, for shadow_stacks.py: virtual ones, through pointers, from the C library and the
// system back into the program, exceptions of C++ and of the processor, and jumps out of all of them.
#include <windows.h>

#include <algorithm>
#include <csetjmp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Shape {
  virtual ~Shape() = default;
  virtual double area(int depth) const = 0;
};
struct Square final : Shape {
  explicit Square(double side) : side(side) {}
  double area(int depth) const override {
    if (depth > 0) return area(depth - 1) + 1;
    if (side < 0) throw std::domain_error("negative: " + std::to_string(side));
    return side * side;
  }
  double side;
};

int compare(const void* a, const void* b) {
  return std::snprintf(nullptr, 0, "%d", *static_cast<const int*>(a)) -
         std::snprintf(nullptr, 0, "%d", *static_cast<const int*>(b));
}

jmp_buf out_of_callback;
int jump_out(const void*, const void*) { longjmp(out_of_callback, 1); }

LONG CALLBACK step_over(EXCEPTION_POINTERS* exception) {
  if (exception->ExceptionRecord->ExceptionCode != EXCEPTION_ACCESS_VIOLATION)
    return EXCEPTION_CONTINUE_SEARCH;
  const std::string words = "at " + std::to_string(exception->ContextRecord->Eip);
  exception->ContextRecord->Eip += words.empty() ? 0 : 5;
  return EXCEPTION_CONTINUE_EXECUTION;
}

void CALLBACK note(ULONG_PTR value) { *reinterpret_cast<std::string*>(value) += std::to_string(value % 7); }

void on_signal(int) { signal(SIGINT, on_signal); }

void on_exit() { std::printf("the end\n"); }

__attribute__((noinline)) int through_alloca(size_t size) {
  auto* room = static_cast<char*>(__builtin_alloca(size));
  std::snprintf(room, size, "%zu", size);
  return std::atoi(room);
}

__attribute__((noinline)) void read_nothing() {
  __asm__ volatile("movl 0, %%eax\n" : : : "eax");  // A1 and four bytes, whatever the compiler's options
}

__attribute__((noinline)) int aligned(const std::function<int(int)>& call) {
  alignas(64) volatile int values[16] = {1, 2, 3};
  return call(values[2]) + values[1];
}

}  // namespace

int main() {
  std::atexit(on_exit);
  std::vector<std::unique_ptr<Shape>> shapes;
  for (int i = 5; i >= -2; --i) shapes.push_back(std::make_unique<Square>(i));
  double sum = 0;
  for (const auto& shape : shapes) {
    try {
      sum += shape->area(4);
    } catch (const std::exception& error) {
      std::printf("%s\n", error.what());
      try {
        throw;
      } catch (const std::domain_error&) {
        sum += 1;
      }
    }
  }
  std::printf("%.3f\n", sum);

  int numbers[] = {1234, 5, 67, 89012, 345};
  qsort(numbers, 5, sizeof *numbers, compare);
  const int wanted = 67;
  std::printf("%d\n", bsearch(&wanted, numbers, 5, sizeof *numbers, compare) != nullptr);
  if (setjmp(out_of_callback) == 0) qsort(numbers, 5, sizeof *numbers, jump_out);

  std::map<std::string, int> words;
  for (const char* word : {"b", "a", "c", "a"}) ++words[word];
  std::vector<std::pair<std::string, int>> list(words.begin(), words.end());
  std::sort(list.begin(), list.end(), [](const auto& x, const auto& y) { return x.second > y.second; });
  std::printf("%s %d\n", list[0].first.c_str(), aligned([&](int x) { return x + through_alloca(9000); }));

  void* handler = AddVectoredExceptionHandler(1, step_over);
  read_nothing();
  RemoveVectoredExceptionHandler(handler);

  std::string text;
  QueueUserAPC(note, GetCurrentThread(), reinterpret_cast<ULONG_PTR>(&text));
  SleepEx(0, TRUE);
  signal(SIGINT, on_signal);
  raise(SIGINT);
  std::printf("%zu\n", text.size());
  return 0;
}
