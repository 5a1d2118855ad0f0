#include "simulation/loaded_step.hpp"

#include <utility>

namespace upmem_des {

double LoadedStep::ends_after_s(std::uint32_t index, std::uint32_t ordinal) const {
  double time_s = 0;
  for (std::uint32_t i = 0; i <= ordinal; ++i) time_s += demand(piece(index).parts[i].slot).time_s();
  return time_s;
}

double LoadedStep::lasts_s(std::uint32_t index) const {
  double time_s = 0;
  for (const auto& [slot, times] : piece(index).totals) time_s += times * demand(slot).time_s();
  return time_s;
}

bool LoadedStep::has_ended(const CompiledStep::TaskPlace& place, double now_s) const {
  if (ended[place.piece]) return true;
  const bool is_work = piece(place.piece).kind == Task::Kind::Compute;
  return is_work && start_s[place.piece] != not_yet &&
         start_s[place.piece] + ends_after_s(place.piece, place.ordinal) <= now_s;
}

void LoadedStep::time_span(std::uint32_t index, double task_start_s, double task_end_s, double task_lasted_s) {
  Span& span = spans[index];
  if (span.start_s == not_yet || task_start_s < span.start_s) span.start_s = task_start_s;
  if (task_end_s < span.end_s || (task_end_s == span.end_s && task_lasted_s <= span.lasted_s)) return;
  span.end_s = task_end_s;
  span.last_start_s = task_start_s;
  span.lasted_s = task_lasted_s;
}

void LoadedStep::add_up(RunSums& sums) const {
  for (const CompiledStep::WorkUse& use : step->work) {
    const RunSums::Account& account = step->accounts[use.account];
    sums.add_work(account, use.device, demand(use.slot), use.times);
    sums.add_time(account, demand(use.slot).time_s() * static_cast<double>(use.alone));
  }
  for (const CompiledStep::TransferUse& use : step->transfers)
    sums.add_transfer(step->accounts[use.account], use.transfer, use.times);
  for (const CompiledStep::EventCount& count : step->class_events)
    sums.count_events(step->accounts[count.index], count.events);
  for (const CompiledStep::EventCount& count : step->device_events) sums.count_events_of(count.index, count.events);
}

std::unique_ptr<LoadedStep> load(std::shared_ptr<const CompiledStep> step, PlannedStep planned) {
  auto loaded = std::make_unique<LoadedStep>();
  loaded->step = std::move(step);
  loaded->first_id = planned.first_id;
  loaded->demands = std::move(planned.demands);
  loaded->powers = highest_powers(loaded->demands);
  const std::vector<CompiledStep::Piece>& pieces = loaded->step->pieces;
  loaded->left = pieces.size();
  loaded->start_s.assign(pieces.size(), LoadedStep::not_yet);
  loaded->ended.assign(pieces.size(), false);
  loaded->spans.resize(loaded->step->span_accounts.size());
  loaded->pending.reserve(pieces.size());
  for (const CompiledStep::Piece& piece : pieces) loaded->pending.push_back(piece.pending);
  return loaded;
}

}  // namespace upmem_des
