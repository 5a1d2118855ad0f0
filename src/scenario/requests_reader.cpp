#include "scenario/requests_reader.hpp"

#include "requests/arrivals/arrivals.hpp"
#include "requests/lengths/lengths.hpp"
#include "scenario/ranges.hpp"
#include "scenario/workload_reader.hpp"

namespace upmem_des {

namespace {

using Use = RequestFileSection::Use;

std::int64_t whole(double value) {
  return static_cast<std::int64_t>(value);
}

double read_number(const YamlNode& node, const NumberRule& rule) {
  if (rule.whole) return static_cast<double>(yaml_integer(node, whole(rule.least), whole(rule.most)));
  return yaml_number(node, {rule.least, rule.most, rule.least_excluded});
}

NamedNumbers read_numbers(YamlMap& map, const std::vector<NumberRule>& rules) {
  NamedNumbers numbers;
  for (const NumberRule& rule : rules) {
    const YamlNode* node = map.optional(rule.key);
    if (node == nullptr && rule.need == NumberRule::Need::required) map.required(rule.key);
    if (node != nullptr) numbers.add(rule.key, read_number(*node, rule));
  }
  return numbers;
}

template <class Form>
std::vector<std::string> names_of(const std::vector<Form>& forms) {
  std::vector<std::string> names;
  for (const Form& form : forms) names.push_back(form.name);
  return names;
}

ArrivalStage read_stage(const YamlNode& node) {
  YamlMap map(node);
  ArrivalStage stage;
  stage.rate_per_s = yaml_number(map.required("rate"), NumberRange::not_negative(most_rate_per_s));
  stage.duration_s = yaml_number(map.required("duration_s"), NumberRange::positive(most_seconds));
  map.done();
  return stage;
}

ArrivalsSection read_arrivals(const YamlNode& node) {
  YamlMap map(node);
  ArrivalsSection arrivals;
  arrivals.process = yaml_choice(map.required("process"), names_of(arrival_forms()));
  const ArrivalForm& form = arrival_form(arrivals.process);
  arrivals.numbers = read_numbers(map, form.rules);
  if (form.has_stages) {
    const YamlNode& stages = map.required("stages");
    for (const YamlNode& stage : yaml_sequence(stages)) arrivals.stages.push_back(read_stage(stage));
    double rates = 0;
    for (const ArrivalStage& stage : arrivals.stages) rates += stage.rate_per_s;
    if (rates == 0) yaml_error(stages, "nothing arrives in them; expected one with a rate above 0");
  }
  map.done();
  if (form.name == "sessions" &&
      arrivals.numbers.find("rate").has_value() == arrivals.numbers.find("users").has_value())
    yaml_error(node, "has to say how sessions begin; expected one of rate and users");
  return arrivals;
}

class LengthsReader {
 public:
  LengthsReader(const YamlNode& node, const std::string& file, std::string column)
      : node_(node), file_(file), column_(std::move(column)) {
    lengths_.where = node.where;
    lengths_.key = node.key;
  }

  LengthsSection read() {
    if (node_.kind != YamlNode::Kind::Map) {
      lengths_.numbers.add("tokens", static_cast<double>(yaml_integer(node_, 1, largest_count)));
      return lengths_;
    }
    if (node_.entries.size() != 1)
      yaml_error(node_, std::to_string(node_.entries.size()) + " distributions; expected one of " +
                            "fixed, uniform, lognormal, normal, empirical");
    YamlMap map(node_);
    for (const LengthForm& form : length_forms())
      if (const YamlNode* found = map.optional(form.name)) read_form(form, *found);
    map.done();
    return lengths_;
  }

 private:
  void read_form(const LengthForm& form, const YamlNode& node) {
    lengths_.form = form.name;
    lengths_.where = node.where;
    lengths_.key = node.key;
    if (form.has_file) {
      read_file(node);
    } else if (node.kind != YamlNode::Kind::Map && form.rules.size() == 1) {
      lengths_.numbers.add(form.rules[0].key, read_number(node, form.rules[0]));
    } else {
      YamlMap map(node);
      lengths_.numbers = read_numbers(map, form.rules);
      map.done();
      form.make(lengths_);  // whether they go together
    }
  }

  void read_file(const YamlNode& node) {
    lengths_.column = column_;
    if (node.kind != YamlNode::Kind::Map) {
      lengths_.file = resolve_path(node, file_);
      return;
    }
    YamlMap map(node);
    lengths_.file = resolve_path(map.required("file"), file_);
    if (const YamlNode* column = map.optional("column")) lengths_.column = yaml_text(*column);
    map.done();
  }

