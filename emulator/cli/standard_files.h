// Standard input, output and error as file descriptors 0, 1 and 2, whatever the caller left open.
#pragma once

namespace emu {

// Puts, for each of them that is closed, a file there that fails every use as a closed one would. Otherwise
// the next file that is opened, the paging file for example, would take the number, and the guest's console
// would write into it. To be called before any file is opened.
void reserve_standard_files();

}  // namespace emu
