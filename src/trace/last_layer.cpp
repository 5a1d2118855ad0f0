#include "trace/last_layer.hpp"

#include <unordered_map>
#include <vector>

#include "upmem_des/trace/layer_event.hpp"

namespace upmem_des {

std::string last_layer_of(EventSource& source) {
  static const Name usual("lm_head");
  std::vector<Name> called;                      // in the first pass, in order
  std::unordered_map<Name, std::int64_t> calls;  // that a text stands for as a name or as a path
  LayerEvent event;
  while (source.next(event)) {
    if (event.kind != EventKind::Layer) continue;
    if (event.name == usual) return usual.str();
    if (event.step != 0) continue;
    const Name text = event.path.empty() ? event.name : event.path;
    called.push_back(text);
    ++calls[text];
    if (event.name != text) ++calls[event.name];
  }
  for (auto text = called.rbegin(); text != called.rend(); ++text)
    if (calls[*text] == 1) return text->str();
  return {};
}

std::string last_layer_in(const std::vector<LayerEvent>& events) {
  static const Name usual("lm_head");
  std::string found;
  std::unordered_map<Name, std::int64_t> calls;  // of the pass
  const LayerEvent* last = nullptr;              // layer of the pass
  const auto text_of = [](const LayerEvent& event) { return event.path.empty() ? event.name : event.path; };
  const auto end_pass = [&] {
    if (last == nullptr) return false;
    const Name text = last->name == usual ? usual : text_of(*last);
    const bool is_one = calls[text] == 1 && (found.empty() || found == text.str());
    found = text.str();
    calls.clear();
    last = nullptr;
    return is_one;
  };
  for (std::size_t i = 0; i < events.size(); ++i) {
    if (i > 0 && events[i].step != events[i - 1].step && !end_pass()) return {};
    if (events[i].kind != EventKind::Layer) continue;
    last = &events[i];
    const Name text = text_of(*last);
    ++calls[text];
    if (last->name != text) ++calls[last->name];
  }
  // Functions after the last layer count to a pass that does not come.
  return last == nullptr || end_pass() ? found : std::string();
}

}  // namespace upmem_des
