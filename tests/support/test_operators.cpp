/// A library of operators, as networks of others come with: one that works, and some that end the process or never end.
#include <torch/library.h>
#include <torch/torch.h>

#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <new>
#include <vector>

namespace {

at::Tensor twice(const at::Tensor& x) {
  return x + x;
}

at::Tensor crash(const at::Tensor& x) {
  ::raise(SIGSEGV);
  return x;
}

at::Tensor stop(const at::Tensor& /*x*/) {
  std::abort();
}

at::Tensor leave(const at::Tensor& /*x*/) {
  std::_Exit(3);
}

at::Tensor be_killed(const at::Tensor& x) {
  ::raise(SIGKILL);
  return x;
}

at::Tensor wait_for_ever(const at::Tensor& x) {
  while (::pause() != 0) {
  }
  return x;
}

at::Tensor eat(const at::Tensor& x) {
  std::vector<std::vector<char>> all;
  while (true) all.emplace_back(std::size_t{1} << 26U, 'x');
  return x;
}

// NOLINTNEXTLINE(misc-no-recursion): that is what it is for
int deeper(volatile char* above) {
  volatile char here[4096] = {};
  if (above[0] == 'x') return 0;  // never, which the compiler does not know
  here[0] = above[0];
  return deeper(here) + here[1];
}

at::Tensor recurse(const at::Tensor& x) {
  volatile char top[1] = {};
  return x + deeper(top);
}

at::Tensor throw_number(const at::Tensor& /*x*/) {
  throw 42;  // NOLINT: no exception of std's
}

/// What is done when the library is loaded.
const bool loaded = [] {
  const char* const what = std::getenv("UPMEM_DES_TEST_OPERATORS_DO");
  if (what == nullptr) return true;
  if (std::strcmp(what, "crash") == 0) ::raise(SIGSEGV);
  if (std::strcmp(what, "throw") == 0) throw std::bad_alloc();
  while (std::strcmp(what, "wait") == 0) ::pause();
  return true;
}();

}  // namespace

TORCH_LIBRARY(upmem_test, library) {
  library.def("twice(Tensor x) -> Tensor", twice);
  library.def("crash(Tensor x) -> Tensor", crash);
  library.def("stop(Tensor x) -> Tensor", stop);
  library.def("leave(Tensor x) -> Tensor", leave);
  library.def("kill(Tensor x) -> Tensor", be_killed);
  library.def("wait(Tensor x) -> Tensor", wait_for_ever);
  library.def("eat(Tensor x) -> Tensor", eat);
  library.def("recurse(Tensor x) -> Tensor", recurse);
  library.def("throw_number(Tensor x) -> Tensor", throw_number);
}
