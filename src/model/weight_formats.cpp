#include "upmem_des/model/weight_formats.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>

#include "model/config_fields.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

const std::vector<std::string>& methods() {
  static const std::vector<std::string> names{"fp8",   "compressed-tensors", "awq",        "gptq",
                                              "mxfp4", "bitsandbytes",       "fbgemm_fp8", "modelopt"};
  return names;
}

std::string texts_of(const std::vector<NumberFormat>& formats) {
  std::vector<std::string> names;
  for (const NumberFormat format : formats) names.emplace_back(format.name());
  return listed(names);
}

/// The format of `bits` in groups; `group` below 1 is one for each row, whose scales count for nothing.
NumberFormat integers(const ConfigFields& fields, const std::string& key, std::int64_t bits, std::int64_t group,
                      bool symmetric) {
  if (bits == 8) return NumberFormat::int8;
  if (bits != 4) fields.fail(key, std::to_string(bits) + " bits are not supported; expected 4 or 8");
  if (group < 1) return NumberFormat::int4;
  const std::array<NumberFormat, 3> with_zeros{NumberFormat::int4_g32, NumberFormat::int4_g64, NumberFormat::int4_g128};
  const std::array<NumberFormat, 3> without{NumberFormat::int4_sym_g32, NumberFormat::int4_sym_g64,
                                            NumberFormat::int4_sym_g128};
  for (const NumberFormat format : symmetric ? without : with_zeros)
    if (format.block_size() == group) return format;
  fields.fail("group_size", std::to_string(group) + " is not supported; expected 32, 64, 128 or -1 (one for each row)");
}

std::int64_t integer_of(const ConfigFields& fields, const std::string& key, std::int64_t otherwise) {
  const std::optional<JsonNode> member = fields.find(key);
  return member ? member->integer() : otherwise;
}

NumberFormat fp8_of(const ConfigFields& fields) {
  const std::vector<std::int64_t> block = fields.whole_numbers("weight_block_size", 1'000'000);
  if (block.empty()) return NumberFormat::fp8;
  if (block != std::vector<std::int64_t>{128, 128})
    fields.fail("weight_block_size", "blocks of another size are not supported; expected [128, 128] or null");
  return NumberFormat::fp8_b128;
}

/// {num_bits, type, group_size, symmetric}.
NumberFormat tensors_of(const ConfigFields& of) {
  const std::int64_t bits = of.count("num_bits", 64);
  const std::string type = of.find("type") ? of.text("type", "'int' or 'float'") : "int";
  const std::int64_t size = integer_of(of, "group_size", -1);
  if (type == "int") return integers(of, "num_bits", bits, size, of.truth("symmetric", true));
  if (type == "float" && bits == 8) return of.find("block_structure") ? NumberFormat::fp8_b128 : NumberFormat::fp8;
  if (type == "float" && bits == 4) return size == 32 ? NumberFormat::mxfp4 : NumberFormat::nvfp4;
  of.fail("type", "'" + type + "' of " + std::to_string(bits) +
                      " bits is not supported; expected int of 4 or 8 bits, or float of 4 or 8");
}

/// Of activations only the width of the arithmetic counts: whole tokens or tensors have a scale.
NumberFormat arithmetic_of(NumberFormat format) {
  const std::array<NumberFormat, 4> plain{NumberFormat::int4, NumberFormat::int8, NumberFormat::fp8,
                                          NumberFormat::nvfp4};
  if (std::find(plain.begin(), plain.end(), format) != plain.end()) return format;
  return format.element_bits() > 4 ? NumberFormat::fp8 : NumberFormat::int4;
}

/// config_groups: {group_0: {weights: {…}, input_activations: {…}}, …}.
void read_compressed_tensors(const ConfigFields& fields, WeightFormats& formats) {
  for (const JsonNode& group : fields.required("config_groups", "an object of groups").members()) {
    if (!group.is_object()) continue;
    const std::optional<JsonNode> weights = group.find("weights");
    if (!weights || !weights->is_object()) continue;
    const NumberFormat found = tensors_of(ConfigFields(*weights));
    if (formats.format && *formats.format != found)
      weights->fail("another format than that of a group before; expected one format, such as " +
                    texts_of({*formats.format}));
    formats.format = found;
    const std::optional<JsonNode> inputs = group.find("input_activations");
    if (!inputs || !inputs->is_object()) continue;
    formats.activations = arithmetic_of(tensors_of(ConfigFields(*inputs)));
  }
  if (!formats.format) fields.fail("config_groups", "no group with weights; expected one");
}