  const YamlNode& node_;
  const std::string& file_;
  std::string column_;
  LengthsSection lengths_;
};

PrefixSection read_prefix(const YamlNode& node) {
  YamlMap map(node);
  PrefixSection prefix;
  prefix.groups = yaml_integer(map.required("groups"), 1, largest_count);
  prefix.tokens = yaml_integer(map.required("tokens"), 1, largest_count);
  if (const YamlNode* choice = map.optional("choice"))
    prefix.choice = yaml_choice(*choice, {"random", "round_robin"}) == "random" ? PrefixSection::Choice::random
                                                                                : PrefixSection::Choice::round_robin;
  map.done();
  return prefix;
}

RequestFileSection read_file(const YamlNode& node, const std::string& scenario) {
  RequestFileSection file;
  if (node.kind != YamlNode::Kind::Map) {
    file.path = resolve_path(node, scenario);
    return file;
  }
  YamlMap map(node);
  file.path = resolve_path(map.required("file"), scenario);
  if (const YamlNode* use = map.optional("use")) {
    const std::string name = yaml_choice(*use, {"all", "lengths", "times"});
    file.use = name == "all" ? Use::all : name == "lengths" ? Use::lengths : Use::times;
  }
  if (const YamlNode* scale = map.optional("scale")) file.scale = yaml_number(*scale, NumberRange::positive(1e6));
  if (const YamlNode* offset = map.optional("offset")) file.offset = yaml_integer(*offset, 0, largest_count);
  if (const YamlNode* limit = map.optional("limit")) file.limit = yaml_integer(*limit, 1, largest_count);
  if (const YamlNode* block = map.optional("block_tokens")) file.block_tokens = yaml_integer(*block, 1, largest_count);
  map.done();
  return file;
}

/// What a file says itself, and what it does not.
void check_keys_of_file(YamlMap& map, const std::optional<RequestFileSection>& file) {
  const auto refuse = [&](const char* key, const char* use) {
    if (const YamlNode* node = map.optional(key))
      yaml_error(*node,
                 "does not go with a trace, which says so itself; expected it with use: " + std::string(use) + " only");
  };
  if (file && file->use != Use::lengths) refuse("arrivals", "lengths");
  if (file && file->use != Use::times)
    for (const char* key : {"prompt_tokens", "output_tokens"}) refuse(key, "times");
  if (file && file->use == Use::all) refuse("prefix", "lengths or times");
}

void read_end(const YamlNode& node, YamlMap& map, RequestsSection& requests) {
  if (const YamlNode* count = map.optional("count")) requests.count = yaml_integer(*count, 1, largest_count);
  if (const YamlNode* duration = map.optional("duration_s")) {
    if (requests.count) yaml_error(*duration, "does not go with count; expected one of them");
    requests.duration_s = yaml_number(*duration, NumberRange::positive(most_seconds));
  }
  const bool is_finite = requests.file || arrival_form(requests.arrivals->process).is_finite(*requests.arrivals);
  if (!requests.count && !requests.duration_s && !is_finite)
    yaml_error(node, "never ends; expected count or duration_s");
}

}  // namespace

RequestsSection read_requests(const YamlNode& node, const std::string& file) {
  YamlMap map(node);
  RequestsSection requests;
  requests.where = node.where;
  for (const char* key :
       {"arrivals", "count", "duration_s", "prompt_tokens", "output_tokens", "prefix", "trace", "seed"})
    map.optional(key);
  map.done();
  if (const YamlNode* trace = map.optional("trace")) requests.file = read_file(*trace, file);
  check_keys_of_file(map, requests.file);
  if (!requests.file || requests.file->use == Use::lengths) requests.arrivals = read_arrivals(map.required("arrivals"));
  if (!requests.file || requests.file->use == Use::times) {
    requests.prompt_tokens = LengthsReader(map.required("prompt_tokens"), file, "prompt_tokens").read();
    requests.output_tokens = LengthsReader(map.required("output_tokens"), file, "output_tokens").read();
  }
  if (const YamlNode* prefix = map.optional("prefix")) requests.prefix = read_prefix(*prefix);
  if (const YamlNode* seed = map.optional("seed"))
    requests.seed = static_cast<std::uint64_t>(yaml_integer(*seed, 0, largest_count));
  read_end(node, map, requests);
  return requests;
}

}  // namespace upmem_des
