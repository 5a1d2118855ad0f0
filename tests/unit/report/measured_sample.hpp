/// A measured run made by hand.
#pragma once

#include "report/measured_run.hpp"

/// A language model, batch 2: one prefill pass of 2 s at 40 J + 4 J, three decode passes of 6 s at 60 J + 6 J, 8
/// tokens, events of 7.6 s.
inline upmem_des::MeasuredRun measured_sample() {
  using namespace upmem_des;
  MeasuredRun run;
  run.header.model = "tiny";
  run.header.dtype = NumberFormat::float32;
  run.header.batch = 2;
  run.reply.phases[0] = {2, 1, CpuEnergy{40, 4}};
  run.reply.phases[1] = {6, 3, CpuEnergy{60, 6}};
  run.reply.events = 96;
  run.reply.events_s = 7.6;
  run.reply.threads = 2;
  run.reply.cpu = "A CPU @ 2 GHz";
  run.reply.libtorch = "1.13.1";
  run.reply.token_ids = {{5, 6, 7, 8}, {1, 2, 3, 4}};
  run.reply.texts = {"one", "two"};
  return run;
}

/// A network of another kind: one pass of 4 ms, no energy.
inline upmem_des::MeasuredRun measured_script() {
  using namespace upmem_des;
  MeasuredRun run;
  run.header.dtype = NumberFormat::float32;
  run.reply.phases[0] = {0.004, 1, {}};
  run.reply.events = 1;
  run.reply.events_s = 0.003;
  run.reply.threads = 1;
  run.reply.libtorch = "1.13.1";
  run.reply.no_energy = "/sys/class/powercap: no counters";
  return run;
}
