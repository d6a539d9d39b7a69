// Reads an assembler's lines from a stream, runs them, and prints by streams; every third line is wrong and
// ends in an exception that unwinds through frames with objects to destroy.
#include <iomanip>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

struct Mistake : std::runtime_error {
  Mistake(const std::string& what, int at) : std::runtime_error(what), line(at) {}
  int line;
};

long destroyed = 0;

struct Guard {
  ~Guard() { ++destroyed; }
};

class Machine {
 public:
  void run(const std::string& line, int number) {
    Guard guard;
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "set") {
      std::string name;
      double value = 0;
      words >> name >> value;
      values_[name] = value;
    } else if (word == "add") {
      std::string to, from;
      words >> to >> from;
      add(to, from, number);
    } else {
      throw Mistake("unknown: " + word, number);
    }
  }

  const std::map<std::string, double>& values() const { return values_; }

 private:
  void add(const std::string& to, const std::string& from, int number) {
    auto guard = std::make_unique<Guard>();
    values_[to] += value_of(from, number);
  }

  double value_of(const std::string& name, int number) const {
    std::vector<Guard> guards(2);
    auto found = values_.find(name);
    if (found == values_.end()) throw Mistake("no value: " + name, number);
    return found->second;
  }

  std::map<std::string, double> values_;
};

std::string listing(int lines) {
  std::ostringstream out;
  for (int i = 0; i < lines; ++i) {
    switch (i % 6) {
      case 0: out << "set v" << i % 97 << ' ' << i * 0.25 << '\n'; break;
      case 1:
      case 4: out << "add v" << i % 13 << " v" << (i - 1) / 6 * 6 % 97 << '\n'; break;
      case 2: out << "add v1 missing" << i << '\n'; break;
      case 3: out << "set w" << i % 53 << ' ' << std::fixed << std::setprecision(3) << i / 7.0 << '\n'; break;
      default: out << "jump " << std::hex << i << std::dec << '\n'; break;
    }
  }
  return out.str();
}

}  // namespace

int main() {
  std::istringstream lines(listing(30000));
  Machine machine;
  std::map<std::string, int> mistakes;
  std::string line;
  long where = 0;
  for (int number = 1; std::getline(lines, line); ++number) {
    try {
      machine.run(line, number);
    } catch (const Mistake& mistake) {
      ++mistakes[std::string(mistake.what()).substr(0, 7)];
      where += mistake.line;
    } catch (const std::exception& other) {
      std::cerr << other.what() << '\n';
      return 1;
    }
  }
  for (const auto& [name, value] : machine.values())
    std::cout << std::setw(4) << name << std::setw(16) << std::fixed << std::setprecision(3) << value << '\n';
  for (const auto& [what, count] : mistakes) std::cout << what << ' ' << count << '\n';
  std::cout << where << ' ' << destroyed << '\n';
}
