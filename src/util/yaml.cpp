#include "util/yaml.hpp"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <charconv>
#include <sstream>
#include <unordered_map>

#include "util/bounded_file.hpp"
#include "util/number_text.hpp"

namespace upmem_des {

namespace {

constexpr std::size_t max_mib = 16;
constexpr std::size_t max_values = 1'000'000;
constexpr std::size_t max_depth = 64;

std::string too_deep() {
  return "nested deeper than " + std::to_string(max_depth) + " levels";
}

/// What a text is to the user: a file, whose lines count, or the value that an option gives a key.
struct Source {
  std::string origin;
  std::string key;
  bool has_lines = true;

  SourceLocation at(int line) const { return {origin, has_lines ? line : 0}; }
};

/// Copies a yaml-cpp tree; aliases are followed, so the number of values is bounded and not just the file's size.
class Copier {
 public:
  explicit Copier(const Source& source) : source_(source) {}

  YamlNode copy(const YAML::Node& root) { return copy(root, source_.key, 1, 0); }

 private:
  YamlNode copy(const YAML::Node& source, const std::string& key, int line, std::size_t depth) {
    YamlNode node;
    node.where = source_.at(line);
    node.key = key;
    if (++values_ > max_values) yaml_error(node, "more than 1000000 values; expected a file of a reasonable size");
    if (depth > max_depth) yaml_error(node, too_deep());
    switch (source.Type()) {
      case YAML::NodeType::Undefined:
      case YAML::NodeType::Null:
        break;
      case YAML::NodeType::Scalar:
        node.kind = YamlNode::Kind::Scalar;
        node.scalar = source.Scalar();
        node.quoted = source.Tag() == "!";
        break;
      case YAML::NodeType::Sequence:
        node.kind = YamlNode::Kind::Sequence;
        for (std::size_t i = 0; i < source.size(); ++i) {
          const YAML::Node item = source[i];
          node.items.push_back(copy(item, key + "[" + std::to_string(i) + "]", line_of(item, line), depth + 1));
        }
        break;
      case YAML::NodeType::Map:
        node.kind = YamlNode::Kind::Map;
        copy_entries(source, line, depth, node);
        break;
    }
    return node;
  }

  void copy_entries(const YAML::Node& source, int line, std::size_t depth, YamlNode& map) {
    std::unordered_map<std::string, int> lines;  // of the keys so far: a search through all would take ages
    for (const auto& entry : source) {
      const int entry_line = line_of(entry.first, line);
      if (!entry.first.IsScalar() || entry.first.Scalar().empty())
        throw InputError(source_.at(entry_line), map.key, "a key that is no plain text; expected a name");
      const std::string& name = entry.first.Scalar();
      std::string full_key = map.key;
      if (!full_key.empty()) full_key += '.';
      full_key += name;
      if (const auto [first, is_new] = lines.emplace(name, entry_line); !is_new)
        throw InputError(source_.at(entry_line), full_key,
                         "duplicate key" +
                             (source_.has_lines ? ", first given on line " + std::to_string(first->second) : "") +
                             "; expected it once");
      map.entries.emplace_back(name, copy(entry.second, full_key, entry_line, depth + 1));
    }
  }

  static int line_of(const YAML::Node& node, int otherwise) {
    const YAML::Mark mark = node.Mark();
    return mark.is_null() ? otherwise : mark.line + 1;
  }

  const Source& source_;
  std::size_t values_ = 0;
};

/// What to add to a text so that yaml-cpp sees a quote that is never closed: it does not where line ends come last. A
/// comment changes nothing else.
std::string guard(const std::string& text) {
  const std::size_t last = text.find_last_not_of(" \t");
  if (last == std::string::npos || (text[last] != '\n' && text[last] != '\r')) return "";
  return last + 1 == text.size() ? "#" : "\n#";
}

/// Goes through a text and throws InputError on a second document. YAML::LoadAll() would not do: it never ends where a
/// document begins with a comma, since yaml-cpp takes that for the end of an empty one and stays before it.
class DocumentCheck : public YAML::EventHandler {
 public:
  explicit DocumentCheck(const Source& source) : source_(source) {}

  void run(const std::string& text) {
    std::istringstream stream(text);
    YAML::Parser parser(stream);
    while (parser.HandleNextDocument(*this)) {
    }
    if (second_) throw InputError(source_.at(second_->line + 1), source_.key, "a second document; expected one");
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (last_ && last_->pos == mark.pos)
      throw InputError(source_.at(mark.line + 1), source_.key, "not YAML: a comma outside of a list or mapping");
    if (last_ && !second_) second_ = mark;
    last_ = mark;
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}

