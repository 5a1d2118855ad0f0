#include "service/withheld_service.hpp"

#include <algorithm>

#include "run/withheld_energies.hpp"
#include "upmem_des/util/stated.hpp"

namespace upmem_des {

void withhold_energies(const StatedEnergies& stated, ServingRun& run) {
  if (stated.all()) return;
  withhold_energies(stated, run.machine);
  ServingResult& result = run.serving;
  for (double* energy_J :
       {&result.energy_J, &result.idle_J, &result.requests_J, &result.of_prompt_tokens_J, &result.transfers.energy_J,
        &result.speculation.draft_J, &result.tier.store_J, &result.tier.fetch_J})
    *energy_J = not_stated;
  if (result.peak_power_W) result.peak_power_W = not_stated;
  if (!result.course) return;
  const auto withhold = [](CourseTrack& track) {
    for (std::vector<double>* power_W : {&track.power_W, &track.peak_power_W})
      std::fill(power_W->begin(), power_W->end(), not_stated);
  };
  withhold(result.course->all);
  for (CourseTrack& track : result.course->instances) withhold(track);
}

void ServiceWithoutEnergy::on_request(const RequestRecord& request) {
  RequestRecord told = request;
  told.energy_J = not_stated;
  for (RequestObserver* observer : requests_) observer->on_request(told);
}

void ServiceWithoutEnergy::on_arrival(std::int64_t id, double time_s) {
  for (RequestObserver* observer : requests_) observer->on_arrival(id, time_s);
}

void ServiceWithoutEnergy::on_scheduled(std::int64_t id, double time_s) {
  for (RequestObserver* observer : requests_) observer->on_scheduled(id, time_s);
}

void ServiceWithoutEnergy::on_first_token(std::int64_t id, double time_s) {
  for (RequestObserver* observer : requests_) observer->on_first_token(id, time_s);
}

void ServiceWithoutEnergy::on_sample(const ServingSample& sample) {
  ServingSample told = sample;
  told.power_W = not_stated;
  for (ServingObserver* observer : watchers_) observer->on_sample(told);
}

void ServiceWithoutEnergy::on_step(const ServingStep& step) {
  ServingStep told = step;
  told.energy_J = told.most_W = not_stated;
  for (ServingObserver* observer : watchers_) observer->on_step(told);
}

void ServiceWithoutEnergy::on_planned_step(const ServingStep& step) {
  ServingStep told = step;
  told.energy_J = told.most_W = not_stated;
  for (ServingObserver* observer : watchers_) observer->on_planned_step(told);
}

}  // namespace upmem_des
