// Where images go. Without randomization that is where they prefer to be. With it, those that say that they
// may move (IMAGE_DLLCHARACTERISTICS_DYNAMIC_BASE, Microsoft's page on /DYNAMICBASE) and have kept their
// relocations do (Windows Internals, 7th edition, part 1, chapter 5, "Image randomization"): a program by a
// shift of the base that it prefers; a DLL to a place of its own, from a biased 0x78000000 down to 0x50000000
// in the order in which DLLs come, or as a program when that range is used up. The place belongs to the
// image's section, which all processes map, so that parent and child of one program have it at one address;
// sections are taken to last as long as the machine.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <tuple>

#include "emulator/kernel/processes/address_randomizer.h"
#include "emulator/loader/image_file_source.h"

namespace emu {

class ImagePlaces {
 public:
  explicit ImagePlaces(AddressRandomizer& randomizer);

  // Returns where the image goes, a multiple of 64 KB. It may be 0, which means anywhere. Whether there is
  // room in a process shows when it is mapped.
  mm::VirtualAddress place(const ImageFile& image);

 private:
  using Identity = std::tuple<std::string, std::string, uint32_t>;  // host path, name, size

  mm::VirtualAddress choose(const PortableExecutable& image);
  mm::VirtualAddress choose_near(const PortableExecutable& image);  // the base that it prefers
  mm::VirtualAddress choose_for_dll(const PortableExecutable& image);

  AddressRandomizer& randomizer_;
  uint32_t next_end_;  // DLLs that come lie below this
  std::map<Identity, mm::VirtualAddress> places_;
};

}  // namespace emu
