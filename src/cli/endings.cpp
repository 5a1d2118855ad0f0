#include "cli/endings.hpp"

#include <pthread.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include "util/scrap.hpp"

namespace upmem_des {

namespace {

/// Needs no memory, and may be called by a signal handler.
[[noreturn]] void end_with(std::string_view message) {
  constexpr std::string_view clear_bar = "\r\033[K";
  const auto say = [](std::string_view text) {
    if (::write(STDERR_FILENO, text.data(), text.size()) < 0) return;  // there is no other place to say it
  };
  if (::isatty(STDERR_FILENO) == 1) say(clear_bar);
  say(message);
  remove_scrap();
  ::_exit(1);
}

extern "C" void on_end(int signal) {
  remove_scrap();
  struct sigaction action = {};
  action.sa_handler = SIG_DFL;
  ::sigaction(signal, &action, nullptr);
  sigset_t one;
  ::sigemptyset(&one);
  ::sigaddset(&one, signal);
  ::raise(signal);
  ::pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
}

extern "C" void on_abort(int) {
  end_with("upmem-des: error: the simulation was aborted: SimGrid or another library ran out of memory or failed\n");
}

void on_no_memory() {
  end_with("upmem-des: error: out of memory\n");
}

void handle(int signal, void (*handler)(int)) {
  struct sigaction action = {};
  if (::sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  ::sigaction(signal, &action, nullptr);
}

}  // namespace

void end_where_memory_runs_out() {
  std::set_new_handler(on_no_memory);
}

void end_tidily() {
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1, SIGUSR2, SIGXCPU, SIGVTALRM})
    handle(signal, on_end);
  handle(SIGABRT, on_abort);
  ::signal(SIGXFSZ, SIG_IGN);
  end_where_memory_runs_out();
  std::set_terminate([] { std::abort(); });
}

}  // namespace upmem_des
