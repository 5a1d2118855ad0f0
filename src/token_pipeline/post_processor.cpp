#include "token_pipeline/post_processor.hpp"

#include <map>

namespace upmem_des {

namespace {

using Maker = PostProcessor (*)(const JsonNode&);

/// Offsets are all that it changes.
PostProcessor make_byte_level(const JsonNode& /*component*/) {
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

PostProcessor make_template(const JsonNode& component) {
  TokenIds pattern;
  for (const JsonNode& item : component.at("single").items()) {
    if (const auto text = item.find("Sequence")) {
      if (const JsonNode id = text->at("id"); id.text_view() != "A")
        id.fail(id.shown() + "; expected A, the only text");
      pattern.push_back(-1);
      continue;
    }
    const std::string name = item.at("SpecialToken").at("id").text();
    const JsonNode tokens = component.at("special_tokens").at(name);
    for (const JsonNode& id : tokens.at("ids").items()) pattern.push_back(id.count(0, max_token_id));
  }
  return around(std::move(pattern));
}

std::int64_t id_of_pair(const JsonNode& component, const std::string& key) {
  const JsonItems pair = component.at(key).items();
  if (pair.size() != 2)
    component.fail(key, "a list of " + std::to_string(pair.size()) + "; expected a token and its id");
  return pair[1].count(0, max_token_id);
}

/// BERT's and RoBERTa's.
PostProcessor make_bert(const JsonNode& component) {
  return around({id_of_pair(component, "cls"), -1, id_of_pair(component, "sep")});
}

PostProcessor make_sequence(const JsonNode& component) {
  std::vector<PostProcessor> parts;
  for (const JsonNode& part : component.at("processors").items()) parts.push_back(make_post_processor(part));
  return [parts](const TokenIds& ids) {
    TokenIds all = ids;
    for (const PostProcessor& part : parts) all = part(all);
    return all;
  };
}

}  // namespace

PostProcessor make_post_processor(const JsonNode& component) {
  static const std::map<std::string, Maker> makers{{"BertProcessing", &make_bert},
                                                   {"ByteLevel", &make_byte_level},
                                                   {"RobertaProcessing", &make_bert},
                                                   {"Sequence", &make_sequence},
                                                   {"TemplateProcessing", &make_template}};
  return made_by_type(makers, component);
}

}  // namespace upmem_des
