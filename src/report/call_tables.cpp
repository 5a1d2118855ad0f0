#include "report/call_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "util/number_text.hpp"
#include "util/text_table.hpp"

namespace upmem_des {

namespace {

using Align = TextTable::Align;
using Cells = std::vector<std::string>;
using Groups = std::vector<const CallGroup*>;

CallTimes sum(const std::array<CallTimes, phase_count>& phases) {
  CallTimes total = phases[0];
  total += phases[1];
  return total;
}

CallTimes everything(const CallTotals& calls) {
  CallTimes all = calls.total(EventKind::Layer);
  all += calls.total(EventKind::Function);
  return all;
}

/// Where the times come from, and how many calls have none. A simulation gives every call a time.
std::string origin_text(const CallTimes& all, TimeOrigin origin) {
  if (origin == TimeOrigin::Simulated) return "times simulated, transfers of the call included";
  if (all.timed == 0) return "no call has a time";
  std::string text = "times measured on the CPU";
  if (origin == TimeOrigin::NotComputed) text += ", heavy operators not computed: not the network's times";
  if (all.timed < all.count) text += fmt::format("; {} of {} calls without a time", all.count - all.timed, all.count);
  return text;
}

/// The columns of times, each with one unit: mean of a call, total, share.
class TimeColumns {
 public:
  explicit TimeColumns(double whole_s) : whole_s_(whole_s) {}

  /// Units are chosen by the largest of what is shown.
  void fit(const CallTimes& calls) {
    largest_mean_s_ = std::max(largest_mean_s_, calls.mean_s().value_or(0));
    largest_total_s_ = std::max(largest_total_s_, calls.time_s);
  }

  std::string mean(const CallTimes& calls) const {
    const auto mean_s = calls.mean_s();
    return mean_s ? rounded_text(*mean_s / scale_for(largest_mean_s_, "s").factor, digits) : "-";
  }
  std::string total(const CallTimes& calls) const {
    return calls.timed > 0 ? rounded_text(calls.time_s / scale_for(largest_total_s_, "s").factor, digits) : "-";
  }
  std::string share(const CallTimes& calls) const {
    return calls.timed > 0 ? fmt::format("{:.1f}", whole_s_ > 0 ? 100 * calls.time_s / whole_s_ : 0) : "-";
  }
  std::string mean_unit() const { return scale_for(largest_mean_s_, "s").unit; }
  std::string total_unit() const { return scale_for(largest_total_s_, "s").unit; }

 private:
  static constexpr int digits = 5;

  double whole_s_;
  double largest_mean_s_ = 0;
  double largest_total_s_ = 0;
};

/// A table of layers or of functions.
class GroupTable {
 public:
  GroupTable(const CallTotals& calls, EventKind kind, bool simulated)
      : calls_(calls),
        kind_(kind),
        layers_(kind == EventKind::Layer),
        simulated_(simulated),
        times_(everything(calls).time_s) {}

  std::string text(const Groups& groups) {
    for (const CallGroup* group : groups) fit(group->phases);
    fit(calls_.others(kind_));
    times_.fit(calls_.total(kind_));
    TextTable table(columns());
    head(table);
    for (const CallGroup* group : groups) table.row(cells(label(*group), group->phases));
    const std::string kinds = layers_ ? "layers" : "functions";
    if (sum(calls_.others(kind_)).count > 0)
      table.row(cells(named(fmt::format("(after {} {})", CallTotals::max_groups, kinds)), calls_.others(kind_)));
    table.rule();
    const CallTimes total = calls_.total(kind_);
    Cells last = named("all " + kinds);
    last.insert(last.end(), {std::to_string(total.count), "", "", "", times_.total(total), times_.share(total)});
    table.row(last);
    return table.str(2);
  }

 private:
  static constexpr std::size_t numbers = 6;  // columns after those of text

  void fit(const std::array<CallTimes, phase_count>& phases) {
    for (const CallTimes& phase : phases) times_.fit(phase);
  }

  /// Columns of text, a layer's id included.
  std::size_t texts() const { return (layers_ ? 6U : 4U) + (simulated_ ? 1U : 0U); }

  std::vector<Align> columns() const {
    std::vector<Align> columns(texts(), Align::Left);
    if (layers_) columns.front() = Align::Right;
    columns.insert(columns.end(), numbers, Align::Right);
    return columns;
  }

  void head(TextTable& table) const {
    Cells names = layers_ ? Cells{"id", "name", "type"} : Cells{"type", "name"};
    if (simulated_) names.emplace_back("device");
    names.emplace_back("input");
    if (layers_) names.emplace_back("weight");
    names.insert(names.end(), {"output", "calls", "mean", "in prefill", "in decode", "total", "share"});
    table.row(names);
    Cells units(texts());
    const std::string mean = times_.mean_unit();
    units.insert(units.end(), {"", mean, mean, mean, times_.total_unit(), "%"});
    table.row(units);
    table.rule();
  }

