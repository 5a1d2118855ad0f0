#include "json/json_tree.hpp"

#include <algorithm>
#include <limits>

#include "upmem_des/util/error.hpp"
#include "util/shortened.hpp"

namespace upmem_des {

namespace {

/// Objects with more members are looked through by halves.
constexpr std::size_t few_members = 16;
constexpr std::size_t shown_key_bytes = 80;

/// Most keys differ in their first bytes, which are compared without looking for the rest.
struct SortedKey {
  std::uint64_t first_bytes = 0;  ///< the first of them highest
  JsonTree::Place value = 0;
};

std::uint64_t first_bytes(std::string_view key) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < sizeof bytes; ++i)
    bytes = bytes << 8U | (i < key.size() ? static_cast<unsigned char>(key[i]) : 0U);
  return bytes;
}

}  // namespace

/// Puts the tree together, and finds keys that are given twice.
class JsonTree::Builder : public JsonEvents {
 public:
  static_assert(sizeof(Entry) == 16, "files have millions of values");

  explicit Builder(JsonTree& tree) : tree_(tree) {}

  void value(const JsonScalar& scalar, int line) override {
    Entry& entry = add(scalar.kind, line);
    if (scalar.kind == JsonKind::Integer || scalar.kind == JsonKind::Truth)
      entry.integer = scalar.integer;
    else if (scalar.kind != JsonKind::Null)
      entry.text = keep(scalar.text);
  }

  void key(std::string_view name, int line) override {
    Entry& entry = tree_.entries_.emplace_back();
    entry.kind = JsonKind::Text;
    entry.is_key = true;
    entry.line = static_cast<std::uint32_t>(line);
    entry.text = keep(name);
  }

  void begin(JsonKind kind, int line) override {
    add(kind, line).inside = {0, 0};
    open_.push_back(static_cast<Place>(tree_.entries_.size() - 1));
  }

  void end() override {
    const Place closed = open_.back();
    open_.pop_back();
    tree_.entries_[closed].inside.end = static_cast<Place>(tree_.entries_.size());
    if (tree_.kind(closed) != JsonKind::Object) return;
    if (tree_.size(closed) <= few_members)
      compare_keys(closed);
    else
      sort_keys(closed);
  }

 private:
  Entry& add(JsonKind kind, int line) {
    if (!open_.empty()) ++tree_.entries_[open_.back()].inside.count;
    Entry& entry = tree_.entries_.emplace_back();
    entry.kind = kind;
    entry.line = static_cast<std::uint32_t>(line);
    return entry;
  }

  Slice keep(std::string_view text) {
    const auto begin = static_cast<std::uint32_t>(tree_.texts_.size());
    tree_.texts_.append(text);
    return {begin, static_cast<std::uint32_t>(text.size())};
  }

  void compare_keys(Place object) {
    members_.clear();
    Place value = tree_.first(object);
    for (std::size_t i = 0; i < tree_.size(object); ++i, value = tree_.next(value)) {
      for (const Place other : members_)
        if (tree_.key(other) == tree_.key(value)) fail_twice(other, value);
      members_.push_back(value);
    }
  }

  void sort_keys(Place object) {
    std::vector<SortedKey> keys;
    keys.reserve(tree_.size(object));
    Place value = tree_.first(object);
    for (std::size_t i = 0; i < tree_.size(object); ++i, value = tree_.next(value))
      keys.push_back({first_bytes(tree_.key(value)), value});
    std::sort(keys.begin(), keys.end(), [this](const SortedKey& a, const SortedKey& b) {
      if (a.first_bytes != b.first_bytes) return a.first_bytes < b.first_bytes;
      const int order = tree_.key(a.value).compare(tree_.key(b.value));
      return order != 0 ? order < 0 : a.value < b.value;
    });
    std::vector<Place>& sorted = tree_.sorted_[object];
    sorted.reserve(keys.size());
    for (const SortedKey& key : keys) {
      if (!sorted.empty() && tree_.key(sorted.back()) == tree_.key(key.value)) fail_twice(sorted.back(), key.value);
      sorted.push_back(key.value);
    }
  }

  [[noreturn]] void fail_twice(Place first, Place second) {
    // A path is found in what is closed.
    for (const Place open : open_) tree_.entries_[open].inside.end = static_cast<Place>(tree_.entries_.size());
    const int line = tree_.line(first);
    throw InputError({tree_.origin_, tree_.line(second)}, tree_.path(second),
                     "duplicate key" + (line > 0 ? ", first given on line " + std::to_string(line) : std::string()) +
                         "; expected it once");
  }

  JsonTree& tree_;
  std::vector<Place> open_;
  std::vector<Place> members_;
};

JsonTree::JsonTree(const JsonSource& source) : origin_(source.origin) {
  if (source.text.size() > std::numeric_limits<std::uint32_t>::max())
    throw InputError({origin_}, "larger than 4 GiB; expected " + std::string(source.expected));
  Builder builder(*this);
  read_json(source, builder);
}

std::string_view JsonTree::text(Place value) const {
  const Slice& slice = entries_[value].text;
  return {texts_.data() + slice.begin, slice.size};
}

JsonTree::Place JsonTree::behind(Place value) const {
  const JsonKind of = kind(value);
  return of == JsonKind::List || of == JsonKind::Object ? entries_[value].inside.end : value + 1;
}

JsonTree::Place JsonTree::find(Place object, std::string_view key) const {
  const std::size_t members = size(object);
  if (members <= few_members) {
    Place value = first(object);
    for (std::size_t i = 0; i < members; ++i, value = next(value))
      if (this->key(value) == key) return value;
    return none;
  }
  const std::vector<Place>& sorted = sorted_.at(object);
  const auto found = std::lower_bound(sorted.begin(), sorted.end(), key, [this](Place value, std::string_view name) {
    return this->key(value).compare(name) < 0;
  });
  return found != sorted.end() && this->key(*found) == key ? *found : none;
}

std::string JsonTree::path(Place value) const {
  std::string path;
  for (Place at = root; at != value;) {
    const bool is_object = kind(at) == JsonKind::Object;
    Place inner = first(at);
    std::size_t index = 0;
    for (; behind(inner) <= value; inner = next(inner)) ++index;
    if (!is_object)
      path += "[" + std::to_string(index) + "]";
    else
      path += (path.empty() ? "" : ".") + shortened(key(inner), shown_key_bytes);
    at = inner;
  }
  return path;
}

}  // namespace upmem_des
