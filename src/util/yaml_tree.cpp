#include "util/yaml_tree.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>

#include "util/harmless_text.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_values = 1'000'000;
constexpr std::size_t max_depth = 64;

std::string too_deep() {
  return "nested deeper than " + std::to_string(max_depth) + " levels";
}

/// Builds the tree while yaml-cpp reads the text. What is wrong with the tree is kept until the text has been read: bad
/// syntax further down comes first. Every document is read, in order that a second one is found; YAML::LoadAll() would
/// not do, as it never ends where a document begins with a comma: yaml-cpp takes that for the end of an empty one and
/// stays before it.
class TreeBuilder : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlSource& source, const std::string& text) : source_(source), text_(text) {
    root_.where = source.at(1);
    root_.key = source.key;
  }

  YamlNode build() {
    std::istringstream stream(text_);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(*this)) {
    }
    if (second_) throw InputError(source_.at(second_->line + 1), source_.key, "a second document; expected one");
    if (problem_) throw InputError(*problem_);
    return std::move(root_);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (last_ && last_->pos == mark.pos)
      throw InputError(source_.at(mark.line + 1), source_.key, "not YAML: a comma outside of a list or mapping");
    if (last_ && !second_) second_ = mark;
    last_ = mark;
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (YamlNode* node = place(mark)) remember(anchor, *node);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (expects_key()) {
      if (is_tag(tag, mark)) return refuse_tag(mark, tag);
      if (value == "<<" && tag == "?")
        problem_ = InputError(source_.at(line_of(mark, open_.back().node->where.line)), open_.back().node->key,
                              "merge keys (<<) are not supported; expected the keys themselves");
      else
        open_entry(mark, value);
      return;
    }
    YamlNode* node = place(mark);
    if (node == nullptr) return;
    if (is_tag(tag, mark)) return refuse_tag(*node, tag);
    node->kind = YamlNode::Kind::Scalar;
    node->scalar = value;
    node->quoted = tag == "!";
    remember(anchor, *node);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (expects_key()) {
      if (found == anchors_.end() || found->second.kind != YamlNode::Kind::Scalar) return bad_key(mark);
      return open_entry(mark, std::string(found->second.scalar));
    }
    YamlNode* node = place(mark);
    if (node == nullptr) return;
    if (found == anchors_.end()) return fail(*node, too_deep());  // it is within itself
    const std::string key = node->key;
    copy(found->second, *node, key, open_.size());
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::Sequence);
  }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(mark, tag, anchor, YamlNode::Kind::Map);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapEnd() override { close(); }

 private:
  /// A list or mapping whose end has not been read.
  struct Open {
    YamlNode* node = nullptr;
    YAML::anchor_t anchor = YAML::NullAnchor;
    std::unordered_map<std::string, int> lines;  // of a mapping's keys: a search through all would take ages
    std::string key;                             // of a mapping: of the entry whose value is next
    int key_line = 0;
    bool has_key = false;
  };

  bool stopped() const { return problem_ || second_; }

  bool expects_key() const {
    return !stopped() && !open_.empty() && open_.back().node->kind == YamlNode::Kind::Map && !open_.back().has_key;
  }

  void fail(const YamlNode& node, const std::string& text) {
    if (!problem_) problem_ = InputError(node.where, node.key, text);
  }

  void bad_key(const YAML::Mark& mark) {
    problem_ = InputError(source_.at(line_of(mark, open_.back().node->where.line)), open_.back().node->key,
                          "a key that is no plain text; expected a name");
  }

  /// yaml-cpp gives values without a tag "?", or "!" where they are quoted texts; but "!" is a tag as well.
  bool is_tag(const std::string& tag, const YAML::Mark& mark) const {
    if (tag != "!") return !tag.empty() && tag != "?";
    std::size_t at = mark.is_null() ? text_.size() : static_cast<std::size_t>(mark.pos);
    while (at < text_.size() && text_[at] == '&')  // an anchor may come first
      at = text_.find_first_not_of(" \t\r\n", text_.find_first_of(" \t\r\n", at));
    return at < text_.size() && text_[at] == '!';
  }

  static std::string tag_problem(const std::string& tag) {
    return "tags are not supported (" + tag + "); expected a value without one";
  }

  void refuse_tag(const YamlNode& node, const std::string& tag) { fail(node, tag_problem(tag)); }

  /// Of a key.
  void refuse_tag(const YAML::Mark& mark, const std::string& tag) {
    const YamlNode& map = *open_.back().node;
    problem_ = InputError(source_.at(line_of(mark, map.where.line)), map.key, tag_problem(tag));
  }

  static int line_of(const YAML::Mark& mark, int otherwise) { return mark.is_null() ? otherwise : mark.line + 1; }

  void open_entry(const YAML::Mark& mark, const std::string& name) {
    Open& map = open_.back();
    const int line = line_of(mark, map.node->where.line);
    if (name.empty()) return bad_key(mark);
    std::string full_key = map.node->key.empty() ? name : map.node->key + "." + name;
    if (const auto [first, is_new] = map.lines.emplace(name, line); !is_new) {
      problem_ = InputError(source_.at(line), full_key,
                            "duplicate key" +
                                (source_.has_lines ? ", first given on line " + std::to_string(first->second) : "") +
                                "; expected it once");
      return;
    }
    map.node->entries.emplace_back(name, YamlNode());
    map.key = std::move(full_key);
    map.key_line = line;
    map.has_key = true;
  }

  /// Where the value that has been read goes; null where nothing is built any more.
  YamlNode* place(const YAML::Mark& mark) {
    if (stopped()) return nullptr;
    YamlNode* node = &root_;
    std::string key = source_.key;
    int line = 1;
    if (!open_.empty()) {
      Open& parent = open_.back();
      if (parent.node->kind == YamlNode::Kind::Sequence) {
        key = parent.node->key + "[" + std::to_string(parent.node->items.size()) + "]";
        line = line_of(mark, parent.node->where.line);
        node = &parent.node->items.emplace_back();
      } else if (parent.has_key) {
        key = parent.key;
        line = parent.key_line;
        node = &parent.node->entries.back().second;
        parent.has_key = false;
      } else {
        bad_key(mark);
        return nullptr;
      }
    }
    node->where = source_.at(line);
    node->key = std::move(key);
    return count(*node, open_.size()) ? node : nullptr;
  }

  bool count(const YamlNode& node, std::size_t depth) {
    if (++values_ > max_values) fail(node, "more than 1000000 values; expected a file of a reasonable size");
    if (depth > max_depth) fail(node, too_deep());
    return !problem_;
  }

  void remember(YAML::anchor_t anchor, const YamlNode& node) {
    if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (YamlNode* node = place(mark)) {
      if (is_tag(tag, mark)) return refuse_tag(*node, tag);
      node->kind = kind;
      Open& made = open_.emplace_back();
      made.node = node;
      made.anchor = anchor;
    }
  }

  void close() {
    if (stopped()) return;
    remember(open_.back().anchor, *open_.back().node);
    open_.pop_back();
  }

  /// The values of an anchor once more, under another key. Each counts.
  void copy(const YamlNode& from, YamlNode& to, const std::string& key, std::size_t depth) {
    to.kind = from.kind;
    to.scalar = from.scalar;
    to.quoted = from.quoted;
    to.key = key;
    const auto copy_part = [&](const YamlNode& part, YamlNode& made, const std::string& part_key) {
      made.where = part.where;
      made.key = part_key;
      if (!count(made, depth + 1)) return false;
      copy(part, made, part_key, depth + 1);
      return !problem_.has_value();
    };
    for (std::size_t i = 0; i < from.items.size(); ++i)
      if (!copy_part(from.items[i], to.items.emplace_back(), key + "[" + std::to_string(i) + "]")) return;
    for (const auto& [name, value] : from.entries)
      if (!copy_part(value, to.add(name, YamlNode()), key.empty() ? name : key + "." + name)) return;
  }

  const YamlSource& source_;
  const std::string& text_;
  YamlNode root_;
  std::vector<Open> open_;
  std::unordered_map<YAML::anchor_t, YamlNode> anchors_;
  std::size_t values_ = 0;
  std::optional<InputError> problem_;
  std::optional<YAML::Mark> last_;
  std::optional<YAML::Mark> second_;
};

