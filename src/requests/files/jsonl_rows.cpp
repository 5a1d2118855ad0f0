#include <nlohmann/json.hpp>

#include "lines/line_reader.hpp"
#include "requests/files/request_rows.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

using nlohmann::json;

std::string shown(const json& value) {
  if (value.is_array()) return "a list";
  if (value.is_object()) return "an object";
  if (value.is_string()) return "the text '" + value.get<std::string>() + "'";
  return value.dump();
}

/// Objects with arrival_s, prompt_tokens, output_tokens [, id, session, priority, hash_ids], or those of the Mooncake
/// traces: timestamp (ms), input_length, output_length, hash_ids. Other keys are not read. An object with _source
/// before the first is no request; its block_size is the tokens of a hash id.
class JsonlRows : public RequestRows {
 public:
  JsonlRows(const std::string& path, const RowNeeds& needs) : lines_(path), needs_(needs) {
    is_at_request_ = next_object();
    if (is_at_request_ && object_.contains("_source")) {
      if (object_.contains("block_size")) {
        const json& size = object_["block_size"];
        block_tokens_ = checked_tokens(number("block_size"), shown(size), where(), "block_size");
      }
      is_at_request_ = next_object();
    }
    if (!is_at_request_) throw InputError({path}, "no requests; expected one object a line");
  }

  bool next(RequestRow& row) override {
    if (!is_at_request_ && !next_object()) return false;
    is_at_request_ = false;
    row = RequestRow();
    row.where = where();
    if (needs_.times) row.arrival_s = arrival_s();
    if (needs_.lengths) {
      row.prompt_tokens = tokens("prompt_tokens", "input_length");
      row.output_tokens = tokens("output_tokens", "output_length");
    }
    row.session = whole("session").value_or(row.session);
    row.priority = whole("priority").value_or(row.priority);
    row.id = whole("id");
    read_hash_ids(row);
    return true;
  }

  std::optional<std::int64_t> block_tokens() const override { return block_tokens_; }

 private:
  SourceLocation where() const { return {lines_.path(), lines_.line_number()}; }

  bool next_object() {
    std::string_view line;
    do {
      if (!lines_.next(line)) return false;
    } while (line.empty() || line == "\r" || line[0] == '#');
    object_ = json::parse(line.begin(), line.end(), nullptr, false);
    if (object_.is_discarded())
      throw InputError(where(), lines_.line_ended()
                                    ? "invalid JSON; expected one object a line"
                                    : "invalid JSON in a last line without a newline (a truncated file?); expected "
                                      "one object a line");
    if (!object_.is_object()) throw InputError(where(), shown(object_) + "; expected one object a line");
    return true;
  }

  double number(const std::string& key) const {
    const json& value = object_[key];
    if (!value.is_number()) throw InputError(where(), key, shown(value) + "; expected a number");
    return value.get<double>();
  }

  /// The first of two keys that is there.
  std::string key_of(const std::string& name, const std::string& of_mooncake) const {
    if (object_.contains(name)) return name;
    if (object_.contains(of_mooncake)) return of_mooncake;
    std::vector<std::string> keys;
    for (const auto& member : object_.items()) keys.push_back(member.key());
    throw InputError(where(), name,
                     "missing; expected it, or " + of_mooncake + " of Mooncake's format" + did_you_mean(name, keys));
  }

  double arrival_s() const {
    constexpr double s_per_ms = 1e-3;
    const std::string key = key_of("arrival_s", "timestamp");
    const double value = number(key) * (key == "timestamp" ? s_per_ms : 1);
    return checked_arrival(value, shown(object_[key]), where(), key);
  }

  std::int64_t tokens(const std::string& name, const std::string& of_mooncake) const {
    const std::string key = key_of(name, of_mooncake);
    return checked_tokens(number(key), shown(object_[key]), where(), key);
  }

  std::optional<std::int64_t> whole(const std::string& key) const {
    if (!object_.contains(key) || object_[key].is_null()) return std::nullopt;
    return checked_whole(number(key), shown(object_[key]), where(), key);
  }

  void read_hash_ids(RequestRow& row) const {
    if (!object_.contains("hash_ids")) return;
    const json& ids = object_["hash_ids"];
    if (!ids.is_array()) throw InputError(row.where, "hash_ids", shown(ids) + "; expected a list of whole numbers");
    row.hash_ids.reserve(ids.size());
    for (const json& id : ids) {
      if (!id.is_number()) throw InputError(row.where, "hash_ids", shown(id) + "; expected a whole number");
      row.hash_ids.push_back(checked_hash_id(id.get<double>(), shown(id), row.where));
    }
  }

  LineReader lines_;
  RowNeeds needs_;
  json object_;
  bool is_at_request_ = false;  ///< the first has been read already
  std::optional<std::int64_t> block_tokens_;
};

}  // namespace

std::unique_ptr<RequestRows> open_jsonl_rows(const std::string& path, const RowNeeds& needs) {
  return std::make_unique<JsonlRows>(path, needs);
}

}  // namespace upmem_des
