/// The keys of a Hugging Face config.json with the checks that all of them share. Internal to the room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/config_json.hpp"

namespace upmem_des {

/// Keys that the stream of layers depends on: those that parse_model_config() reads.
const std::vector<std::string>& stream_keys();
/// Keys that only the arithmetic depends on: those that parse_model_numerics() reads.
const std::vector<std::string>& numeric_keys();

/// The members of an object, whose document must outlive it. Hugging Face writes null for "the default": such a member
/// counts as absent.
class ConfigFields {
 public:
  explicit ConfigFields(JsonNode object) : object_(object) {}

  /// Throws InputError ("file:line: key: problem").
  [[noreturn]] void fail(const std::string& key, const std::string& problem) const { object_.fail(key, problem); }

  /// Is it there, if only as null?
  bool has(const std::string& key) const { return object_.has(key); }
  /// The member, or nothing where it is absent or null.
  std::optional<JsonNode> find(const std::string& key) const { return object_.find(key); }
  /// The members of a member that is an object; InputError where it is something else.
  std::optional<ConfigFields> find_object(const std::string& key) const;
  /// Throws InputError where it is absent or null; `expected` says what it should be.
  JsonNode required(const std::string& key, const std::string& expected) const;

  /// A whole number from 1 to max; InputError otherwise.
  std::int64_t count(const std::string& key, std::int64_t max) const;
  std::int64_t count(const std::string& key, std::int64_t max, std::int64_t otherwise) const;
  /// A number from min to max; InputError otherwise. `expected` says what it should be.
  double number(const std::string& key, double min, double max, const std::string& expected) const;
  double number(const std::string& key, double min, double max, const std::string& expected, double otherwise) const;
  /// true or false; InputError otherwise.
  bool truth(const std::string& key, bool otherwise) const;
  /// A list of texts, or of whole numbers from 0 to max; empty where it is absent. InputError otherwise.
  std::vector<std::string> texts(const std::string& key) const;
  std::vector<std::int64_t> whole_numbers(const std::string& key, std::int64_t max) const;
  /// A text that is not empty; InputError otherwise.
  std::string text(const std::string& key, const std::string& expected) const;

  /// A misspelt optional key would silently change the result: a warning for every unknown key that looks like one of
  /// `keys` that is not given. No more than a warning, for other tools add keys of their own.
  std::vector<std::string> misspelt(const std::vector<std::string>& keys) const;

 private:
  JsonNode object_;
};

}  // namespace upmem_des
