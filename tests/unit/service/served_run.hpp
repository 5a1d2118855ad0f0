/// Whole runs that serve requests, each in a process of its own, and what holds of all of them.
#pragma once

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

#include "given_requests.hpp"
#include "service/serve.hpp"
#include "support/in_child.hpp"
#include "support/temporary_folder.hpp"

namespace upmem_des::test {

/// "1" for a number that is what it should be, to nine decimals of it.
inline std::string same(double value, double expected) {
  const double off = expected == 0 ? value : value / expected - 1;
  if (std::abs(off) <= 5e-10) return "1";
  std::ostringstream text;
  text.precision(15);
  text << "(" << value << ", expected " << expected << ")";
  return text.str();
}

using Look = std::function<std::string(const PreparedServing&, const ServingRun&, const Kept&)>;

/// What `look` makes of a run.
inline std::string served(const Scenario& scenario, const std::vector<Request>& requests, const Look& look,
                          bool remembers_steps = true) {
  return in_child([&] {
    const PreparedServing prepared(scenario, [](const std::string&) {});
    Listed source(requests);
    Kept kept;
    ServeOptions options;
    options.requests = {&kept};
    options.watchers = {&kept};
    options.remembers_steps = remembers_steps;
    const ServingRun run = serve(prepared, source, options);
    return look(prepared, run, kept);
  });
}

/// Which law of power a run breaks; "" where it breaks none. The peak is at least the mean, of the run and of each part
/// of its course, and no part has one above the run's; parts follow each other, and what is drawn in them, with what is
/// drawn always, is the run's energy but for what the end of the run and what goes to and from cache tiers draw.
inline std::string broken_power_law(const ServingRun& run) {
  constexpr double rounding = 1e-9;
  const double peak_W = run.serving.peak_power_W.value();
  if (peak_W < run.machine.power_W() * (1 - rounding)) return "a peak below the mean";
  const ServingCourse& course = run.serving.course.value();
  if (course.edges_s.size() != course.bins() + 1 || course.edges_s.front() != 0 ||
      course.edges_s.back() != course.end_s)
    return "edges that are not those of the run";
  double energy_J = 0;
  for (std::size_t i = 0; i < course.bins(); ++i) {
    const double lasts_s = course.edges_s[i + 1] - course.edges_s[i];
    if (!(lasts_s > 0)) return "an empty part of the course";
    energy_J += course.all.power_W[i] * lasts_s;
    if (course.all.peak_power_W[i] < course.all.power_W[i]) return "a part's peak below its mean";
    if (course.all.peak_power_W[i] > peak_W * (1 + rounding)) return "a part's peak above the run's";
  }
  return energy_J > run.serving.energy_J * (1 + rounding) ? "parts that draw more than the run" : "";
}

/// "hold" where all of these requests were served, their tokens are those that were asked for, energies add up, the
/// time that requests were there is that of all of them together (Little's law), and at the end no engine has a
/// request or a block in use; else what does not.
inline std::string laws(const std::vector<Request>& requests, const ServingRun& run, const Kept& kept) {
  std::string broken;
  const auto check = [&](const char* what, auto value, auto expected) {
    const std::string text = same(static_cast<double>(value), static_cast<double>(expected));
    if (text != "1") broken += std::string(broken.empty() ? "" : "; ") + what + " " + text;
  };
  std::int64_t prompts = 0, outputs = 0;
  for (const Request& request : requests) {
    prompts += request.prompt_tokens;
    outputs += request.output_tokens;
  }
  double of_requests_J = 0, alive_s = 0;
  for (const auto& [id, record] : kept.records) {
    of_requests_J += record.energy_J;
    alive_s += record.end_to_end_s();
  }
  const ServingResult& result = run.serving;
  check("completed", result.completed, requests.size());
  check("records", kept.records.size(), requests.size());
  check("prompt tokens", result.prompt_tokens, prompts);
  check("output tokens", result.output_tokens, outputs);
  check("energy of requests and idle devices", result.requests_J + result.idle_J, result.energy_J);
  check("energy of requests", of_requests_J, result.requests_J);
  // While its cache is sent a request is in no instance.
  if (result.transfers.count == 0) check("time of requests", alive_s, result.request_seconds);
  if (const std::string power = broken_power_law(run); !power.empty()) broken += (broken.empty() ? "" : "; ") + power;
  check("running at the end", kept.last_sample.running, 0);
  check("waiting at the end", kept.last_sample.waiting, 0);
  check("blocks at the end", kept.last_sample.kv_blocks, 0);
  return broken.empty() ? "hold" : broken;
}

/// Expects what `look` says of a run; the same run to give the same numbers, and one that measures every step anew the
/// same to nine decimals.
inline void expect_served(const Scenario& scenario, const std::vector<Request>& requests, const Look& look,
                          const std::string& expected) {
  const auto text_of = [&](bool remembers_steps) {
    return served(
        scenario, requests,
        [&](const PreparedServing& prepared, const ServingRun& run, const Kept& kept) {
          std::ostringstream text;
          text.precision(17);
          text << look(prepared, run, kept) << "|" << run.serving.makespan_s << " " << run.serving.energy_J << " "
               << run.serving.tier.fetch_s.mean;
          return text.str();
        },
        remembers_steps);
  };
  const std::string remembered = text_of(true), measured = text_of(false);
  EXPECT_EQ(text_of(true), remembered) << "the same run twice";
  for (const std::string* text : {&remembered, &measured}) EXPECT_EQ(text->substr(0, text->find('|')), expected);
  std::istringstream found(remembered.substr(remembered.find('|') + 1));
  std::istringstream anew(measured.substr(measured.find('|') + 1));
  for (const char* what : {"makespan", "energy", "fetches"}) {
    double one = NAN, other = NAN;
    found >> one;
    anew >> other;
    EXPECT_EQ(same(one, other), "1") << what;
  }
}

/// What is wrong with a scenario, its files without the folder that they are in; "" where nothing is.
inline std::string refusal(const Scenario& scenario, const TemporaryFolder& folder,
                           std::vector<std::string>* warnings = nullptr) {
  const auto shortened = [&](const std::string& text) { return replaced(text, folder.str() + "/", ""); };
  try {
    const PreparedServing prepared(scenario, [&](const std::string& warning) {
      if (warnings != nullptr) warnings->push_back(shortened(warning));
    });
    return "";
  } catch (const std::exception& error) {
    return shortened(error.what());
  }
}

/// The same from the key below `serving` on, without the line that it stands in.
inline std::string serving_refusal(const Scenario& scenario, const TemporaryFolder& folder) {
  const std::string text = refusal(scenario, folder);
  const std::size_t at = text.find("serving.");
  return at == std::string::npos ? text : text.substr(at);
}

}  // namespace upmem_des::test
