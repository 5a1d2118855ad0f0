#include "timeline/paje/serving_paje.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "timeline/paje/paje_file.hpp"

namespace upmem_des {

namespace {

constexpr OperatorColour grey{"queued", "#7f7f7f", 127, 127, 127};

const char* name_of(const ServingStep& step) {
  if (step.prompt_tokens == 0) return "tokens";
  return step.prompt_tokens == step.tokens ? "prompts" : "prompts and tokens";
}

std::string instance_alias(std::size_t instance) {
  return fmt::format("i{}", instance);
}

std::string step_alias(std::size_t instance, std::size_t lane) {
  return fmt::format("i{}s{}", instance, lane);
}

std::string lane_alias(std::size_t lane) {
  return fmt::format("l{}", lane);
}

}  // namespace

class ServingPaje::Impl {
 public:
  Impl(const std::string& path, const std::string& title, std::size_t instances)
      : file_(path), title_(title), instances_(instances) {
    file_.write_header();
    file_.define_container_type("S", "0", "server");
    file_.define_container_type("I", "S", "instance");
    file_.define_container_type("L", "S", "requests");
    file_.define_container_type("P", "I", "steps");
    file_.define_state_type("Ps", "P", "step");
    file_.define_state_type("Ls", "L", "request");
    file_.define_variable_type("Ir", "I", "running", operator_colour(OperatorClass::Linear));
    file_.define_variable_type("Iw", "I", "waiting", transfer_colour());
    file_.define_variable_type("Ik", "I", "KV blocks", operator_colour(OperatorClass::Normalization));
    file_.define_value("Ps", "prompts", operator_colour(OperatorClass::Linear));
    file_.define_value("Ps", "prompts and tokens", operator_colour(OperatorClass::Embedding));
    file_.define_value("Ps", "tokens", operator_colour(OperatorClass::Attention));
    file_.define_value("Ls", "queued", grey);
    file_.define_value("Ls", "prompt", operator_colour(OperatorClass::Linear));
    file_.define_value("Ls", "tokens", operator_colour(OperatorClass::Attention));
    file_.create_container(0, "S", "S", "0", title_.empty() ? "server" : title_);
    for (std::size_t i = 0; i < instances_; ++i)
      file_.create_container(0, instance_alias(i), "I", "S", fmt::format("instance {}", i));
  }

  void planned(const ServingStep& step) {
    const std::uint64_t number = steps_++;
    at(step.start_s, [this, step, number](double now_s) {
      // Those of a pipeline overlap.
      StepLanes& lanes = step_lanes_[step.instance];
      const std::size_t lane = lanes.free.empty() ? lanes.count : *lanes.free.begin();
      const std::string alias = step_alias(step.instance, lane);
      if (lanes.free.empty())
        file_.create_container(now_s, alias, "P", instance_alias(step.instance),
                               fmt::format("steps {}", lanes.count++));
      else
        lanes.free.erase(lanes.free.begin());
      lane_of_step_[number] = lane;
      file_.push_state(now_s, "Ps", alias, name_of(step));
    });
    at(step.end_s, [this, instance = step.instance, number](double now_s) {
      const auto found = lane_of_step_.find(number);
      file_.pop_state(now_s, "Ps", step_alias(instance, found->second));
      step_lanes_[instance].free.insert(found->second);
      lane_of_step_.erase(found);
    });
  }

  void ended(const ServingStep& step) {
    at(step.end_s, [this, step](double now_s) {
      const std::string alias = instance_alias(step.instance);
      file_.set_variable(now_s, "Ir", alias, static_cast<double>(step.running));
      file_.set_variable(now_s, "Iw", alias, static_cast<double>(step.waiting));
      file_.set_variable(now_s, "Ik", alias, static_cast<double>(step.kv_blocks));
    });
  }

  void arrival(std::int64_t id, double time_s) {
    arrived_[id] = at(time_s, [this, id](double now_s) {
      arrived_.erase(id);
      const std::size_t lane = free_.empty() ? lanes_ : *free_.begin();
      if (free_.empty())
        file_.create_container(now_s, lane_alias(lanes_++), "L", "S", fmt::format("lane {}", lane));
      else
        free_.erase(free_.begin());
      lane_of_[id] = lane;
      file_.push_state(now_s, "Ls", lane_alias(lane), "queued");
    });
  }

