#include "cli/progress_bar.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <string>

namespace upmem_des {

namespace {

constexpr int least_width = 4;
constexpr int beside_bar = 30;  // brackets, percents, seconds

/// Of the terminal that it is drawn on.
int columns() {
  constexpr int usual = 80;
  struct winsize size = {};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : usual;
}

}  // namespace

ProgressBar::ProgressBar(bool enabled)
    : enabled_(enabled && ::isatty(STDERR_FILENO) == 1), started_(Clock::now()), drawn_(started_) {}

ProgressBar::~ProgressBar() {
  clear();
}

void ProgressBar::update(std::int64_t done, std::int64_t total) {
  if (!enabled_ || total <= 0) return;
  constexpr auto patience = std::chrono::seconds(1);
  constexpr auto redraw = std::chrono::milliseconds(100);
  const auto now = Clock::now();
  if (now - started_ < patience || (shown_ && now - drawn_ < redraw)) return;
  drawn_ = now;
  shown_ = true;
  const int width = std::max(least_width, columns() - beside_bar);
  const double share = std::min(1.0, static_cast<double>(done) / static_cast<double>(total));
  const double elapsed_s = std::chrono::duration<double>(now - started_).count();
  const double left_s = share > 0 ? elapsed_s * (1 - share) / share : 0;
  const auto filled = static_cast<std::size_t>(share * width);
  fmt::print(stderr, "\r[{}{}] {:3.0f} %  {:.0f} s left\033[K", std::string(filled, '#'),
             std::string(width - filled, '.'), 100 * share, left_s);
  std::fflush(stderr);
}

void ProgressBar::clear() {
  if (!shown_) return;
  fmt::print(stderr, "\r\033[K");
  std::fflush(stderr);
  shown_ = false;
}

}  // namespace upmem_des
