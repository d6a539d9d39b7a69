# Finds every dependency and gives each one target to link. The packages and their versions are listed in
# debian-packages and private-packages beside this file; scripts/setup puts them in place.
set(PAGEWALK_PREFIX ${CMAKE_SOURCE_DIR}/build/prefix/usr)
list(PREPEND CMAKE_PREFIX_PATH ${PAGEWALK_PREFIX})

# Unicorn: 2.1.4 is the first release whose own-MMU mode keeps self-modifying code exact through an alias.
set(PAGEWALK_UNICORN_VERSION 2.1.4)
find_package(PkgConfig REQUIRED)
find_library(UNICORN_ARCHIVE NAMES libunicorn.a PATHS ${PAGEWALK_PREFIX}/lib/x86_64-linux-gnu)
find_path(UNICORN_INCLUDE unicorn/unicorn.h)
if(NOT UNICORN_ARCHIVE OR NOT UNICORN_INCLUDE)
  message(FATAL_ERROR "Unicorn ${PAGEWALK_UNICORN_VERSION} was not found. Run scripts/setup.")
endif()
set(unicorn_version "")
foreach(part MAJOR MINOR PATCH)
  file(STRINGS ${UNICORN_INCLUDE}/unicorn/unicorn.h line REGEX "#define UC_API_${part} [0-9]+")
  string(REGEX REPLACE "[^0-9]" "" number "${line}")
  list(APPEND unicorn_version ${number})
endforeach()
string(REPLACE ";" "." unicorn_version "${unicorn_version}")
if(unicorn_version VERSION_LESS PAGEWALK_UNICORN_VERSION)
  message(FATAL_ERROR "Unicorn ${unicorn_version} is too old: Pagewalk needs ${PAGEWALK_UNICORN_VERSION} or newer. "
                      "Run scripts/setup.")
endif()
find_package(Threads REQUIRED)
add_library(unicorn INTERFACE)
target_include_directories(unicorn SYSTEM INTERFACE ${UNICORN_INCLUDE})
target_link_libraries(unicorn INTERFACE ${UNICORN_ARCHIVE} Threads::Threads m)
# The archive comes from a newer compiler, which pushes addresses through the GOT. GNU ld 2.40 relaxes such a
# push into a call: the first 128-bit load of a guest would end in endless recursion. So: no relaxation.
target_link_options(unicorn INTERFACE LINKER:--no-relax)

# The archive: the shared library's tables take thousands of relocations, as long as a small guest's whole run.
pkg_check_modules(CAPSTONE REQUIRED capstone>=4)
find_library(CAPSTONE_LIBRARY NAMES libcapstone.a capstone REQUIRED)
add_library(capstone INTERFACE)
target_include_directories(capstone SYSTEM INTERFACE ${CAPSTONE_INCLUDE_DIRS})
target_link_libraries(capstone INTERFACE ${CAPSTONE_LIBRARY})
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(TOMLPLUSPLUS REQUIRED IMPORTED_TARGET tomlplusplus)
# For scenarios: expressions over whatever a guest prints, in linear time and without recursion; unified diffs.
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
find_path(DTL_INCLUDE dtl/dtl.hpp REQUIRED)
# For the debugger: DWARF data of PE files. Debian's package has no .pc file.
find_path(DWARF_INCLUDE libdwarf/libdwarf.h REQUIRED)
find_library(DWARF_LIBRARY dwarf REQUIRED)
add_library(dwarf INTERFACE)
target_include_directories(dwarf SYSTEM INTERFACE ${DWARF_INCLUDE})
target_link_libraries(dwarf INTERFACE ${DWARF_LIBRARY})
# Line editing in the debugger.
pkg_check_modules(EDITLINE REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(PUGIXML REQUIRED IMPORTED_TARGET pugixml)
find_package(Catch2 3 REQUIRED)
find_package(benchmark REQUIRED)
find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
add_library(rapidcheck INTERFACE)
target_include_directories(rapidcheck SYSTEM INTERFACE ${RAPIDCHECK_INCLUDE})
target_link_libraries(rapidcheck INTERFACE ${RAPIDCHECK_LIBRARY})
find_path(TL_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