 private:
  const Source& source_;
  std::optional<YAML::Mark> last_;
  std::optional<YAML::Mark> second_;
};

/// What yaml-cpp does not say of {devices: gpu[0]}, where it stops at the bracket.
std::string quotes_needed(const std::string& text, const YAML::Mark& mark) {
  const bool at_bracket = mark.pos > 0 && static_cast<std::size_t>(mark.pos) < text.size() && text[mark.pos] == '[';
  if (!at_bracket || text[mark.pos - 1] == ' ') return "";
  return "; within { } or [ ] a text with brackets needs quotes";
}

YamlNode parse(const std::string& text, const Source& source) {
  if (text.find('\0') != std::string::npos)
    throw InputError(source.at(0), source.key, "not a text file; expected YAML");
  const std::string whole = text + guard(text);
  try {
    DocumentCheck(source).run(whole);
    return Copier(source).copy(YAML::Load(whole));
  } catch (const YAML::DeepRecursion& error) {
    throw InputError(source.at(error.mark.line + 1), source.key, too_deep());
  } catch (const YAML::Exception& error) {
    throw InputError(source.at(error.mark.is_null() ? 0 : error.mark.line + 1), source.key,
                     "not YAML: " + error.msg + quotes_needed(whole, error.mark));
  }
}

void emit(YAML::Emitter& out, const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      out << YAML::Null;
      break;
    case YamlNode::Kind::Scalar:
      if (node.quoted) out << YAML::DoubleQuoted;
      out << node.scalar;
      break;
    case YamlNode::Kind::Sequence:
      out << YAML::Flow << YAML::BeginSeq;
      for (const YamlNode& item : node.items) emit(out, item);
      out << YAML::EndSeq;
      break;
    case YamlNode::Kind::Map:
      if (node.entries.empty()) out << YAML::Flow;
      out << YAML::BeginMap;
      for (const auto& [name, value] : node.entries) {
        out << YAML::Key << name << YAML::Value;
        emit(out, value);
      }
      out << YAML::EndMap;
      break;
  }
}

/// A text that YAML would read as something else keeps its quotes.
bool needs_quotes(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "true" || text == "false" || text == "yes" ||
      text == "no")
    return true;
  double number = 0;
  const auto end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stop == end;
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view name) const {
  for (const auto& entry : entries)
    if (entry.first == name) return &entry.second;
  return nullptr;
}

YamlNode YamlNode::text(std::string value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.quoted = needs_quotes(value);
  node.scalar = std::move(value);
  return node;
}

YamlNode YamlNode::number(double value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = number_text(value);
  return node;
}

YamlNode YamlNode::integer(std::int64_t value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = std::to_string(value);
  return node;
}

YamlNode YamlNode::truth(bool value) {
  YamlNode node;
  node.kind = Kind::Scalar;
  node.scalar = value ? "true" : "false";
  return node;
}

YamlNode YamlNode::map() {
  YamlNode node;
  node.kind = Kind::Map;
  return node;
}

YamlNode YamlNode::sequence() {
  YamlNode node;
  node.kind = Kind::Sequence;
  return node;
}

YamlNode& YamlNode::add(std::string name, YamlNode value) {
  entries.emplace_back(std::move(name), std::move(value));
  return entries.back().second;
}

YamlNode parse_yaml(const std::string& text, const std::string& origin) {
  return parse(text, {origin, ""});
}

YamlNode read_yaml_file(const std::string& path) {
  return parse_yaml(read_bounded_file(path, max_mib, "a YAML file"), path);
}

std::string emit_yaml(const YamlNode& node) {
  YAML::Emitter out;
  out.SetIndent(2);
  emit(out, node);
  return std::string(out.c_str()) + "\n";
}

void set_yaml_value(YamlNode& root, const std::string& dotted_key, const std::string& value,
                    const std::string& origin) {
  const SourceLocation where{origin};
  if (static_cast<std::size_t>(std::count(dotted_key.begin(), dotted_key.end(), '.')) >= max_depth)
    throw InputError(where, "a key of more than " + std::to_string(max_depth) + " parts");
  YamlNode* node = &root;
  std::string path;
  std::istringstream parts(dotted_key + ".");
  for (std::string part; std::getline(parts, part, '.');) {
    if (part.empty()) throw InputError(where, "'" + dotted_key + "' has an empty part; expected key.key=value");
    if (node->kind == YamlNode::Kind::Null) node->kind = YamlNode::Kind::Map;
    if (node->kind != YamlNode::Kind::Map)
      throw InputError(where, dotted_key,
                       (path.empty() ? "the file" : "'" + path + "'") + " is a " +
                           (node->kind == YamlNode::Kind::Sequence ? "list" : "value") + " and has no key '" + part +
                           "'");
    path += (path.empty() ? "" : ".") + part;
    const auto found = std::find_if(node->entries.begin(), node->entries.end(),
                                    [&](const auto& entry) { return entry.first == part; });
    if (found != node->entries.end()) {
      node = &found->second;
    } else {
      node = &node->add(part, YamlNode());
      node->where = where;
      node->key = path;
    }
  }
  *node = parse(value, {origin, dotted_key, false});
}

}  // namespace upmem_des
