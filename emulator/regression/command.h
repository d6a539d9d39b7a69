// `pagewalk test PATH...`: runs scenarios and reports.
#pragma once

namespace CLI {
class App;
}

namespace emu {

class RunVocabulary;

// Adds the command, which keeps `vocabulary`. When it ran, `exit_code` is 0 if every scenario passed, 1 if
// one failed, 125 if one could not be read or no scenario was found.
void add_test_command(CLI::App& app, const RunVocabulary& vocabulary, int& exit_code);

}  // namespace emu