  void turn(std::int64_t id, double time_s, const char* name) {
    at(time_s, [this, id, name](double now_s) {
      const std::string alias = lane_alias(lane_of_.at(id));
      file_.pop_state(now_s, "Ls", alias);
      file_.push_state(now_s, "Ls", alias, name);
    });
  }

  void request(const RequestRecord& request) {
    if (!request.refused.empty()) {
      // It is refused as it arrives: nothing has been written of it.
      if (const auto found = arrived_.find(request.id); found != arrived_.end()) {
        pending_.erase(found->second);
        arrived_.erase(found);
      }
      return;
    }
    at(request.finish_s, [this, id = request.id](double now_s) {
      const std::size_t lane = lane_of_.at(id);
      lane_of_.erase(id);
      free_.insert(lane);
      file_.pop_state(now_s, "Ls", lane_alias(lane));
    });
  }

  void commit() {
    while (!pending_.empty()) write_first();
    for (std::size_t lane = lanes_; lane-- > 0;) file_.destroy_container(last_s_, lane_alias(lane), "L");
    for (std::size_t i = instances_; i-- > 0;) {
      for (std::size_t lane = step_lanes_[i].count; lane-- > 0;)
        file_.destroy_container(last_s_, step_alias(i, lane), "P");
      file_.destroy_container(last_s_, instance_alias(i), "I");
    }
    file_.destroy_container(last_s_, "S", "S");
    file_.commit();
  }

  /// Everything that is told from now on is not before that time.
  void reached(double now_s) {
    while (!pending_.empty() && pending_.begin()->first < now_s) write_first();
  }

 private:
  using Write = std::function<void(double now_s)>;
  using Pending = std::multimap<double, Write>;  // at one time in the order in which they were told

  /// Nothing is written before what has been written.
  Pending::iterator at(double time_s, Write write) {
    return pending_.emplace(std::max(time_s, last_s_), std::move(write));
  }

  void write_first() {
    const auto first = pending_.begin();
    last_s_ = first->first;
    const Write write = std::move(first->second);
    pending_.erase(first);
    write(last_s_);
  }

  PajeFile file_;
  const std::string title_;
  const std::size_t instances_;
  Pending pending_;
  std::map<std::int64_t, Pending::iterator> arrived_;  // of which nothing has been written
  std::map<std::int64_t, std::size_t> lane_of_;        // by request
  std::set<std::size_t> free_;                         // lanes
  struct StepLanes {
    std::set<std::size_t> free;
    std::size_t count = 0;
  };
  std::map<std::size_t, StepLanes> step_lanes_;        // by instance
  std::map<std::uint64_t, std::size_t> lane_of_step_;  // of those under way
  std::uint64_t steps_ = 0;
  std::size_t lanes_ = 0;
  double last_s_ = 0;
};

ServingPaje::ServingPaje(const std::string& path, const std::string& title, std::size_t instances)
    : impl_(std::make_unique<Impl>(path, title, instances)) {}
ServingPaje::~ServingPaje() = default;

void ServingPaje::on_arrival(std::int64_t id, double time_s) {
  impl_->reached(time_s);
  impl_->arrival(id, time_s);
}

void ServingPaje::on_scheduled(std::int64_t id, double time_s) {
  impl_->reached(time_s);
  impl_->turn(id, time_s, "prompt");
}

void ServingPaje::on_first_token(std::int64_t id, double time_s) {
  impl_->turn(id, time_s, "tokens");
}

void ServingPaje::on_request(const RequestRecord& request) {
  impl_->request(request);
}

void ServingPaje::on_planned_step(const ServingStep& step) {
  impl_->planned(step);
}

void ServingPaje::on_step(const ServingStep& step) {
  impl_->reached(step.end_s);
  impl_->ended(step);
}

void ServingPaje::commit() {
  impl_->commit();
}

}  // namespace upmem_des
