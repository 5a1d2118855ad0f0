/// Values of a JSON file that are checked as they are read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "json/json_tree.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

class JsonItems;

/// A value of a document, which has to live as long. Where the value is of another kind than a function is for, it
/// throws InputError, "FILE:LINE: a.b[3].c: 5; expected a text": the line is that of the key, or of an item of a list.
class JsonNode {
 public:
  JsonNode(const JsonTree& tree, JsonTree::Place place) : tree_(&tree), place_(place) {}

  JsonKind kind() const { return tree_->kind(place_); }
  bool is_null() const { return kind() == JsonKind::Null; }
  bool is_text() const { return kind() == JsonKind::Text; }
  bool is_list() const { return kind() == JsonKind::List; }
  bool is_object() const { return kind() == JsonKind::Object; }
  /// Of any kind and size.
  bool is_number() const;

  /// "a.b[3].c"; empty for the document.
  std::string path() const { return tree_->path(place_); }
  /// The file and line; no line for a document that is an object.
  SourceLocation where() const;
  /// The value as messages show it: "null", "true", "4.5", "'text'", "a list", "an object"; not much of a long one.
  std::string shown() const;

  /// Throws InputError ("FILE:LINE: a.b[3].c: problem").
  [[noreturn]] void fail(const std::string& problem) const;
  /// The same of an object's member, whether it is there or not.
  [[noreturn]] void fail(std::string_view key, const std::string& problem) const;

  bool has(std::string_view key) const { return is_object() && tree_->find(place_, key) != JsonTree::none; }
  /// Of an object; nothing where the key is missing or its value null.
  std::optional<JsonNode> find(std::string_view key) const;
  JsonNode at(std::string_view key) const;
  void expect_object() const;
  std::vector<std::string> keys() const;  ///< of an object, in the file's order
  JsonItems members() const;              ///< of an object: their values, in the file's order
  JsonItems items() const;                ///< of a list
  /// Of a member. Of an item of a list the path's end: "key[3]".
  std::string key() const;

  /// From 0 to 1e100: sums, products and ratios of such numbers are numbers.
  double number() const;
  /// A number as above, or `not_stated` (upmem_des/util/stated.hpp) where it is null.
  double number_or_not_stated() const;
  /// From `least` to `most`; `expected` says so: "a number from 0 to 1".
  double number(double least, double most, const std::string& expected) const;
  /// Any that a double can hold.
  double any_number() const;
  /// From `least` to `most`, 2^63 − 1 where nothing else is said.
  std::int64_t count(std::int64_t least = 0, std::int64_t most = std::numeric_limits<std::int64_t>::max()) const;
  /// Any that 64 bits hold.
  std::int64_t integer() const { return count(std::numeric_limits<std::int64_t>::min()); }
  /// From 0 to 2^64 − 1.
  std::uint64_t unsigned_integer() const;
  std::string text() const { return std::string(text_view()); }
  std::string_view text_view() const;  ///< lives as long as the document
  /// Of an object of texts, sorted by key.
  std::vector<std::pair<std::string, std::string>> texts() const;
  bool truth() const;

  /// The member's text, or what is given where it is missing or null. The same of truth().
  std::string text(std::string_view key, std::string_view otherwise) const;
  bool truth(std::string_view key, bool otherwise) const;

  /// The one of `all` that is written so.
  template <class Values>
  typename Values::value_type one_of(const Values& all) const {
    const std::string_view name = text_view();
    std::vector<std::string> names;
    for (const auto& value : all) {
      names.emplace_back(to_string(value));
      if (names.back() == name) return value;
    }
    fail_unknown(names);
  }

  /// The place that `places` has for the name that the value is. `list` says whose names they are.
  std::size_t place_in(const std::map<std::string, std::size_t>& places, const std::string& list) const;

 private:
  friend class JsonItems;

  [[noreturn]] void fail_unknown(const std::vector<std::string>& names) const;

  const JsonTree* tree_;
  JsonTree::Place place_;
};

/// A JSON file that has been read. Has to live as long as its nodes.
class JsonDocument {
 public:
  /// `origin` stands for the file's name, `expected` says what it should be: "a result". `first_line`: see JsonSource.
  /// Throws InputError where JsonTree does.
  JsonDocument(std::string_view text, std::string_view origin, std::string_view expected, int first_line = 1)
      : tree_({text, origin, expected, first_line}) {}
  JsonDocument(const JsonDocument&) = delete;
  JsonDocument& operator=(const JsonDocument&) = delete;

  JsonNode root() const { return {tree_, JsonTree::root}; }

 private:
  JsonTree tree_;
};

/// The values of a list or an object, one after the other.
class JsonItems {
 public:
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = JsonNode;
    using difference_type = std::ptrdiff_t;
    using pointer = const JsonNode*;
    using reference = JsonNode;

    Iterator(JsonNode node, std::size_t index, std::size_t count) : node_(node), index_(index), count_(count) {}
    JsonNode operator*() const { return node_; }
    Iterator& operator++() {
      if (++index_ < count_) node_.place_ = node_.tree_->next(node_.place_);
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.index_ == b.index_; }
    friend bool operator!=(const Iterator& a, const Iterator& b) { return a.index_ != b.index_; }

   private:
    JsonNode node_;
    std::size_t index_;
    std::size_t count_;
  };

  explicit JsonItems(JsonNode of) : of_(of), size_(of.tree_->size(of.place_)) {}

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  Iterator begin() const { return {empty() ? of_ : JsonNode(*of_.tree_, of_.tree_->first(of_.place_)), 0, size_}; }
  Iterator end() const { return {of_, size_, size_}; }
  /// The value of that index, from 0; goes through those before it.
  JsonNode operator[](std::size_t index) const;

 private:
  JsonNode of_;
  std::size_t size_;
};

}  // namespace upmem_des
