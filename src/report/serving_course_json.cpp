#include "report/serving_course_json.hpp"

#include <algorithm>
#include <functional>

#include "upmem_des/util/stated.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

using Json = nlohmann::ordered_json;

constexpr int digits = 5;

double rounded(double value) {
  if (!is_stated(value)) return value;
  double read = 0;
  parse_number(rounded_plain(value, digits), read);
  return read;
}

Json rounded_json(const std::vector<double>& values) {
  Json list = Json::array();
  for (const double value : values) list.push_back(rounded(value));
  return list;
}

Json waits_json(const WaitParts& parts) {
  return {{"queue_s", parts.queue_s},
          {"prefill_s", parts.prefill_s},
          {"transfer_s", parts.transfer_s},
          {"decode_s", parts.decode_s}};
}

Json gauge_json(const BinnedGauge& gauge) {
  return {{"mean", rounded_json(gauge.mean)}, {"least", rounded_json(gauge.least)}, {"most", rounded_json(gauge.most)}};
}

Json track_json(const CourseTrack& track) {
  Json json{{"running", gauge_json(track.running)},
            {"waiting", gauge_json(track.waiting)},
            {"kv_blocks", gauge_json(track.kv_blocks)},
            {"power_W", rounded_json(track.power_W)},
            {"tokens", rounded_json(track.tokens)},
            {"prompt_tokens", rounded_json(track.prompt_tokens)},
            {"steps", track.steps},
            {"mean_step_tokens", rounded_json(track.mean_step_tokens)},
            {"least_step_tokens", track.least_step_tokens},
            {"most_step_tokens", track.most_step_tokens}};
  if (!track.peak_power_W.empty()) json["peak_power_W"] = rounded_json(track.peak_power_W);
  return json;
}

std::vector<double> numbers(const JsonNode& list) {
  std::vector<double> values;
  for (const JsonNode& item : list.items()) values.push_back(item.number());
  return values;
}

/// As many as there are bins.
template <class Value, class Read>
void read_bins(const JsonNode& list, std::size_t bins, std::vector<Value>& values, const Read& read) {
  for (const JsonNode& item : list.items()) values.push_back(read(item));
  if (values.size() != bins)
    list.fail("has " + std::to_string(values.size()) + " values; expected " + std::to_string(bins) +
              ", one for each bin");
}

void read_numbers(const JsonNode& list, std::size_t bins, std::vector<double>& values) {
  read_bins(list, bins, values, [](const JsonNode& item) { return item.number(); });
}

void read_counts(const JsonNode& list, std::size_t bins, std::vector<std::int64_t>& values) {
  read_bins(list, bins, values, [](const JsonNode& item) { return item.count(); });
}

void read(const JsonNode& node, std::size_t bins, BinnedGauge& gauge) {
  read_numbers(node.at("mean"), bins, gauge.mean);
  read_numbers(node.at("least"), bins, gauge.least);
  read_numbers(node.at("most"), bins, gauge.most);
}

CourseTrack read_track(const JsonNode& node, std::size_t bins) {
  CourseTrack track;
  read(node.at("running"), bins, track.running);
  read(node.at("waiting"), bins, track.waiting);
  read(node.at("kv_blocks"), bins, track.kv_blocks);
  const auto power = [](const JsonNode& item) { return item.number_or_not_stated(); };
  read_bins(node.at("power_W"), bins, track.power_W, power);
  if (node.has("peak_power_W")) read_bins(node.at("peak_power_W"), bins, track.peak_power_W, power);
  read_numbers(node.at("tokens"), bins, track.tokens);
  read_numbers(node.at("prompt_tokens"), bins, track.prompt_tokens);
  read_counts(node.at("steps"), bins, track.steps);
  read_numbers(node.at("mean_step_tokens"), bins, track.mean_step_tokens);
  read_counts(node.at("least_step_tokens"), bins, track.least_step_tokens);
  read_counts(node.at("most_step_tokens"), bins, track.most_step_tokens);
  return track;
}

