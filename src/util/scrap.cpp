#include "util/scrap.hpp"

#include <pthread.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <climits>
#include <cstring>

namespace upmem_des {

namespace {

/// A handler may read these at any time: a place is filled before it gets its owner.
struct FilePlace {
  std::atomic<pid_t> owner{0};  // a child process must not remove its parent's
  std::array<char, PATH_MAX> path{};
};

struct ChildPlace {
  std::atomic<pid_t> owner{0};
  std::atomic<pid_t> child{0};
};

constexpr pid_t in_between = -1;

std::array<FilePlace, 32> files;
std::array<ChildPlace, 32> children;

/// The index of a place that nobody else takes, or -1.
template <class Places>
int take_place(Places& places) {
  for (std::size_t i = 0; i < places.size(); ++i) {
    pid_t nobody = 0;
    if (places[i].owner.compare_exchange_strong(nobody, in_between)) return static_cast<int>(i);
  }
  return -1;
}

template <class Places>
void give_back(Places& places, int& place) {
  if (place >= 0) places[static_cast<std::size_t>(place)].owner = 0;
  place = -1;
}

}  // namespace

SignalsWait::SignalsWait() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, &before_);
}

SignalsWait::~SignalsWait() {
  ::pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void ScrapNote::note(const std::string& path) {
  forget();
  if (path.size() >= PATH_MAX || (place_ = take_place(files)) < 0) return;
  FilePlace& place = files[static_cast<std::size_t>(place_)];
  std::memcpy(place.path.data(), path.c_str(), path.size() + 1);
  place.owner = ::getpid();
}

void ScrapNote::forget() {
  give_back(files, place_);
}

void ChildNote::note(pid_t child) {
  forget();
  if ((place_ = take_place(children)) < 0) return;
  ChildPlace& place = children[static_cast<std::size_t>(place_)];
  place.child = child;
  place.owner = ::getpid();
}

void ChildNote::forget() {
  give_back(children, place_);
}

void remove_scrap() {
  const pid_t self = ::getpid();
  for (const ChildPlace& place : children)
    if (place.owner == self) ::kill(place.child, SIGKILL);
  for (const FilePlace& place : files)
    if (place.owner == self) ::unlink(place.path.data());
}

}  // namespace upmem_des