NumberFormat bitsandbytes(const ConfigFields& fields) {
  if (fields.truth("load_in_8bit", false)) return NumberFormat::int8;
  if (!fields.truth("load_in_4bit", false))
    fields.fail("load_in_4bit", "neither this nor load_in_8bit is true; expected one of them");
  return fields.truth("bnb_4bit_use_double_quant", false) ? NumberFormat::nf4_dq : NumberFormat::nf4;
}

NumberFormat modelopt(const ConfigFields& fields) {
  const std::string algorithm = fields.text("quant_algo", "'FP8' or 'NVFP4'");
  if (algorithm == "FP8") return NumberFormat::fp8;
  if (algorithm == "NVFP4") return NumberFormat::nvfp4;
  fields.fail("quant_algo", fields.find("quant_algo")->shown() + " is not supported; expected 'FP8' or 'NVFP4'");
}

}  // namespace

namespace {

/// "model.layers.*.self_attn": as a regular expression for what begins and ends with parts of a path.
std::string expression_of(const std::string& part) {
  std::string expression = "(.*\\.)?";
  for (const char c : part) {
    if (c == '*')
      expression += ".*";
    else if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-')
      expression += c;
    else
      expression += std::string("\\") + c;
  }
  return expression + "(\\..*)?";
}

}  // namespace

bool WeightFormats::leaves_out(std::string_view path) const {
  for (const std::string& part : left_out) {
    if (part.rfind("re:", 0) == 0) {
      if (std::regex_match(std::string(path), std::regex(part.substr(3), std::regex::ECMAScript))) return true;
      continue;
    }
    if (part.find('*') != std::string::npos) {
      if (std::regex_match(std::string(path), std::regex(expression_of(part), std::regex::ECMAScript))) return true;
      continue;
    }
    // A name is a whole part of the path, or several: "lm_head", "model.layers.0.self_attn".
    for (std::size_t at = path.find(part); at != std::string_view::npos; at = path.find(part, at + 1)) {
      const bool begins = at == 0 || path[at - 1] == '.';
      const std::size_t end = at + part.size();
      if (begins && (end == path.size() || path[end] == '.')) return true;
    }
  }
  return false;
}

WeightFormats read_weight_formats(const ConfigFields& model) {
  WeightFormats formats;
  std::optional<ConfigFields> found = model.find_object("quantization_config");
  if (!found) found = model.find_object("compression_config");
  if (!found) return formats;
  const ConfigFields& fields = *found;
  formats.method = fields.text("quant_method", "one of " + listed(methods()));
  if (formats.method == "fp8" || formats.method == "fbgemm_fp8") {
    formats.format = fp8_of(fields);
    formats.activations = NumberFormat::fp8;
  } else if (formats.method == "compressed-tensors") {
    read_compressed_tensors(fields, formats);
  } else if (formats.method == "awq" || formats.method == "gptq") {
    const std::int64_t bits = fields.count("bits", 64);
    const bool symmetric = formats.method == "gptq" ? fields.truth("sym", true) : !fields.truth("zero_point", true);
    formats.format = integers(fields, "bits", bits, integer_of(fields, "group_size", 128), symmetric);
  } else if (formats.method == "mxfp4") {
    formats.format = NumberFormat::mxfp4;
    formats.experts_only = true;
  } else if (formats.method == "bitsandbytes") {
    formats.format = bitsandbytes(fields);
    if (*formats.format == NumberFormat::int8) formats.activations = NumberFormat::int8;
  } else if (formats.method == "modelopt") {
    formats.format = formats.activations = modelopt(fields);
  } else {
    fields.fail("quant_method", fields.find("quant_method")->shown() + " is not supported; expected one of " +
                                    listed(methods()) + did_you_mean(formats.method, methods()));
  }
  for (const char* key :
       {"modules_to_not_convert", "ignore", "ignored_layers", "llm_int8_skip_modules", "exclude_modules"}) {
    const std::vector<std::string> more = fields.texts(key);
    formats.left_out.insert(formats.left_out.end(), more.begin(), more.end());
  }
  for (const std::string& part : formats.left_out) {
    if (part.rfind("re:", 0) != 0) continue;
    try {
      const std::regex check(part.substr(3), std::regex::ECMAScript);
    } catch (const std::regex_error&) {
      fields.fail("ignore", "'" + part + "' is no regular expression; expected one after re:");
    }
  }
  return formats;
}

}  // namespace upmem_des
