#include "measurement/measured_rows.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <regex>

#include "lines/csv_file.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr double tile = 128;  // queries, as kernels of attention take them

/// An activation: half precision beside narrower weights.
double activation_B(NumberFormat format) {
  return std::max(2.0, static_cast<double>(format.element_bits()) / 8);
}

bool has(const std::string& text, const char* part) {
  return text.find(part) != std::string::npos;
}

/// The fields of one row, checked as they are asked for.
class Row {
 public:
  explicit Row(const CsvFile& file) : file_(file) {}

  [[noreturn]] void fail(const std::string& column, const std::string& problem) const {
    throw InputError(file_.where(), column, problem);
  }

  const std::string& text(const std::string& column) const { return file_.field(column); }

  std::optional<double> number_if(const std::string& column, double least) const {
    const std::string& field = text(column);
    if (field.empty()) return std::nullopt;
    double value = 0;
    if (!parse_number(field, value) || value < least || value > 1e15)
      fail(column, "'" + field + "'; expected a number from " + number_text(least) + " to 1e15");
    return value;
  }

  double number(const std::string& column, double least = 1) const {
    const std::optional<double> value = number_if(column, least);
    if (!value) fail(column, "missing; expected a number, which " + text("op") + " depends on");
    return *value;
  }

 private:
  const CsvFile& file_;
};

/// Of digits; 0 of none.
double number_of(const std::ssub_match& digits) {
  double value = 0;
  parse_number(digits.str(), value);
  return value;
}

/// As measurements call formats: "fp16|bf16" is either.
NumberFormat format_of(const Row& row, const std::string& column) {
  const std::string& text = row.text(column);
  const std::string first = text.substr(0, text.find('|'));
  if (first == "fp8_block") return NumberFormat::fp8_b128;
  if (first == "bf16") return NumberFormat::bfloat16;
  // Weights of four bits, whatever the activations: their bytes are what counts.
  if (first.rfind("w4a", 0) == 0)
    return first.find("mxfp4") != std::string::npos ? NumberFormat::mxfp4 : NumberFormat::int4;
  if (const auto format = parse_number_format(first)) return *format;
  row.fail(column, "unknown number format '" + text + "'; expected bf16, fp16, fp8, fp8_block, nvfp4, int8 …");
}

ProductSizes product_of(const Row& row, NumberFormat format) {
  const double m = row.number("m"), n = row.number("n"), k = row.number("k");
  const double weight_B = bytes_per_element(format);
  const double computed_B = static_cast<double>(format.element_bits()) / 8, half_B = activation_B(format);
  ProductSizes sizes{m, n, k, m * k * std::min(half_B, computed_B) + n * k * weight_B + m * n * half_B, 0};
  if (computed_B < half_B) sizes.quantized_bytes = m * k * (half_B + computed_B);
  return sizes;
}

/// Prompts of `new_rows` on `cached` rows beside decodes that see `decode_rows` each.
AttentionSizes attention_of(const Row& row, double prompts, double new_rows, double cached, double decodes,
                            double decode_rows) {
  AttentionSizes sizes;
  sizes.query_heads = row.number("q_heads");
  sizes.cache_heads = row.number("kv_heads");
  sizes.width = row.number("head_dim");
  const double per_pair = 4 * sizes.query_heads * sizes.width;
  sizes.prompts = prompts;
  sizes.decodes = decodes;
  sizes.flop = per_pair * prompts * (new_rows * cached + new_rows * new_rows / 2);
  sizes.decode_rows = decodes * decode_rows;
  sizes.decode_flop = per_pair * decodes * decode_rows;
  const double keys = prompts * (cached + new_rows) + decodes * decode_rows;
  const double queries = prompts * new_rows + decodes, half_B = activation_B(format_of(row, "dtype"));
  sizes.bytes = 2 * half_B * sizes.width * (sizes.cache_heads * keys + sizes.query_heads * queries);
  sizes.decode_bytes = 2 * half_B * sizes.width * decodes * (sizes.cache_heads * decode_rows + sizes.query_heads);
  // A single query is taken with those of all heads that share the cache's.
  sizes.tiles = prompts * (new_rows <= 1 ? sizes.cache_heads : sizes.query_heads * std::ceil(new_rows / tile));
  sizes.grouped_tiles =
      prompts * sizes.cache_heads * std::ceil(new_rows * sizes.query_heads / sizes.cache_heads / tile);
  sizes.longest_prompt = prompts > 0 ? cached + new_rows : 0;
  sizes.longest_decode = decodes > 0 ? decode_rows : 0;
  sizes.longest = std::max(sizes.longest_prompt, sizes.longest_decode);
  return sizes;
}

