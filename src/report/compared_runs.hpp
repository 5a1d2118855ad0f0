/// What stands above results side by side: which they are, and what they were run with.
#pragma once

#include <string>
#include <vector>

#include "upmem_des/report/comparison.hpp"

namespace upmem_des {

/// Names for the results in files: "a" for "runs/a.json", and where two are the same with as many folders in front as
/// it takes ("x/a", "y/a"). A file that is given again has a number behind it ("a (2)").
std::vector<std::string> result_names(const std::vector<std::string>& paths);

/// What the results were run with: a line of what is alike in all, then a line for each, with its number, its name and
/// what differs. The latter are left out where the names are short and nothing differs.
std::string compared_runs_text(const std::vector<NamedResult>& results);

/// Something that results were run with.
struct ComparedFact {
  std::string label;
  std::vector<std::string> values;  ///< of each result
};

/// The same of other facts than those of a SimulationResult.
std::string compared_facts_text(const std::vector<std::string>& names, std::vector<ComparedFact> facts);

/// A name that fits into a column of a comparison, that of result number `index` from 0.
std::string short_name(const std::string& name, std::size_t index);

/// `results` with names that fit into a column of the comparison: a long one is cut, and has its number in front.
std::vector<NamedResult> with_short_names(std::vector<NamedResult> results);

}  // namespace upmem_des
