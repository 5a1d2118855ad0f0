/// Work as those who watch activities see it.
#pragma once

#include "plan/memory_account.hpp"
#include "upmem_des/cost/demand.hpp"
#include "upmem_des/result/activity_record.hpp"

namespace upmem_des {

/// Those who watch, and what they want to know besides.
struct Watch {
  ActivityObserver* observer = nullptr;  ///< null: nobody does
  MemoryAccount* memory = nullptr;       ///< adds up what devices hold as the run goes; not null with an observer
};

/// Fills in what a demand tells of a Compute: energy, flop, bytes, and how long its resources work.
void describe(const Demand& demand, ActivityRecord& activity);

/// Tells of the arithmetic of a step that starts at `start_s`, its overhead included; nothing where there is none.
/// `of` is the activity that it belongs to.
void tell_arithmetic(const Step& step, double start_s, const ActivityRecord& of, ActivityObserver& observer);

/// The same of all its memory work.
void tell_memory(const Step& step, double start_s, const ActivityRecord& of, ActivityObserver& observer);

}  // namespace upmem_des
