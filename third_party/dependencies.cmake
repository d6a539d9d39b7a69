# Finds every dependency and gives each one target to link. The packages and their versions are listed in
# debian-packages, private-packages and unicorn/source beside this file; scripts/setup puts them in place.
list(PREPEND CMAKE_PREFIX_PATH ${CMAKE_SOURCE_DIR}/build/prefix/usr)

# pagewalk_archive(TARGET library...): links these libraries' archives where there are any, for each shared library takes
# 0.1 ms of every start.
function(pagewalk_archive target)
  add_library(${target} INTERFACE)
  foreach(library ${ARGN})
    find_library(ARCHIVE_OF_${library} NAMES lib${library}.a ${library} REQUIRED)
    target_link_libraries(${target} INTERFACE ${ARCHIVE_OF_${library}})
  endforeach()
endfunction()

# pagewalk_few_shared_libraries(TARGET): for a program whose starts count. Those of which Debian has no archive are compiled
# into it from their headers, and the linker then finds that it needs the shared ones no more; C++'s own is an archive.
function(pagewalk_few_shared_libraries target)
  target_sources(${target} PRIVATE ${CMAKE_SOURCE_DIR}/third_party/compiled/fmt.cpp
                                   ${CMAKE_SOURCE_DIR}/third_party/compiled/spdlog.cpp)
  target_link_options(${target} PRIVATE LINKER:--as-needed -static-libstdc++ -static-libgcc)
endfunction()

# Unicorn, built by scripts/build_unicorn from its own source with the patches in unicorn/ beside this file.
set(UNICORN_PREFIX ${CMAKE_SOURCE_DIR}/build/unicorn)
if(NOT EXISTS ${UNICORN_PREFIX}/stamp)
  message(FATAL_ERROR "Unicorn has not been built. Run scripts/setup.")
endif()
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
add_library(unicorn INTERFACE)
target_include_directories(unicorn SYSTEM INTERFACE ${UNICORN_PREFIX}/include)
foreach(archive unicorn x86_64-softmmu unicorn-common)  # in the order in which they need each other
  target_link_libraries(unicorn INTERFACE ${UNICORN_PREFIX}/lib/lib${archive}.a)
endforeach()
target_link_libraries(unicorn INTERFACE Threads::Threads m)

# The archive: the shared library's tables take thousands of relocations, as long as a small guest's whole run.
pkg_check_modules(CAPSTONE REQUIRED capstone>=4)
find_library(CAPSTONE_LIBRARY NAMES libcapstone.a capstone REQUIRED)
add_library(capstone INTERFACE)
target_include_directories(capstone SYSTEM INTERFACE ${CAPSTONE_INCLUDE_DIRS})
target_link_libraries(capstone INTERFACE ${CAPSTONE_LIBRARY})
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
# All header; the functions that are no templates are compiled with emulator/regression/scenario_table.cpp.
find_path(TOMLPLUSPLUS_INCLUDE toml++/toml.h REQUIRED)
add_library(tomlplusplus INTERFACE)
target_compile_definitions(tomlplusplus INTERFACE TOML_HEADER_ONLY=0)
# Without its assertions, as Debian's library: some texts break one and are refused behind it.
target_compile_options(tomlplusplus INTERFACE "-DTOML_ASSERT(expr)=static_assert(true)")
# For scenarios: expressions over whatever a guest prints, in linear time and without recursion; unified diffs.
find_path(RE2_INCLUDE re2/re2.h REQUIRED)
pagewalk_archive(re2 re2)
find_path(DTL_INCLUDE dtl/dtl.hpp REQUIRED)
# For the debugger: DWARF data of PE files. Debian's package has no .pc file.
find_path(DWARF_INCLUDE libdwarf/libdwarf.h REQUIRED)
find_library(DWARF_LIBRARY dwarf REQUIRED)
add_library(dwarf INTERFACE)
target_include_directories(dwarf SYSTEM INTERFACE ${DWARF_INCLUDE})
target_link_libraries(dwarf INTERFACE ${DWARF_LIBRARY})
# Line editing in the debugger.
pkg_check_modules(EDITLINE REQUIRED libedit)
pagewalk_archive(editline edit bsd md tinfo)
find_path(PUGIXML_INCLUDE pugixml.hpp REQUIRED)
pagewalk_archive(pugixml pugixml)
find_package(Catch2 3 REQUIRED)
find_package(benchmark REQUIRED)
find_path(RAPIDCHECK_INCLUDE rapidcheck.h REQUIRED)
find_library(RAPIDCHECK_LIBRARY rapidcheck REQUIRED)
add_library(rapidcheck INTERFACE)
target_include_directories(rapidcheck SYSTEM INTERFACE ${RAPIDCHECK_INCLUDE})
target_link_libraries(rapidcheck INTERFACE ${RAPIDCHECK_LIBRARY})
find_path(TL_EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