/// "1 prefill of 128 on 2048 cached beside 2 decodes of 8192", as its note says.
AttentionSizes mixed_attention_of(const Row& row) {
  static const std::regex said(R"((\d+) prefills? of (\d+) on (\d+) cached(?: beside (\d+) decodes? of (\d+))?)");
  std::smatch found;
  if (!std::regex_search(row.text("note"), found, said))
    row.fail("note",
             "'" + row.text("note") + "'; expected such as 1 prefill of 128 on 2048 cached beside 2 decodes of 8192");
  const auto number = [&](std::size_t i) {
    const double value = number_of(found[i]);
    if (value > 1e9) row.fail("note", "'" + found[i].str() + "'; expected a whole number from 0 to 1000000000");
    return value;
  };
  return attention_of(row, number(1), number(2), number(3), number(4), number(5));
}

ElementwiseSizes elementwise_of(const Row& row, ElementwiseSizes::Kind kind, double tensors) {
  ElementwiseSizes sizes;
  sizes.kind = kind;
  const double rows = row.number("m");
  sizes.width = row.number("n");
  sizes.bytes = tensors * rows * sizes.width * activation_B(format_of(row, "dtype"));
  sizes.passes = tensors > 3 ? 2 : 1;
  return sizes;
}

CollectiveSizes collective_of(const Row& row, CollectiveSizes::Kind kind) {
  return {
      kind,
      kind == CollectiveSizes::Kind::SendReceive ? row.number_if("devices", 1).value_or(2) : row.number("devices", 2),
      row.number("comm_bytes")};
}

std::string shape_text(std::initializer_list<double> sizes) {
  std::string text;
  for (const double size : sizes) text += (text.empty() ? "" : "_") + number_text(size);
  return text;
}

const std::vector<std::string>& product_operations() {
  static const std::vector<std::string> names{"matmul",  "qkv_proj",  "q_proj",       "k_proj",    "v_proj", "o_proj",
                                              "up_proj", "gate_proj", "gate_up_proj", "down_proj", "lm_head"};
  return names;
}

using ElementKind = ElementwiseSizes::Kind;
const std::map<std::string, std::pair<ElementKind, double>>& elementwise_operations() {
  static const std::map<std::string, std::pair<ElementKind, double>> known{
      {"add", {ElementKind::Add, 3}},         {"silu_mul", {ElementKind::Gated, 3}},
      {"rmsnorm", {ElementKind::Norm, 2}},    {"add_rmsnorm", {ElementKind::Norm, 4}},
      {"layernorm", {ElementKind::Norm, 2}},  {"softmax", {ElementKind::Norm, 2}},
      {"gelu", {ElementKind::Add, 2}},        {"rope", {ElementKind::Rotary, 2}},
      {"embedding", {ElementKind::Gather, 2}}};
  return known;
}

using CollectiveKind = CollectiveSizes::Kind;
const std::map<std::string, CollectiveKind>& collective_operations() {
  static const std::map<std::string, CollectiveKind> known{{"all_reduce", CollectiveKind::AllReduce},
                                                           {"all_gather", CollectiveKind::AllGather},
                                                           {"reduce_scatter", CollectiveKind::ReduceScatter},
                                                           {"alltoall", CollectiveKind::AllToAll},
                                                           {"all_to_all", CollectiveKind::AllToAll},
                                                           {"send_recv", CollectiveKind::SendReceive},
                                                           {"all_reduce_custom", CollectiveKind::OneShotAllReduce}};
  return known;
}