/// What to add to a text so that yaml-cpp sees a quote that is never closed: it does not where line ends come last. A
/// comment changes nothing else.
std::string guard(const std::string& text) {
  const std::size_t last = text.find_last_not_of(" \t");
  if (last == std::string::npos || (text[last] != '\n' && text[last] != '\r')) return "";
  return last + 1 == text.size() ? "#" : "\n#";
}

/// What yaml-cpp does not say of {devices: gpu[0]}, where it stops at the bracket.
std::string quotes_needed(const std::string& text, const YAML::Mark& mark) {
  const bool at_bracket = mark.pos > 0 && static_cast<std::size_t>(mark.pos) < text.size() && text[mark.pos] == '[';
  if (!at_bracket || text[mark.pos - 1] == ' ') return "";
  return "; within { } or [ ] a text with brackets needs quotes";
}

}  // namespace

YamlNode yaml_tree(const std::string& text, const YamlSource& source) {
  for (const char* mark : {"\xff\xfe", "\xfe\xff"})
    if (text.compare(0, 2, mark) == 0) throw InputError(source.at(0), source.key, "UTF-16; expected YAML in UTF-8");
  if (text.find('\0') != std::string::npos)
    throw InputError(source.at(0), source.key, "not a text file; expected YAML");
  // yaml-cpp takes some of it for other letters.
  if (const std::size_t valid = utf8_bytes(text); valid < text.size())
    throw InputError(source.at(1 + static_cast<int>(std::count(text.begin(), text.begin() + valid, '\n'))), source.key,
                     "invalid UTF-8; expected UTF-8 text");
  const std::string whole = text + guard(text);
  try {
    return TreeBuilder(source, whole).build();
  } catch (const YAML::DeepRecursion& error) {
    throw InputError(source.at(error.mark.line + 1), source.key, too_deep());
  } catch (const YAML::Exception& error) {
    throw InputError(source.at(error.mark.is_null() ? 0 : error.mark.line + 1), source.key,
                     "not YAML: " + error.msg + quotes_needed(whole, error.mark));
  }
}

}  // namespace upmem_des
