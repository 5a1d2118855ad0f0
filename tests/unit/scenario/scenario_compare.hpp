/// Scenarios against each other.
#pragma once

#include <string>

#include "scenario/scenario.hpp"

/// Expects that both say the same: every field but the places in files. Paths are compared as absolute ones, and a
/// model's dtype and batch with their defaults filled in.
void expect_same(const upmem_des::Scenario& a, const upmem_des::Scenario& b);

/// Makes the source tree's data the data folder, whatever is installed.
void use_source_data();

/// Expects that writing, reading and writing the scenario in the file gives the same scenario and the same text.
void expect_round_trip(const std::string& path);
