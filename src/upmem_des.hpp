/// The library's front door: load a scenario, run it, write what came out.
///
///   #include <upmem_des.hpp>
///
///   const auto scenario = upmem_des::load_scenario("scenarios/llama-2-7b_4chip.yaml");
///   const auto result = upmem_des::run(scenario);
///   upmem_des::write_json(result, "result.json");
///
/// In CMake: find_package(upmem-des) and target_link_libraries(… upmem-des::upmem-des).
#pragma once

#include "cost/cost_model.hpp"
#include "cost/roofline_model.hpp"
#include "model/family_registry.hpp"
#include "report/comparison.hpp"
#include "report/html_report.hpp"
#include "report/json_result.hpp"
#include "report/report_registry.hpp"
#include "report/text_report.hpp"
#include "run/run.hpp"
#include "scenario/recorded_scenario.hpp"
#include "scenario/scenario_reader.hpp"
#include "scenario/scenario_writer.hpp"
#include "timeline/chart/chart_data.hpp"
#include "timeline/paje/paje_writer.hpp"
#include "timeline/perfetto/perfetto_writer.hpp"
#include "timeline/timeline.hpp"
