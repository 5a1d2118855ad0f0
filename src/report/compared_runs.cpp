#include "report/compared_runs.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "upmem_des/util/error.hpp"
#include "util/harmless_text.hpp"
#include "util/shortened.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

namespace fs = std::filesystem;
using Align = TextTable::Align;

// Four results and their ratios then take at most 120 columns.
constexpr std::size_t widest_name = 15;

/// The first `most` characters of a UTF-8 text.
std::string first_characters(const std::string& text, std::size_t most) {
  std::size_t end = 0;
  for (std::size_t count = 0; end < text.size(); ++end)
    if (!continues_character(text[end]) && ++count > most) break;
  return text.substr(0, end);
}

bool is_long(const std::string& name) {
  return first_characters(name, widest_name).size() < name.size();
}

/// The file's name without ".json" with some folders in front; with all of them where there are fewer.
std::string name_with_folders(const fs::path& path, std::size_t folders) {
  const fs::path file = path.filename();
  fs::path name = file.extension() == ".json" ? file.stem() : file;
  fs::path above = path.parent_path();
  for (std::size_t i = 0; i < folders && above.has_filename(); ++i, above = above.parent_path())
    name = above.filename() / name;
  return name.string();
}

bool differs(const ComparedFact& fact) {
  return std::any_of(fact.values.begin(), fact.values.end(),
                     [&](const std::string& value) { return value != fact.values.front(); });
}

/// Devices that reach their peaks are not to be compared with others as if they were alike.
std::string ideal_or_not(const SimulationResult& result) {
  if (!result.all_devices_ideal) return "";
  return *result.all_devices_ideal ? "ideal" : "not all ideal";
}

std::vector<ComparedFact> facts_of(const std::vector<NamedResult>& results) {
  std::vector<ComparedFact> facts{{"scenario", {}},   {"model", {}},    {"data type", {}},      {"batch", {}},
                                  {"cost model", {}}, {"schedule", {}}, {"forward passes", {}}, {"devices", {}}};
  for (const NamedResult& one : results) {
    const SimulationResult& result = *one.result;
    const std::vector<std::string> values{result.scenario,
                                          result.model,
                                          to_string(result.dtype),
                                          std::to_string(result.batch),
                                          result.cost_model,
                                          result.schedule,
                                          std::to_string(result.forward_passes),
                                          ideal_or_not(result)};
    for (std::size_t i = 0; i < facts.size(); ++i) facts[i].values.push_back(values[i]);
  }
  return facts;
}

}  // namespace

std::vector<std::string> result_names(const std::vector<std::string>& paths) {
  std::vector<fs::path> files;
  files.reserve(paths.size());
  std::error_code error;  // the folder that relative paths start from may be gone
  for (const std::string& path : paths) files.push_back(fs::absolute(path, error).lexically_normal());
  std::vector<std::string> names(paths.size());
  std::map<fs::path, int> times;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const auto depth = static_cast<std::size_t>(std::distance(files[i].begin(), files[i].end()));
    const auto is_shared = [&](std::size_t folders) {
      return std::any_of(files.begin(), files.end(), [&](const fs::path& other) {
        return other != files[i] && name_with_folders(other, folders) == name_with_folders(files[i], folders);
      });
    };
    std::size_t folders = 0;
    while (folders < depth && is_shared(folders)) ++folders;
    // "a" and "a.json" of one folder are told apart by nothing but their whole paths.
    names[i] = is_shared(folders) ? files[i].string() : name_with_folders(files[i], folders);
    const int time = ++times[files[i]];
    if (time > 1) names[i] += " (" + std::to_string(time) + ")";
  }
  return names;
}

std::string compared_runs_text(const std::vector<NamedResult>& results) {
  std::vector<std::string> names;
  names.reserve(results.size());
  for (const NamedResult& one : results) names.push_back(one.name);
  return compared_facts_text(names, facts_of(results));
}

std::string compared_facts_text(const std::vector<std::string>& names, std::vector<ComparedFact> facts) {
  std::string alike;
  std::vector<ComparedFact> different;
  for (ComparedFact& fact : facts) {
    for (std::string& value : fact.values)
      if (value.empty()) value = "-";
    if (differs(fact))
      different.push_back(std::move(fact));
    else if (fact.values.front() != "-")
      alike += std::string(alike.empty() ? "all: " : ", ") + fact.label + " " + one_line(fact.values.front());
  }
  std::string text = alike.empty() ? "" : alike + "\n";
  if (different.empty() && std::none_of(names.begin(), names.end(), is_long)) return text;

  std::vector<Align> columns{Align::Right};
  columns.resize(2 + different.size(), Align::Left);
  TextTable table(columns);
  std::vector<std::string> heads{"#", "result"};
  for (const ComparedFact& fact : different) heads.push_back(fact.label);
  table.row(heads);
  table.rule();
  for (std::size_t i = 0; i < names.size(); ++i) {
    std::vector<std::string> cells{std::to_string(i + 1), names[i]};
    for (const ComparedFact& fact : different) cells.push_back(fact.values[i]);
    table.row(cells);
  }
  return text + table.str();
}

std::string short_name(const std::string& name, std::size_t index) {
  if (!is_long(name)) return name;
  const std::string number = "#" + std::to_string(index + 1) + " ";
  return number + first_characters(name, widest_name - number.size() - 1) + "…";
}

std::vector<NamedResult> with_short_names(std::vector<NamedResult> results) {
  for (std::size_t i = 0; i < results.size(); ++i) results[i].name = short_name(results[i].name, i);
  return results;
}

}  // namespace upmem_des
