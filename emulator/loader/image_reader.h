// Brings the part of an image's file into host memory that an image needs: its headers and sections, without
// what lies behind them. A guest makes files as it likes, sparse ones of 2 GB among them, so that what is
// taken is bounded and not what the file says of its size.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "emulator/kernel/files/file_place.h"
#include "mm/base/nt_status.h"

namespace emu {

// The most bytes of one image that are held at a time. Programs of this size exist; larger ones for a 32-bit
// address space hardly do.
inline constexpr uint64_t kMostImageBytes = uint64_t{256} << 20;
inline constexpr uint64_t kMostDebuggedBytes = uint64_t{1} << 30;  // with debugging data

struct ImageFileProblem {
  mm::NtStatus status = mm::NtStatus::Success;  // why not
  std::string message;                          // a sentence's end: "is not a regular file"
};

// Reads the headers and sections. Fails with STATUS_OBJECT_NAME_NOT_FOUND, STATUS_ACCESS_DENIED,
// STATUS_FILE_IS_A_DIRECTORY, STATUS_INSUFFICIENT_RESOURCES for more than kMostImageBytes, or the status of a
// failed read.
tl::expected<std::vector<std::byte>, ImageFileProblem> read_image(const FilePlace& place);

// These read all of the file: of a flat image, and of an image whose debugging data is wanted, which may lie
// anywhere in it.
tl::expected<std::vector<std::byte>, ImageFileProblem> read_flat_image(const FilePlace& place);
tl::expected<std::vector<std::byte>, ImageFileProblem> read_debugged_image(const FilePlace& place);

}  // namespace emu
