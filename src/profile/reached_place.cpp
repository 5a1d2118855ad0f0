#include "profile/reached_place.hpp"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <type_traits>

#include "upmem_des/util/error.hpp"

namespace upmem_des {

static_assert(std::is_trivially_copyable_v<ReachedPlace>);

namespace {

ReachedPlace own;
ReachedPlace* current = &own;

void* mapped(int descriptor) {
  void* const memory = ::mmap(nullptr, sizeof(ReachedPlace), PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0);
  return memory == MAP_FAILED ? nullptr : memory;
}

}  // namespace

std::string ReachedPlace::text() const {
  const std::string path = path_.str();
  const std::string type = type_.str();
  const std::string layer = path.empty() ? type : "'" + path + "' (" + type + ")";
  if (stage_ == Stage::Library) return "while this library was loaded";
  if (stage_ == Stage::Reading) return "while libtorch read this file";
  if (in_layer_) return "in layer " + layer;
  std::string after = type.empty() ? "" : "after layer " + layer;
  if (in_function_) return "in function '" + function_.str() + "'" + (after.empty() ? "" : " ") + after;
  return after;
}

SharedPlace::SharedPlace() : descriptor_(::memfd_create("upmem-des-place", MFD_CLOEXEC)) {
  void* memory = nullptr;
  if (descriptor_ >= 0 && ::ftruncate(descriptor_, sizeof(ReachedPlace)) == 0) memory = mapped(descriptor_);
  if (memory == nullptr) {
    const int error = errno;
    if (descriptor_ >= 0) ::close(descriptor_);
    throw SimulationError(std::string("no memory to share with the profiler: ") + std::strerror(error));
  }
  place_ = new (memory) ReachedPlace();
}

SharedPlace::~SharedPlace() {
  ::munmap(place_, sizeof(ReachedPlace));
  ::close(descriptor_);
}

ReachedPlace& reached_place() {
  return *current;
}

bool share_place(int descriptor) {
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0 || status.st_size != static_cast<off_t>(sizeof(ReachedPlace))) return false;
  void* const memory = mapped(descriptor);
  if (memory == nullptr) return false;
  current = std::launder(static_cast<ReachedPlace*>(memory));
  return true;
}

}  // namespace upmem_des
