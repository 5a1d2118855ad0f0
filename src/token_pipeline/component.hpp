/// Values of a tokenizer.json, with where they stand. Of this room alone.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace upmem_des {

/// A value of the file and its path, as "normalizer.normalizers[1]". What reads it throws InputError, "FILE: PATH:
/// problem". The file's name and tree must outlive it.
class Component {
 public:
  Component(const nlohmann::json& value, const std::string& file);

  const nlohmann::json& json() const { return *value_; }
  [[noreturn]] void fail(const std::string& problem) const;
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const;

  /// Of an object; nothing where the key is missing or null.
  std::optional<Component> find(const std::string& key) const;
  Component at(const std::string& key) const;
  /// The items of a list.
  std::vector<Component> items() const;
  std::vector<Component> items(const std::string& key) const { return at(key).items(); }

  const std::string& text() const;
  double number() const;
  /// A whole number from 0 to 2^31 − 1, more than any token's.
  std::int64_t count() const;

  const std::string& text(const std::string& key) const { return at(key).text(); }
  /// Where the key is missing or null, what is given.
  std::string text(const std::string& key, const std::string& otherwise) const;
  bool truth(const std::string& key, bool otherwise) const;
  /// A text of one character.
  char32_t character(const std::string& key) const;

  /// "type".
  const std::string& type() const { return text("type"); }
  /// Refuses the type, naming those that are known.
  [[noreturn]] void fail_type(const std::vector<std::string>& known) const;

 private:
  Component(const nlohmann::json& value, const std::string& file, std::string path, int depth);
  Component nested(const nlohmann::json& value, const std::string& step) const;
  void expect_object() const;

  const nlohmann::json* value_;
  const std::string* file_;
  std::string path_;
  int depth_ = 0;
};

/// What the maker of `type` makes of the component. Throws InputError where `makers` has none of that type.
template <class Made>
Made made_by_type(const std::map<std::string, Made (*)(const Component&)>& makers, const Component& component,
                  const std::string& type) {
  const auto found = makers.find(type);
  if (found != makers.end()) return found->second(component);
  std::vector<std::string> known;
  for (const auto& [name, maker] : makers) known.push_back(name);
  component.fail_type(known);
}

}  // namespace upmem_des