std::vector<double> read_edges(const JsonNode& list, std::size_t bins) {
  std::vector<double> edges_s = numbers(list);
  if (edges_s.size() != bins + 1)
    list.fail("has " + std::to_string(edges_s.size()) + " values; expected " + std::to_string(bins + 1) +
              ", where each bin begins and the last one ends");
  if (std::adjacent_find(edges_s.begin(), edges_s.end(), std::greater_equal<>()) != edges_s.end())
    list.fail("do not ascend; expected each to be above the one before");
  return edges_s;
}

WaitParts read_waits(const JsonNode& node) {
  return {node.at("queue_s").number(), node.at("prefill_s").number(), node.at("transfer_s").number(),
          node.at("decode_s").number()};
}

/// Of nothing, or of as many values as there are shares.
std::vector<double> read_curve(const JsonNode& list) {
  std::vector<double> curve = numbers(list);
  if (!curve.empty() && curve.size() != curve_shares().size())
    list.fail("has " + std::to_string(curve.size()) + " values; expected none, or " +
              std::to_string(curve_shares().size()) + ", one for each of the shares");
  return curve;
}

}  // namespace

void add_course_json(const ServingResult& result, Json& section) {
  if (!result.course) return;
  Json classes = Json::array();
  for (const WaitClass& each : result.wait_classes) {
    Json json{{"from", each.from_share}, {"to", each.to_share}, {"requests", each.requests}};
    json.update(waits_json(each.mean));
    classes.push_back(std::move(json));
  }
  section["waits"] = {{"mean", result.completed > 0 ? waits_json(result.mean_wait) : Json()}, {"by_e2e", classes}};
  const ServedCurves& curves = result.curves;
  section["curves"] = {{"shares", curve_shares()},
                       {"ttft_s", curves.time_to_first_token_s},
                       {"tpot_s", curves.time_per_output_token_s},
                       {"e2e_s", curves.end_to_end_s},
                       {"queue_s", curves.queued_s}};
  const ServingCourse& course = *result.course;
  Json instances = Json::array();
  for (const CourseTrack& track : course.instances) instances.push_back(track_json(track));
  section["course"] = {{"bin_s", course.bin_s},
                       {"end_s", course.end_s},
                       {"all", track_json(course.all)},
                       {"instances", std::move(instances)}};
  if (!course.edges_s.empty()) section["course"]["edges_s"] = course.edges_s;
}

void read_course(const JsonNode& section, ServingResult& result) {
  if (!section.has("course")) return;
  const JsonNode waits = section.at("waits");
  if (!waits.at("mean").is_null()) result.mean_wait = read_waits(waits.at("mean"));
  for (const JsonNode& node : waits.at("by_e2e").items())
    result.wait_classes.push_back(
        {node.at("from").number(), node.at("to").number(), node.at("requests").count(), read_waits(node)});
  const JsonNode curves = section.at("curves");
  if (const JsonNode shares = curves.at("shares"); numbers(shares) != curve_shares())
    shares.fail("are not those of this program; expected 0, 0.01, … 0.99, 0.991, … 0.999, 0.9995, 1");
  result.curves = {read_curve(curves.at("ttft_s")), read_curve(curves.at("tpot_s")), read_curve(curves.at("e2e_s")),
                   read_curve(curves.at("queue_s"))};
  const JsonNode node = section.at("course");
  ServingCourse& course = result.course.emplace();
  course.bin_s = node.at("bin_s").number();
  course.end_s = node.at("end_s").number();
  const std::size_t bins = node.at("all").at("tokens").items().size();
  if (bins > ServingCourse::most_bins)
    node.at("all").at("tokens").fail("has " + std::to_string(bins) + " values; expected at most " +
                                     std::to_string(ServingCourse::most_bins));
  course.all = read_track(node.at("all"), bins);
  if (node.has("edges_s")) course.edges_s = read_edges(node.at("edges_s"), bins);
  for (const JsonNode& track : node.at("instances").items()) course.instances.push_back(read_track(track, bins));
  if (!course.instances.empty() && course.instances.size() != result.instances.size())
    node.at("instances")
        .fail("are " + std::to_string(course.instances.size()) + "; expected none, or one for each of the " +
              std::to_string(result.instances.size()) + " instances");
}

}  // namespace upmem_des
