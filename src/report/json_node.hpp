/// Values of a JSON file that are checked as they are read. Not for users of the library: needs nlohmann's headers.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace upmem_des {

/// A value of a document, and the keys that lead to it. Every member function throws InputError ("FILE: a.b[3].c: is 5;
/// expected a text") where the value is of another kind.
class JsonNode {
 public:
  /// `path` is empty for a whole document. `value` has to live as long as the node.
  JsonNode(const nlohmann::json& value, std::string origin, std::string path);

  [[noreturn]] void fail(const std::string& problem) const;

  bool has(const std::string& key) const;
  JsonNode at(const std::string& key) const;
  std::vector<JsonNode> items() const;  ///< of a list
  void expect_object() const;
  std::vector<std::string> keys() const;  ///< of an object, sorted
  bool is_null() const;
  bool is_list() const;

  /// From 0 to 1e100: sums, products and ratios of such numbers are numbers.
  double number() const;
  /// A number as above, or `not_stated` (upmem_des/util/stated.hpp) where it is null.
  double number_or_not_stated() const;
  /// From 0 to 2^63 − 1.
  std::int64_t count() const;
  const std::string& text() const;
  /// Of an object of texts, by key.
  std::vector<std::pair<std::string, std::string>> texts() const;
  bool truth() const;

  /// The one of `all` that is written so.
  template <class Values>
  typename Values::value_type one_of(const Values& all) const {
    std::vector<std::string> names;
    for (const auto& value : all) {
      names.emplace_back(to_string(value));
      if (names.back() == text()) return value;
    }
    fail_unknown(names);
  }

  /// The place that `places` has for the name that the value is. `list` says whose names they are.
  std::size_t place_in(const std::map<std::string, std::size_t>& places, const std::string& list) const;

 private:
  std::string key() const;
  [[noreturn]] void fail_unknown(const std::vector<std::string>& names) const;

  const nlohmann::json* value_;
  std::string origin_;
  std::string path_;
};

/// A whole JSON file.
class JsonDocument {
 public:
  /// `origin` stands for the file's name, `expected` says what it should be: "a result". Throws InputError on a text
  /// that is no JSON, and on a number that a double cannot hold.
  JsonDocument(const std::string& text, const std::string& origin, const std::string& expected);
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;
  ~JsonDocument();

  JsonNode root() const;
  /// The keys of an object of the top level, in the file's order. Throws InputError where it is no object, and where a
  /// key is given twice.
  std::vector<std::string> keys(const std::string& of) const;

 private:
  std::unique_ptr<nlohmann::json> json_;
  std::string origin_;
  std::map<std::string, std::vector<std::string>> keys_;
};

}  // namespace upmem_des
