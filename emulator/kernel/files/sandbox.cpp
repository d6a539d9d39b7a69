#include "emulator/kernel/files/sandbox.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <string_view>
#include <vector>

#include "mm/base/check.h"

namespace emu {
namespace {

using Outcome = Sandbox::Outcome<Descriptor>;

constexpr int kMostLinks = 40;     // as Linux
constexpr int kMostRetries = 128;  // while others rename folders on the path

tl::unexpected<int> refuse(int error) { return tl::unexpected(error); }

bool plain(const std::string& name) {
  return !name.empty() && name != "." && name != ".." &&
         name.find_first_of(std::string_view("/\0", 2)) == std::string::npos;
}

std::string joined(std::span<const std::string> path) {
  std::string text;
  for (const std::string& name : path) text.append(text.empty() ? "" : "/").append(name);
  return text.empty() ? "." : text;
}

Outcome open_beneath(int root, std::span<const std::string> path, int flags) {
  const std::string text = joined(path);
  open_how how{};
  how.flags = static_cast<uint64_t>(flags | O_CLOEXEC);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int tries = 0;; ++tries) {
    const long number = syscall(SYS_openat2, root, text.c_str(), &how, sizeof how);
    if (number >= 0) return Descriptor(static_cast<int>(number));
    const bool again = errno == EINTR || errno == EAGAIN;
    if (!again || tries == kMostRetries) return refuse(errno);
  }
}

// The same without the kernel's help. What lies on the way is held open; ".." in a link goes back to what is
// held, never through the host's own "..", which may lead elsewhere by then.
class Steps {
 public:
  Steps(int root, std::span<const std::string> path, int flags)
      : root_(root), flags_(flags | O_CLOEXEC | O_NOFOLLOW), names_(path.begin(), path.end()) {}

  Outcome run() {
    while (!names_.empty()) {
      const std::string name = std::move(names_.front());
      names_.pop_front();
      if (name.empty() || name == ".") continue;
      if (name == "..") {
        if (held_.empty()) return refuse(EXDEV);
        held_.pop_back();
        continue;
      }
      auto opened = step(name);
      if (!opened) return opened;
      if (!opened->valid()) continue;  // a link: its target comes next
      if (names_.empty()) return opened;
      held_.push_back(std::move(*opened));
    }
    return open_one(".", flags_);
  }

 private:
  int folder() const { return held_.empty() ? root_ : held_.back().number(); }

  Outcome open_one(const char* name, int flags) const {
    const int number = openat(folder(), name, flags);
    if (number < 0) return refuse(errno);
    return Descriptor(number);
  }

  // None when `name` is a link, whose target has been put in front of what is left.
  Outcome step(const std::string& name) {
    constexpr int kFolder = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    auto opened = open_one(name.c_str(), names_.empty() ? flags_ : kFolder);
    if (opened && !is_link(*opened)) return opened;
    if (!opened && opened.error() != ELOOP && opened.error() != ENOTDIR) return opened;
    std::array<char, PATH_MAX> target;
    const ssize_t length = readlinkat(folder(), name.c_str(), target.data(), target.size());
    if (length < 0) return refuse(opened ? EAGAIN : (errno == EINVAL ? opened.error() : errno));
    return follow({target.data(), static_cast<size_t>(length)});
  }

  static bool is_link(const Descriptor& file) {
    struct stat status {};
    return fstat(file.number(), &status) == 0 && S_ISLNK(status.st_mode);
  }

  Outcome follow(std::string_view target) {
    if (++links_ > kMostLinks) return refuse(ELOOP);
    if (target.empty()) return refuse(ENOENT);
    if (target.front() == '/') return refuse(EXDEV);
    if (target.size() == PATH_MAX) return refuse(ENAMETOOLONG);
    std::deque<std::string> names;
    while (!target.empty()) {
      const size_t end = std::min(target.find('/'), target.size());
      names.emplace_back(target.substr(0, end));
      target.remove_prefix(std::min(end + 1, target.size()));
    }
    names_.insert(names_.begin(), names.begin(), names.end());
    return Descriptor();
  }

  int root_;
  int flags_;
  std::deque<std::string> names_;  // what is left to walk
  std::vector<Descriptor> held_;   // the folders from the root down to here
  int links_ = 0;
};

}  // namespace

Sandbox::Outcome<Sandbox> Sandbox::open(const std::string& folder) {
  Descriptor root(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (!root.valid()) return refuse(errno);
  return Sandbox(std::move(root));
}

Outcome Sandbox::open(std::span<const std::string> path, int flags) const {
  MM_CHECK(std::all_of(path.begin(), path.end(), plain), "a host path holds a name that is none");
  if (walk_ == Walk::Kernel) {
    auto opened = open_beneath(root_.number(), path, flags);
    if (opened || (opened.error() != ENOSYS && opened.error() != ENAMETOOLONG && opened.error() != EPERM))
      return opened;
    // EPERM: a seccomp filter's answer to calls that it does not know, or the file system's: the steps tell.
    if (opened.error() == ENOSYS) walk_ = Walk::Steps;
  }
  return Steps(root_.number(), path, flags).run();
}

}  // namespace emu
