#include "util/unnamed_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "upmem_des/util/error.hpp"
#include "util/scrap.hpp"

namespace upmem_des {

UnnamedFile::UnnamedFile() {
  const char* chosen = std::getenv("TMPDIR");
  folder_ = chosen != nullptr && *chosen != '\0' ? chosen : "/tmp";
  descriptor_ = ::open(folder_.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
  if (descriptor_ >= 0) return;
  std::string pattern = folder_ + "/upmem-des-XXXXXX";
  const SignalsWait wait;
  descriptor_ = ::mkostemp(pattern.data(), O_CLOEXEC);
  if (descriptor_ < 0)
    throw InputError({folder_}, std::string("no temporary file can be made: ") + std::strerror(errno) +
                                    "; TMPDIR names the folder for them");
  ::unlink(pattern.c_str());
}

UnnamedFile::~UnnamedFile() {
  ::close(descriptor_);
}

std::string UnnamedFile::path() const {
  return "/proc/self/fd/" + std::to_string(descriptor_);
}

}  // namespace upmem_des
