#include "simulation/gate.hpp"

#include <utility>

#include "simulation/actor_stack.hpp"
#include "simulation/simgrid_compat.hpp"

namespace upmem_des {

namespace s4u = simgrid::s4u;

void Crew::start_actor(const std::string& name, s4u::Host* host, std::function<void()> code) {
  // Stacks of actors that have ended are used again.
  if (actors_ == most_actors_) {
    expect_stack(actors_);
    ++most_actors_;
  }
  ++actors_;
  ++active_;
  compat::create_actor(name, host, [this, code = std::move(code)] {
    // An exception that leaves an actor would abort the process.
    try {
      code();
    } catch (const simgrid::ForcefulKillException&) {
      throw;
    } catch (...) {
      if (!failure_) failure_ = std::current_exception();
      stop();
    }
    --actors_;
    one_rests();
  });
}

void Crew::one_rests() {
  if (--active_ == 0 && waiting_ > 0 && !stopped_) stop();
}

void Crew::stop() {
  stopped_ = true;
  // Opening one lets other actors run, who may make further gates.
  for (std::size_t i = 0; i < gates_.size(); ++i) gates_[i]->open();
}

void Crew::rethrow() const {
  if (failure_) std::rethrow_exception(failure_);
}

Gate::Gate(Crew& crew) : crew_(crew), semaphore_(s4u::Semaphore::create(0)) {
  crew.gates_.push_back(this);
}

bool Gate::wait() {
  if (crew_.stopped()) return false;
  waiting_ = true;
  ++crew_.waiting_;
  crew_.one_rests();
  semaphore_->acquire();
  return !crew_.stopped();
}

bool Gate::wait_until(double time_s) {
  if (crew_.stopped()) return false;
  // SimGrid takes a time of 0 for no limit.
  if (time_s <= s4u::Engine::get_clock()) return false;
  waiting_ = has_limit_ = true;
  const bool is_late = semaphore_->acquire_timeout(time_s - s4u::Engine::get_clock());
  has_limit_ = false;
  // Opened at the very time that it was waited for.
  if (is_late && !waiting_) semaphore_->acquire();
  return !std::exchange(waiting_, false);
}

void Gate::open() {
  if (!waiting_) return;
  waiting_ = false;
  if (!has_limit_) {
    --crew_.waiting_;
    ++crew_.active_;
  }
  semaphore_->release();
}

}  // namespace upmem_des
