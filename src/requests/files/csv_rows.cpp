#include "lines/csv_file.hpp"
#include "requests/files/request_rows.hpp"
#include "requests/files/timestamp.hpp"
#include "util/number_text.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// Columns arrival_s, prompt_tokens, output_tokens [, id, session, priority, hash_ids], or those of the Azure traces:
/// TIMESTAMP, ContextTokens, GeneratedTokens. Others are not read.
class CsvRows : public RequestRows {
 public:
  CsvRows(const std::string& path, const RowNeeds& needs) : file_(path, CsvFile::Comments::skipped) {
    const bool is_azure = !file_.has("prompt_tokens") && file_.has("ContextTokens");
    has_dates_ = !file_.has("arrival_s") && file_.has("TIMESTAMP");
    if (needs.times) arrival_ = column(has_dates_ ? "TIMESTAMP" : "arrival_s");
    if (!needs.lengths) return;
    prompt_ = column(is_azure ? "ContextTokens" : "prompt_tokens");
    output_ = column(is_azure ? "GeneratedTokens" : "output_tokens");
  }

  bool next(RequestRow& row) override {
    if (!file_.next()) return false;
    row = RequestRow();
    row.where = file_.where();
    if (!arrival_.empty()) row.arrival_s = has_dates_ ? date_s() : seconds();
    if (!prompt_.empty()) {
      row.prompt_tokens = tokens(prompt_);
      row.output_tokens = tokens(output_);
    }
    row.session = whole("session").value_or(row.session);
    row.priority = whole("priority").value_or(row.priority);
    row.id = whole("id");
    read_hash_ids(row);
    return true;
  }

 private:
  std::string column(const std::string& name) const {
    if (!file_.has(name))
      throw InputError(file_.where(), "no column '" + name +
                                          "'; expected arrival_s, prompt_tokens, output_tokens, or TIMESTAMP, "
                                          "ContextTokens, GeneratedTokens" +
                                          did_you_mean(name, file_.columns()));
    return name;
  }

  double number(const std::string& name, const std::string& text) const {
    double value = 0;
    if (!parse_number(text, value)) throw InputError(file_.where(), name, "'" + text + "'; expected a number");
    return value;
  }

  double seconds() const {
    const std::string& text = file_.field(arrival_);
    return checked_arrival(number(arrival_, text), text, file_.where(), arrival_);
  }

  double date_s() {
    const std::string& text = file_.field(arrival_);
    const std::optional<Timestamp> date = parse_timestamp(text);
    if (!date)
      throw InputError(file_.where(), arrival_, "'" + text + "'; expected a date such as 2023-11-16 18:17:03.9799600");
    if (!first_date_) first_date_ = date;
    return date->seconds_since(*first_date_);
  }

  std::int64_t tokens(const std::string& name) const {
    const std::string& text = file_.field(name);
    return checked_tokens(number(name, text), text, file_.where(), name);
  }

  std::optional<std::int64_t> whole(const std::string& name) const {
    const std::string& text = file_.field(name);
    if (text.empty()) return std::nullopt;
    return checked_whole(number(name, text), text, file_.where(), name);
  }

  /// Numbers with spaces or semicolons between them.
  void read_hash_ids(RequestRow& row) const {
    const std::string& text = file_.field("hash_ids");
    std::size_t begin = text.find_first_not_of(" ;");
    while (begin != std::string::npos) {
      const std::size_t end = text.find_first_of(" ;", begin);
      const std::string id = text.substr(begin, end == std::string::npos ? end : end - begin);
      row.hash_ids.push_back(checked_hash_id(number("hash_ids", id), id, row.where));
      begin = text.find_first_not_of(" ;", end);
    }
  }

  CsvFile file_;
  bool has_dates_ = false;
  std::string arrival_;  ///< columns; empty: not needed
  std::string prompt_;
  std::string output_;
  std::optional<Timestamp> first_date_;
};

}  // namespace

std::unique_ptr<RequestRows> open_csv_rows(const std::string& path, const RowNeeds& needs) {
  return std::make_unique<CsvRows>(path, needs);
}

}  // namespace upmem_des
