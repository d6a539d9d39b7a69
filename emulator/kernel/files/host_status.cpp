#include "emulator/kernel/files/host_status.h"

#include <cerrno>

namespace emu {

mm::NtStatus status_of_errno(int error) {
  using mm::NtStatus;
  switch (error) {
    case ENOENT: return NtStatus::ObjectNameNotFound;
    case ENOTDIR: return NtStatus::ObjectPathNotFound;
    case EEXIST: return NtStatus::ObjectNameCollision;
    case EISDIR: return NtStatus::FileIsADirectory;
    case ENOTEMPTY: return NtStatus::DirectoryNotEmpty;
    case ENAMETOOLONG:
    case EILSEQ: return NtStatus::ObjectNameInvalid;
    case EACCES:
    case EPERM:
    case EXDEV:
    case ELOOP:
    case ENXIO:
    case ETXTBSY:
    case EBUSY: return NtStatus::AccessDenied;
    case EMLINK: return NtStatus::TooManyLinks;
    case EROFS: return NtStatus::MediaWriteProtected;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return NtStatus::DiskFull;
    case EMFILE:
    case ENFILE: return NtStatus::TooManyOpenedFiles;
    case ENOMEM: return NtStatus::InsufficientResources;
    case EPIPE: return NtStatus::PipeBroken;
    case EINVAL: return NtStatus::InvalidParameter;
    default: return NtStatus::DeviceDataError;
  }
}

}  // namespace emu
