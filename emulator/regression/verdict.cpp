#include "emulator/regression/verdict.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <thread>

#include "emulator/regression/comparison.h"

namespace emu {
namespace {

// The options of every run after the first.
std::vector<RunOptions> further_runs(const Scenario& scenario) {
  std::vector<RunOptions> runs(static_cast<size_t>(scenario.repeat - 1));
  runs.insert(runs.end(), scenario.same_with.begin(), scenario.same_with.end());
  return runs;
}

Verdict judge_runs(const Scenario& scenario, const Surroundings& surroundings) {
  const Outcome first = run_scenario(scenario, {}, surroundings);
  Verdict verdict{compare(scenario.expected, first), first.command};
  for (const RunOptions& options : further_runs(scenario)) {
    if (!verdict.passed()) break;
    const Outcome other = run_scenario(scenario, options, surroundings);
    verdict = {compare_runs(first, other), other.command};
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