[[noreturn]] void fail_unknown(const Row& row) {
  std::vector<std::string> names = product_operations();
  names.insert(names.end(), {"attention_prefill", "attention_decode", "attention_mixed"});
  for (const auto& [name, kind] : elementwise_operations()) names.push_back(name);
  for (const auto& [name, kind] : collective_operations()) names.push_back(name);
  row.fail("op", "unknown operation '" + row.text("op") + "'; expected one of " + listed(names) +
                     did_you_mean(row.text("op"), names));
}

void set_attention(const Row& row, const AttentionSizes& sizes, MeasuredKernel& kernel) {
  kernel.sizes = sizes;
  // A chunk of a prompt beside no decodes was measured as a mixed batch, too.
  kernel.kind = kernel.operation;
  kernel.shape = shape_text({sizes.query_heads, sizes.cache_heads, sizes.width});
  kernel.format = format_of(row, "dtype");
}

void set_kernel(const Row& row, MeasuredKernel& kernel) {
  const std::string& op = row.text("op");
  kernel.operation = op;
  const std::vector<std::string>& products = product_operations();
  if (std::find(products.begin(), products.end(), op) != products.end()) {
    kernel.format = format_of(row, "dtype");
    const ProductSizes sizes = product_of(row, kernel.format);
    kernel.sizes = sizes;
    kernel.kind = kind_of(sizes, kernel.format);
    kernel.shape = shape_text({sizes.n, sizes.k});
  } else if (op == "attention_decode") {
    set_attention(row, attention_of(row, 0, 0, 0, row.number("batch"), row.number("kv_len")), kernel);
  } else if (op == "attention_prefill") {
    const double new_rows = row.number("q_len"), rows = row.number("kv_len");
    if (rows < new_rows) row.fail("kv_len", "fewer rows than q_len; expected as many or more");
    set_attention(row, attention_of(row, row.number("batch"), new_rows, rows - new_rows, 0, 0), kernel);
  } else if (op == "attention_mixed") {
    set_attention(row, mixed_attention_of(row), kernel);
  } else if (const auto element = elementwise_operations().find(op); element != elementwise_operations().end()) {
    // vLLM's norm adds the residual, and writes it, too.
    const bool is_fused = op == "rmsnorm" && has(kernel.note, "vLLM");
    const ElementwiseSizes sizes = elementwise_of(row, element->second.first, is_fused ? 4 : element->second.second);
    kernel.sizes = sizes;
    kernel.shape = op + "_" + number_text(sizes.width);
    kernel.format = format_of(row, "dtype");
    kernel.kind = kind_of(sizes, kernel.format);
  } else if (const auto found = collective_operations().find(op); found != collective_operations().end()) {
    const CollectiveSizes sizes = collective_of(row, found->second);
    kernel.sizes = sizes;
    kernel.kind = kind_of(sizes, kernel.format);
    kernel.shape = number_text(sizes.bytes);
  } else {
    fail_unknown(row);
  }
  kernel.time_s = row.number("measured_time_us", 0) * 1e-6;
  kernel.power_W = row.number_if("power_W", 0).value_or(0);
}

/// Rows of tokens that go to the experts of one device, and how many of those have some: in a skewed draw the busiest
/// device, which is what is waited for, has more rows than its part, on fewer experts. docs/accuracy.md.
constexpr double skewed_rank = 0.4, skewed_active = 0.9;

