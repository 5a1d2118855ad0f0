#include "token_pipeline/component.hpp"

#include <limits>
#include <utility>

#include "unicode/utf8.hpp"
#include "upmem_des/util/error.hpp"
#include "util/suggest.hpp"

namespace upmem_des {

namespace {

/// Sequences may hold sequences; no file has a reason to go further.
constexpr int max_depth = 32;
constexpr std::size_t max_shown = 80;

}  // namespace

Component::Component(const nlohmann::json& value, const std::string& file) : value_(&value), file_(&file) {}

Component::Component(const nlohmann::json& value, const std::string& file, std::string path, int depth)
    : value_(&value), file_(&file), path_(std::move(path)), depth_(depth) {}

void Component::fail(const std::string& problem) const {
  if (path_.empty()) throw InputError({*file_}, problem);
  throw InputError({*file_}, path_, problem);
}

void Component::fail(const std::string& key, const std::string& problem) const {
  throw InputError({*file_}, path_.empty() ? key : path_ + "." + key, problem);
}

Component Component::nested(const nlohmann::json& value, const std::string& step) const {
  if (depth_ == max_depth) fail("nested more than " + std::to_string(max_depth) + " deep");
  const std::string shown = step.size() > max_shown ? lossy_utf8(step.substr(0, max_shown)) + "..." : step;
  return {value, *file_, path_.empty() || step.front() == '[' ? path_ + shown : path_ + "." + shown, depth_ + 1};
}

void Component::expect_object() const {
  if (!value_->is_object()) fail(std::string(value_->type_name()) + "; expected an object");
}

std::optional<Component> Component::find(const std::string& key) const {
  expect_object();
  const auto found = value_->find(key);
  if (found == value_->end() || found->is_null()) return std::nullopt;
  return nested(*found, key);
}

Component Component::at(const std::string& key) const {
  std::optional<Component> found = find(key);
  if (!found) fail(key, "missing");
  return *std::move(found);
}

std::vector<Component> Component::items() const {
  if (!value_->is_array()) fail(std::string(value_->type_name()) + "; expected a list");
  std::vector<Component> found;
  found.reserve(value_->size());
  for (const nlohmann::json& item : *value_) found.push_back(nested(item, "[" + std::to_string(found.size()) + "]"));
  return found;
}

const std::string& Component::text() const {
  if (!value_->is_string()) fail(std::string(value_->type_name()) + "; expected a text");
  return value_->get_ref<const std::string&>();
}

double Component::number() const {
  if (!value_->is_number()) fail(std::string(value_->type_name()) + "; expected a number");
  return value_->get<double>();
}

std::int64_t Component::count() const {
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (!value_->is_number_unsigned() || value_->get<std::uint64_t>() > static_cast<std::uint64_t>(most))
    fail((value_->is_number() ? value_->dump() : std::string(value_->type_name())) +
         "; expected a whole number from 0 to " + std::to_string(most));
  return value_->get<std::int64_t>();
}

std::string Component::text(const std::string& key, const std::string& otherwise) const {
  const std::optional<Component> found = find(key);
  return found ? found->text() : otherwise;
}

bool Component::truth(const std::string& key, bool otherwise) const {
  const std::optional<Component> found = find(key);
  if (!found) return otherwise;
  if (!found->json().is_boolean()) found->fail(std::string(found->json().type_name()) + "; expected true or false");
  return found->json().get<bool>();
}

char32_t Component::character(const std::string& key) const {
  const Component found = at(key);
  const std::u32string points = code_points(found.text());
  if (points.size() != 1) found.fail("'" + found.text().substr(0, max_shown) + "'; expected one character");
  return points.front();
}

void Component::fail_type(const std::vector<std::string>& known) const {
  fail("type", "'" + type() + "' is not supported; expected " + listed(known) + did_you_mean(type(), known));
}

}  // namespace upmem_des
