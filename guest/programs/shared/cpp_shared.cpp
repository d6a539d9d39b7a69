// C++ with its library in DLLs, as MinGW links unless told otherwise: streams, exceptions across DLLs,
// containers, files. Needs a disk that takes changes.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <system_error>
#ifdef _GLIBCXX_HAS_GTHREADS
#include <thread>
#endif

namespace fs = std::filesystem;

namespace {

struct Announced {
  const char* name;
  ~Announced() { std::cout << "  " << name << " goes\n"; }
};

[[noreturn]] void sink(int depth) {
  const Announced local{depth == 0 ? "the deepest" : "a frame"};
  if (depth == 0) throw std::runtime_error("from below");
  sink(depth - 1);
}

void exceptions() {
  try {
    sink(2);
  } catch (const std::exception& error) {
    std::cout << "caught: " << error.what() << "\n";
  }
  try {
    (void)std::string("short").at(9);  // thrown in the library
  } catch (const std::out_of_range&) {
    std::cout << "caught: out of range\n";
  }
}

void containers() {
  std::map<std::string, int> counts;
  for (const char* word : {"page", "table", "page", "walk", "page"}) ++counts[word];
  for (const auto& [word, count] : counts) std::cout << word << " " << count << "\n";
}

void files() {
  const fs::path folder = "made", first = folder / "first.txt", second = folder / "second.txt";
  std::cout << "made: " << fs::create_directory(folder) << "\n";
  std::ofstream(first) << "eleven char";
  fs::create_hard_link(first, second);
  std::cout << "equivalent: " << fs::equivalent(first, second) << ", size: " << fs::file_size(second) << "\n";
  std::ofstream(second, std::ios::app) << "s";
  const fs::file_time_type then = fs::last_write_time(first) - std::chrono::hours(48);
  fs::last_write_time(second, then);
  std::cout << "by the other name: " << fs::file_size(first) << " bytes, "
            << (fs::last_write_time(first) == then ? "the same time" : "another time") << "\n";
  std::error_code error;
  fs::create_hard_link(folder, "no", error);
  std::cout << "a folder: " << error.value() << "\n";
  fs::create_hard_link(first, second, error);
  std::cout << "a name that is taken: " << error.value() << "\n";
  fs::remove(first);
  std::cout << "left: " << fs::file_size(second) << " bytes, removed: " << fs::remove_all(folder)
            << ", exists: " << fs::exists(folder) << "\n";
  const fs::space_info space = fs::space("C:\\");
  std::cout << "room: " << (space.available > 0 && space.available <= space.capacity) << "\n";
}

}  // namespace

int main() {
  exceptions();
  containers();
  files();
#ifdef _GLIBCXX_HAS_GTHREADS
  std::thread([] { exceptions(); }).join();
#endif
  std::cout << "done" << std::endl;
}
