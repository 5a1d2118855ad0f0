#include "timeline/perfetto/serving_tracks.hpp"

#include <fmt/format.h>

#include <set>
#include <utility>
#include <vector>

#include "timeline/perfetto/trace_event_file.hpp"
#include "upmem_des/util/stated.hpp"
#include "upmem_des/workload/slice.hpp"
#include "util/json_text.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

// No number is used twice, see TraceThread: processes have odd ones from 1 on, of requests' threads even ones.
constexpr std::int64_t requests_pid = 1;

std::int64_t pid_of(std::size_t instance) {
  return 3 + 2 * static_cast<std::int64_t>(instance);
}

const char* name_of(const ServingStep& step) {
  if (step.prompt_tokens == 0) return "tokens";
  return step.prompt_tokens == step.tokens ? "prompts" : "prompts and tokens";
}

}  // namespace

class ServingTracks::Impl {
 public:
  Impl(const std::string& path, std::string title) : file_(path), title_(std::move(title)) {}

  void step(const ServingStep& step) {
    const std::int64_t pid = pid_of(step.instance);
    if (named_.insert(pid).second) {
      file_.name_process(pid, fmt::format("instance {}", step.instance), pid);
      file_.name_thread({pid, pid}, "steps", 0);
    }
    TraceEventFile::Slice slice;
    slice.thread = {pid, pid};
    slice.name = name_of(step);
    slice.category = "step";
    slice.colour = step.prompt_tokens > 0 ? "rail_response" : "rail_load";
    slice.start = nanoseconds(step.start_s);
    slice.end = nanoseconds(step.end_s);
    slice.args = fmt::format(
        R"({{"tokens":{},"prompt_tokens":{},"requests":{}{}}})", step.tokens, step.prompt_tokens, step.requests,
        step.drafts > 0 ? fmt::format(R"(,"drafts":{},"accepted":{})", step.drafts, step.accepted) : std::string());
    file_.slice(slice);
    if (step.draft_s > 0) {
      slice.name = "drafts";
      slice.category = "draft";
      slice.colour = "thread_state_runnable";
      slice.start = nanoseconds(step.end_s - step.draft_s);
      slice.args = "{}";
      file_.slice(slice);
    }
    file_.counter(pid, "requests", slice.end,
                  {{"running", static_cast<double>(step.running)}, {"waiting", static_cast<double>(step.waiting)}});
    file_.counter(pid, "KV blocks", slice.end, {{"in use", static_cast<double>(step.kv_blocks)}});
  }

  void request(const RequestRecord& request) {
    if (!request.refused.empty()) return;
    const TraceThread thread = lane(request);
    const auto slice = [&](std::string name, const char* category, std::string_view colour, double from_s, double to_s,
                           std::string args = "{}") {
      TraceEventFile::Slice made;
      made.thread = thread;
      made.name = std::move(name);
      made.category = category;
      made.colour = colour;
      made.start = nanoseconds(from_s);
      made.end = nanoseconds(to_s);
      made.args = std::move(args);
      if (made.end > made.start) file_.slice(made);
    };
    slice(fmt::format("request {}", request.id), "request", "generic_work", request.arrival_s, request.finish_s,
          fmt::format(R"({{"instance":{},"prompt_tokens":{},"output_tokens":{},"hit_tokens":{},"preemptions":{},)"
                      R"("ttft_s":{},"energy_J":{}}})",
                      request.instance, request.prompt_tokens, request.output_tokens, request.hit_tokens,
                      request.preemptions, number_text(request.time_to_first_token_s()),
                      is_stated(request.energy_J) ? number_text(request.energy_J) : "null"));
    slice("queued", "queue", "grey", request.arrival_s, request.scheduled_s);
    slice("prompt", "prefill", "rail_response", request.scheduled_s, request.first_token_s);
    slice("tokens", "decode", "rail_load", request.first_token_s, request.finish_s);
  }

  void commit() {
    file_.finish(fmt::format(R"({{"title":{}}})", json_text(title_)));
    file_.commit();
  }

 private:
  /// Of the threads whose requests have all ended by the time that this one arrives, the one that has waited least.
  TraceThread lane(const RequestRecord& request) {
    if (named_.insert(requests_pid).second) file_.name_process(requests_pid, "requests", requests_pid);
    std::size_t chosen = ends_s_.size();
    for (std::size_t i = 0; i < ends_s_.size(); ++i)
      if (ends_s_[i] <= request.arrival_s && (chosen == ends_s_.size() || ends_s_[i] > ends_s_[chosen])) chosen = i;
    const TraceThread thread{requests_pid, 2 + 2 * static_cast<std::int64_t>(chosen)};
    if (chosen == ends_s_.size()) {
      ends_s_.push_back(0);
      file_.name_thread(thread, fmt::format("lane {}", chosen), static_cast<std::int64_t>(chosen));
    }
    ends_s_[chosen] = request.finish_s;
    return thread;
  }

  TraceEventFile file_;
  const std::string title_;
  std::set<std::int64_t> named_;  // processes
  std::vector<double> ends_s_;    // by lane: of its last request
};

ServingTracks::ServingTracks(const std::string& path, const std::string& title)
    : impl_(std::make_unique<Impl>(path, title)) {}
ServingTracks::~ServingTracks() = default;

void ServingTracks::on_request(const RequestRecord& request) {
  impl_->request(request);
}

void ServingTracks::on_step(const ServingStep& step) {
  impl_->step(step);
}

void ServingTracks::commit() {
  impl_->commit();
}

}  // namespace upmem_des
