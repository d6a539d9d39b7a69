// Standard input, output and error as file descriptors 0, 1 and 2, whatever the caller left open.
#pragma once

namespace emu {

// Where one of them is closed, puts a file there that fails every use as the closed one would: else the next
// file that is opened, the paging file say, would take its place and the guest's console would be in it. To
// be called before any file is opened.
void reserve_standard_files();

}  // namespace emu
