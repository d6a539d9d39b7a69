// What happens when the host has no memory left: a line on standard error, and the exit code for what
// Pagewalk could not run. Whoever asks for memory, our own code or the translator's, would otherwise be torn
// out of the middle of what it does: Unicorn ends the program without a word, and no exception passes through
// its frames.
#pragma once

namespace emu {

// Sets this up; to be called before anything else is done.
void report_exhausted_memory();

}  // namespace emu
