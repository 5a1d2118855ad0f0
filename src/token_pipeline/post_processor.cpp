#include "token_pipeline/post_processor.hpp"

#include <map>

namespace upmem_des {

namespace {

using Maker = PostProcessor (*)(const Component&);

/// Offsets are all that it changes.
PostProcessor make_byte_level(const Component& /*component*/) {
  return [](const TokenIds& ids) { return ids; };
}

/// A list of the text's tokens (−1) and others.
PostProcessor around(TokenIds pattern) {
  return [pattern = std::move(pattern)](const TokenIds& ids) {
    TokenIds all;
    for (const std::int64_t id : pattern)
      if (id < 0)
        all.insert(all.end(), ids.begin(), ids.end());
      else
        all.push_back(id);
    return all;
  };
}

PostProcessor make_template(const Component& component) {
  TokenIds pattern;
  for (const Component& item : component.items("single")) {
    if (const auto text = item.find("Sequence")) {
      if (text->text("id") != "A") text->fail("id", "'" + text->text("id") + "'; expected A, the only text");
      pattern.push_back(-1);
      continue;
    }
    const Component token = item.at("SpecialToken");
    const Component tokens = component.at("special_tokens").at(token.text("id"));
    for (const Component& id : tokens.items("ids")) pattern.push_back(id.count());
  }
  return around(std::move(pattern));
}

std::int64_t id_of_pair(const Component& component, const std::string& key) {
  const std::vector<Component> pair = component.items(key);
  if (pair.size() != 2)
    component.fail(key, "a list of " + std::to_string(pair.size()) + "; expected a token and its id");
  return pair[1].count();
}

/// BERT's and RoBERTa's.
PostProcessor make_bert(const Component& component) {
  return around({id_of_pair(component, "cls"), -1, id_of_pair(component, "sep")});
}

PostProcessor make_sequence(const Component& component) {
  std::vector<PostProcessor> parts;
  for (const Component& part : component.items("processors")) parts.push_back(make_post_processor(part));
  return [parts](const TokenIds& ids) {
    TokenIds all = ids;
    for (const PostProcessor& part : parts) all = part(all);
    return all;
  };
}

}  // namespace

PostProcessor make_post_processor(const Component& component) {
  static const std::map<std::string, Maker> makers{{"BertProcessing", &make_bert},
                                                   {"ByteLevel", &make_byte_level},
                                                   {"RobertaProcessing", &make_bert},
                                                   {"Sequence", &make_sequence},
                                                   {"TemplateProcessing", &make_template}};
  return made_by_type(makers, component, component.type());
}

}  // namespace upmem_des
