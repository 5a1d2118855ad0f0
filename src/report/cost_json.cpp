#include "report/cost_json.hpp"

#include <nlohmann/json.hpp>

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

Json range_json(const ValueRange& range) {
  return {{"low", range.low}, {"mid", range.mid}, {"high", range.high}};
}

Json range_json(const std::optional<ValueRange>& range) {
  return range ? range_json(*range) : Json();
}

Json ranges_json(const CostRanges& ranges) {
  Json json = Json::object();
  for (const CostUnit unit : cost_units)
    for (const CostPart part : cost_parts) json[to_string(unit)][to_string(part)] = range_json(ranges.at(unit, part));
  return json;
}

Json dependence_json(const CostDependence& dependence) {
  Json json{{"unit", to_string(dependence.unit)}, {"part", to_string(dependence.part)}, {"inputs", Json::array()}};
  for (const CostSwing& swing : dependence.swings)
    json["inputs"].push_back({{"input", swing.input},
                              {"low", swing.low},
                              {"high", swing.high},
                              {"at_low", swing.at_low},
                              {"at_high", swing.at_high},
                              {"stated", swing.is_stated}});
  return json;
}

std::optional<ValueRange> read_range(const JsonNode& node) {
  if (node.is_null()) return std::nullopt;
  const ValueRange range{node.at("low").number(), node.at("mid").number(), node.at("high").number()};
  if (range.low > range.mid || range.mid > range.high) node.fail("is not ascending; expected low, mid, high");
  return range;
}

ValueRange read_known(const JsonNode& node) {
  const std::optional<ValueRange> range = read_range(node);
  if (!range) node.fail("is null; expected low, mid and high");
  return *range;
}

CostRanges read_ranges(const JsonNode& node) {
  CostRanges ranges;
  for (const CostUnit unit : cost_units)
    for (const CostPart part : cost_parts)
      ranges.at(unit, part) = read_range(node.at(to_string(unit)).at(to_string(part)));
  return ranges;
}

CostDependence read_dependence(const JsonNode& node) {
  CostDependence dependence{node.at("unit").one_of(cost_units), node.at("part").one_of(cost_parts), {}};
  for (const JsonNode& swing : node.at("inputs").items())
    dependence.swings.push_back({swing.at("input").text(), swing.at("low").number(), swing.at("high").number(),
                                 swing.at("at_low").number(), swing.at("at_high").number(),
                                 swing.at("stated").truth()});
  return dependence;
}

}  // namespace

Json cost_json(const CostReport& report) {
  Json json{{"currency", "USD"},
            {"machine_usd", range_json(report.machine_usd)},
            {"years", range_json(report.years)},
            {"utilisation", range_json(report.utilisation)},
            {"pue", range_json(report.pue)},
            {"power_W", report.power_W ? Json(*report.power_W) : Json()},
            {"idle_W", range_json(report.idle_W)},
            {"requests_per_s", report.requests_per_s},
            {"per", ranges_json(report.all)},
            {"goodput", Json()},
            {"dependence", Json::array()},
            {"missing", report.missing}};
  if (report.goodput_per_s)
    json["goodput"] = {{"requests_per_s", *report.goodput_per_s},
                       {"per", report.good ? ranges_json(*report.good) : Json()}};
  for (const CostDependence& dependence : report.dependence) json["dependence"].push_back(dependence_json(dependence));
  return json;
}

CostReport read_cost_json(const JsonNode& section) {
  CostReport report;
  if (const JsonNode currency = section.at("currency"); currency.text() != "USD")
    currency.fail("is an unknown currency; expected USD");
  report.machine_usd = read_range(section.at("machine_usd"));
  report.years = read_range(section.at("years"));
  report.utilisation = read_known(section.at("utilisation"));
  report.pue = read_known(section.at("pue"));
  if (const JsonNode power = section.at("power_W"); !power.is_null()) report.power_W = power.number();
  report.idle_W = read_known(section.at("idle_W"));
  report.requests_per_s = section.at("requests_per_s").number();
  report.all = read_ranges(section.at("per"));
  if (const JsonNode goodput = section.at("goodput"); !goodput.is_null()) {
    report.goodput_per_s = goodput.at("requests_per_s").number();
    if (!goodput.at("per").is_null()) report.good = read_ranges(goodput.at("per"));
  }
  for (const JsonNode& dependence : section.at("dependence").items())
    report.dependence.push_back(read_dependence(dependence));
  for (const JsonNode& line : section.at("missing").items()) report.missing.push_back(line.text());
  return report;
}

}  // namespace upmem_des
