#include "emulator/regression/verdict.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "emulator/regression/comparison.h"

namespace emu {
namespace {

// So many runs with the same options are worth a warm machine: it costs as much as one of them.
constexpr int kWorthWarming = 2;

Verdict compare_with(const Outcome& first, const Outcome& other) {
  return {compare_runs(first, other), other.command};
}

Verdict judge_repetitions(const Scenario& scenario, const Outcome& first, const Surroundings& surroundings) {
  const int runs = scenario.repeat - 1;
  const auto warm = runs >= kWorthWarming ? warm_machine(scenario, surroundings) : nullptr;
  Verdict verdict;
  for (int run = 0; run < runs && verdict.passed(); ++run)
    verdict = compare_with(first, run_scenario(scenario, {}, surroundings, warm.get()));
  return verdict;
}

Verdict judge_runs(const Scenario& scenario, const Surroundings& surroundings) {
  const Outcome first = run_scenario(scenario, {}, surroundings);
  Verdict verdict{compare(scenario.expected, first), first.command};
  if (verdict.passed() && scenario.repeat > 1) verdict = judge_repetitions(scenario, first, surroundings);
  for (const RunOptions& options : scenario.same_with) {
    if (!verdict.passed()) break;
    verdict = compare_with(first, run_scenario(scenario, options, surroundings));
  }
  return verdict;
}

}  // namespace

Verdict judge(const Scenario& scenario, const Surroundings& surroundings) {
  try {
    return judge_runs(scenario, surroundings);
  } catch (const std::exception& error) {  // the host's: no room for a scratch folder, no memory
    return {{error.what()}, {}};
  }
}

std::vector<Verdict> judge_all(const std::vector<Scenario>& scenarios, const Surroundings& surroundings,
                               unsigned jobs) {
  std::vector<Verdict> verdicts(scenarios.size());
  std::atomic<size_t> next = 0;
  const auto work = [&] {
    for (size_t i = next++; i < scenarios.size(); i = next++) verdicts[i] = judge(scenarios[i], surroundings);
  };
  std::vector<std::jthread> workers;
  for (size_t i = 1; i < std::min<size_t>(jobs, scenarios.size()); ++i) workers.emplace_back(work);
  work();
  workers.clear();  // joins them
  return verdicts;
}

}  // namespace emu
