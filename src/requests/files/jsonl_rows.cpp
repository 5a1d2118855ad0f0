#include <optional>

#include "json/json_node.hpp"
#include "lines/line_reader.hpp"
#include "requests/files/request_rows.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

constexpr const char* expected_line = "one object a line";
constexpr const char* expected_last_line = "one object a line; the last line has no newline: is the file cut short?";

/// Objects with arrival_s, prompt_tokens, output_tokens [, id, session, priority, hash_ids], or those of the Mooncake
/// traces: timestamp (ms), input_length, output_length, hash_ids. Other keys are not read. An object with _source
/// before the first is no request; its block_size is the tokens of a hash id.
class JsonlRows : public RequestRows {
 public:
  JsonlRows(const std::string& path, const RowNeeds& needs) : lines_(path), needs_(needs) {
    is_at_request_ = next_object();
    if (is_at_request_ && object().has("_source")) {
      if (object().has("block_size")) {
        const JsonNode size = object().at("block_size");
        block_tokens_ = checked_tokens(size.any_number(), size.shown(), where(), "block_size");
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
    document_.emplace(line, lines_.path(), lines_.line_ended() ? expected_line : expected_last_line,
                      lines_.line_number());
    if (!object().is_object()) object().fail(object().shown() + "; expected " + expected_line);
    return true;
  }

  JsonNode object() const { return document_->root(); }

  /// The first of two keys that is there.
  JsonNode either(const std::string& name, const std::string& of_mooncake) const {
    if (object().has(name)) return object().at(name);
    if (object().has(of_mooncake)) return object().at(of_mooncake);
    throw InputError(
        where(), name,
        "missing; expected it, or " + of_mooncake + " of Mooncake's format" + did_you_mean(name, object().keys()));
  }

  double arrival_s() const {
    constexpr double s_per_ms = 1e-3;
    const JsonNode time = either("arrival_s", "timestamp");
    const std::string key = time.key();
    return checked_arrival(time.any_number() * (key == "timestamp" ? s_per_ms : 1), time.shown(), where(), key);
  }

  std::int64_t tokens(const std::string& name, const std::string& of_mooncake) const {
    const JsonNode count = either(name, of_mooncake);
    return checked_tokens(count.any_number(), count.shown(), where(), count.key());
  }

  std::optional<std::int64_t> whole(const std::string& key) const {
    const std::optional<JsonNode> number = object().find(key);
    if (!number) return std::nullopt;
    return checked_whole(number->any_number(), number->shown(), where(), key);
  }

  void read_hash_ids(RequestRow& row) const {
    if (!object().has("hash_ids")) return;
    const JsonItems ids = object().at("hash_ids").items();
    row.hash_ids.reserve(ids.size());
    for (const JsonNode& id : ids) row.hash_ids.push_back(checked_hash_id(id.any_number(), id.shown(), row.where));
  }

  LineReader lines_;
  RowNeeds needs_;
  std::optional<JsonDocument> document_;  ///< the line
  bool is_at_request_ = false;            ///< the first has been read already
  std::optional<std::int64_t> block_tokens_;
};

}  // namespace

std::unique_ptr<RequestRows> open_jsonl_rows(const std::string& path, const RowNeeds& needs) {
  return std::make_unique<JsonlRows>(path, needs);
}

}  // namespace upmem_des
