// C++ exceptions as MinGW compiles them (tables, and libgcc's unwinder): through several frames, with
// destructors in order, thrown again, from constructors, out of memory,
// kept for later, by the hundred, and by nobody (with an argument).
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <memory>
#include <new>
#include <stdexcept>
#include <string>
#include <typeinfo>
#include <vector>

namespace {

struct Trace {
  explicit Trace(const char* name) : name(name) { std::printf("  enter %s\n", name); }
  ~Trace() { std::printf("  leave %s\n", name); }
  const char* name;
};

__attribute__((noinline)) void innermost(int n) {
  Trace trace("innermost");
  if (n == 1) throw std::runtime_error("thrown in the innermost");
  if (n == 2) throw n;
  if (n == 3) throw std::string("a string that is too long to be kept inside the object itself");
}

__attribute__((noinline)) void middle(int n) {
  Trace trace("middle");
  try {
    Trace inside("the try block");
    innermost(n);
  } catch (int value) {
    std::printf("  caught %d\n", value);
  }
}

__attribute__((noinline)) void through_frames() {
  std::printf("through frames\n");
  for (int n = 1; n <= 3; ++n) {
    try {
      middle(n);
    } catch (const std::exception& e) {
      std::printf("  caught %s\n", e.what());
    } catch (const std::string& text) {
      std::printf("  caught %s\n", text.c_str());
    }
  }
}

__attribute__((noinline)) void again() {
  try {
    innermost(1);
  } catch (const std::runtime_error&) {
    std::printf("  thrown again\n");
    throw;
  }
}

void rethrow() {
  std::printf("rethrow\n");
  try {
    again();
  } catch (const std::runtime_error& e) {
    std::printf("  caught %s, of type %s\n", e.what(), typeid(e).name());
  }
}

struct Failing {
  Trace member{"member"};
  Failing() { throw std::logic_error("in a constructor"); }
};

void constructors() {
  std::printf("constructors\n");
  try {
    auto array = std::make_unique<Failing[]>(3);
  } catch (const std::logic_error& e) {
    std::printf("  caught %s\n", e.what());
  }
}

void out_of_memory() {
  std::printf("out of memory\n");
  try {
    volatile std::size_t size = 0x7fff0000;
    char* volatile block = new char[size];
    delete[] block;
    std::printf("  there was enough\n");
  } catch (const std::bad_alloc& e) {
    std::printf("  caught %s\n", e.what());
  }
  try {
    std::vector<int> v;
    (void)v.at(3);
  } catch (const std::out_of_range&) {
    std::printf("  caught out_of_range\n");
  }
}

void stored() {
  std::printf("stored and thrown later\n");
  std::exception_ptr kept;
  try {
    innermost(2);
  } catch (...) {
    kept = std::current_exception();
  }
  try {
    std::rethrow_exception(kept);
  } catch (int value) {
    std::printf("  caught %d\n", value);
  }
}

__attribute__((noinline)) int deep(int n) {
  if (n == 0) throw n;
  std::string local(static_cast<std::size_t>(n % 50), 'x');
  return deep(n - 1) + static_cast<int>(local.size());
}

void many() {
  int caught = 0;
  for (int i = 0; i < 200; ++i) {
    try {
      deep(i);
    } catch (int) {
      ++caught;
    }
  }
  std::printf("many: %d of 200 caught\n", caught);
}

}  // namespace

int main(int argc, char**) {
  through_frames();
  rethrow();
  constructors();
  out_of_memory();
  stored();
  many();
  std::set_terminate([] {
    std::printf("terminate\n");
    std::fflush(stdout);
    std::_Exit(9);
  });
  if (argc > 1) throw 1;
  return 0;
}