  Cells label(const CallGroup& group) const {
    const std::string id = group.id ? std::to_string(*group.id) : "-";
    const std::string& name = group.path.empty() ? group.name.str() : group.path.str();
    Cells label = layers_ ? Cells{id, name, group.type.str()} : Cells{group.type.str(), group.name.str()};
    if (simulated_) label.push_back(group.device.str() + (group.more_devices ? ", …" : ""));
    label.push_back(group.input.str());
    if (layers_) label.push_back(group.weight.str());
    label.push_back(group.output.str());
    return label;
  }

  /// The label of a row that is no single group.
  Cells named(const std::string& name) const {
    Cells label(texts());
    label[layers_ ? 1 : 0] = name;
    return label;
  }

  Cells cells(Cells label, const std::array<CallTimes, phase_count>& phases) const {
    const CallTimes total = sum(phases);
    label.insert(label.end(), {std::to_string(total.count), times_.mean(total), times_.mean(phases[0]),
                               times_.mean(phases[1]), times_.total(total), times_.share(total)});
    return label;
  }

  const CallTotals& calls_;
  EventKind kind_;
  bool layers_;
  bool simulated_;
  TimeColumns times_;
};

std::string with_title(const std::string& what, const CallTotals& calls, EventKind kind, const Groups& groups,
                       TimeOrigin origin) {
  if (groups.empty()) return what + ": none\n";
  return what + ", " + origin_text(everything(calls), origin) + "\n" +
         GroupTable(calls, kind, origin == TimeOrigin::Simulated).text(groups);
}

/// Layers or functions of one type and name in one phase.
struct NamedClass {
  Name type;
  Name name;
  CallTimes calls;
};

/// The longest first; equally long ones in the order of CallTotals' layers and functions.
std::vector<NamedClass> classes_of(const CallTotals& calls, std::size_t phase) {
  std::vector<NamedClass> classes;
  const auto append = [&](const Groups& groups) {
    std::unordered_map<std::uint64_t, std::size_t> places;  // a layer and a function of one name are two
    for (const CallGroup* group : groups) {
      if (group->phases[phase].count == 0) continue;
      const std::uint64_t key = std::uint64_t{group->type.index()} << 32 | group->name.index();
      const auto [at, is_new] = places.emplace(key, classes.size());
      if (is_new) classes.push_back({group->type, group->name, {}});
      classes[at->second].calls += group->phases[phase];
    }
  };
  append(calls.layers());
  append(calls.functions());
  std::stable_sort(classes.begin(), classes.end(),
                   [](const NamedClass& a, const NamedClass& b) { return a.calls.time_s > b.calls.time_s; });
  return classes;
}

std::string phase_table(const CallTotals& calls, std::size_t phase) {
  const std::vector<NamedClass> classes = classes_of(calls, phase);
  if (classes.empty()) return {};
  CallTimes others = calls.others(EventKind::Layer)[phase];
  others += calls.others(EventKind::Function)[phase];
  double phase_s = others.time_s;
  for (const NamedClass& events : classes) phase_s += events.calls.time_s;
  TimeColumns times(phase_s);
  times.fit(others);
  for (const NamedClass& events : classes) times.fit(events.calls);

  TextTable table({Align::Left, Align::Left, Align::Right, Align::Right, Align::Right, Align::Right});
  const auto row = [&](const std::string& type, const std::string& name, const CallTimes& sums) {
    table.row({type, name, std::to_string(sums.count), times.total(sums), times.share(sums), times.mean(sums)});
  };
  table.row({"type", "name", "count", "time", "share", "mean"});
  table.row({"", "", "", times.total_unit(), "%", times.mean_unit()});
  table.rule();
  for (const NamedClass& events : classes) row(events.type.str(), events.name.str(), events.calls);
  if (others.count > 0) row("(others)", "", others);
  return fmt::format("\n{}\n{}", to_string(static_cast<Phase>(phase)), table.str(2));
}

}  // namespace

std::string layers_table(const CallTotals& calls, TimeOrigin origin) {
  return with_title("layers in creation order", calls, EventKind::Layer, calls.layers(), origin);
}

std::string functions_table(const CallTotals& calls, TimeOrigin origin) {
  Groups groups = calls.functions();
  std::stable_sort(groups.begin(), groups.end(),
                   [](const CallGroup* a, const CallGroup* b) { return a->total().time_s > b->total().time_s; });
  return with_title("functions by type and name", calls, EventKind::Function, groups, origin);
}

std::string class_table(const CallTotals& calls, TimeOrigin origin) {
  const CallTimes all = everything(calls);
  if (all.count == 0) return "events by type and name: none\n";
  std::string text = "events by type and name, " + origin_text(all, origin) + "\n";
  for (std::size_t phase = 0; phase < phase_count; ++phase) text += phase_table(calls, phase);
  return text;
}

}  // namespace upmem_des