void set_experts(const Row& row, MeasuredKernel& kernel) {
  const double tokens = row.number("num_tokens"), hidden = row.number("hidden_size"), chosen = row.number("topk"),
               experts = row.number("num_experts");
  const double inner = row.number("inter_size") / row.number("moe_tp_size");
  const double held = experts / row.number("moe_ep_size");
  if (chosen > experts) row.fail("topk", "more than num_experts; expected as many at most");
  const bool is_even = row.text("distribution") == "balanced";
  kernel.format = format_of(row, "moe_dtype");
  const double share = held / experts;
  const double rows = tokens * chosen * (is_even ? share : std::pow(share, 1 - skewed_rank));
  const double active = held * (1 - std::pow(1 - chosen / experts, tokens)) * (is_even ? 1 : skewed_active);
  const double row_B = activation_B(kernel.format) * (2 * hidden + 3 * inner);
  ExpertSizes sizes;
  sizes.flop = 6 * rows * hidden * inner;
  sizes.weight_bytes = 3 * active * hidden * inner * bytes_per_element(kernel.format);
  sizes.active = active;
  sizes.row_bytes = rows * row_B;
  sizes.other_row_bytes = std::max(0.0, tokens * chosen - rows) * row_B;
  kernel.sizes = sizes;
  kernel.operation = "experts";
  kernel.kind = kind_of(sizes, kernel.format);
  kernel.shape = shape_text(
      {hidden, row.number("inter_size"), chosen, experts, row.number("moe_tp_size"), row.number("moe_ep_size")});
  kernel.time_s = row.number("latency_us", 0) * 1e-6;
}

/// Do its notes say that it is not what a kernel takes in a network: with warm caches, launched from Python, or between
/// nodes, whose links are not the device's?
bool is_noted(const MeasuredKernel& kernel) {
  if (has(kernel.note, "warm L2 possible") || has(kernel.note, "eager")) return true;
  static const std::regex per_node(R"(devices per node (\d+))");
  std::smatch found;
  const auto* collective = std::get_if<CollectiveSizes>(&kernel.sizes);
  return collective != nullptr && std::regex_search(kernel.note, found, per_node) &&
         number_of(found[1]) < std::max(2.0, collective->devices);
}

bool is_left_out(const CsvFile& file, const MeasuredRowOptions& options) {
  return std::any_of(options.left_out.begin(), options.left_out.end(), [&](const auto& all) {
    return std::all_of(all.begin(), all.end(),
                       [&](const auto& one) { return file.field(one.first).find(one.second) != std::string::npos; });
  });
}

}  // namespace

void read_measured_rows(const std::string& path, const MeasuredRowOptions& options, MeasuredRows& rows) {
  CsvFile file(path);
  const bool of_experts = file.has("moe_dtype");
  const std::vector<std::string> needed =
      of_experts ? std::vector<std::string>{"hardware", "num_tokens", "hidden_size", "latency_us"}
                 : std::vector<std::string>{"hardware", "op", "dtype", "measured_time_us"};
  for (const std::string& column : needed)
    if (!file.has(column)) throw InputError({path, 1}, column, "no such column; expected it in the first line");
  while (file.next()) {
    if (is_left_out(file, options)) {
      ++rows.left_out;
      continue;
    }
    const Row row(file);
    MeasuredKernel kernel;
    kernel.where = file.where();
    kernel.hardware = row.text("hardware");
    kernel.note = row.text("note");
    kernel.source = row.text("source");
    if (of_experts)
      set_experts(row, kernel);
    else
      set_kernel(row, kernel);
    const char* const time = of_experts ? "latency_us" : "measured_time_us";
    if (kernel.time_s <= 0) row.fail(time, "'" + row.text(time) + "'; expected a time above 0");
    if (!options.takes_noted && is_noted(kernel)) {
      ++rows.noted;
      continue;
    }
    if (has(kernel.note, "1 us resolution") && kernel.time_s < 10e-6) {
      ++rows.too_short;
      continue;
    }
    for (const auto& [text, constant_s] : options.constants_s)
      if (has(kernel.source, text.c_str()) || has(kernel.note, text.c_str())) kernel.time_s -= constant_s;
    if (kernel.time_s <= 0) row.fail(time, "0 or less without its constant; expected a smaller constant");
    rows.kernels.push_back(std::move(kernel));
  }
}

}  // namespace upmem_des
