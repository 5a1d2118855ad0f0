#include "upmem_des/trace/jsonl_reader.hpp"

#include <utility>

#include "lines/line_reader.hpp"
#include "trace/event_check.hpp"
#include "trace/event_fields.hpp"
#include "trace/header_fields.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"
#include "util/file_contents.hpp"

namespace upmem_des {

struct JsonlReader::State {
  State(const std::string& path, std::shared_ptr<FileContents> contents)
      : lines(path, std::move(contents)), where{path, 0} {}

  LineReader lines;
  SourceLocation where;
  TraceHeader header;
  EventFields fields;
  StreamCheck check;
  EventContext context;
};

JsonlReader::JsonlReader(const std::string& path, std::shared_ptr<FileContents> contents)
    : state_(std::make_unique<State>(path, std::move(contents))) {
  State& state = *state_;
  std::string_view line;
  if (!state.lines.next(line)) throw InputError(state.where, "empty; expected a header line and events");
  state.where.line = state.lines.line_number();
  state.header = read_header(state.lines, line, state.where);
  state.context = EventContext(state.header);
}

JsonlReader::~JsonlReader() = default;

const TraceHeader& JsonlReader::header() const {
  return state_->header;
}

bool JsonlReader::next(LayerEvent& event) {
  State& state = *state_;
  std::string_view line;
  if (!state.lines.next(line)) {
    if (state.check.count() == 0) throw InputError(state.where, "no events; expected some after the header line");
    return false;
  }
  state.where.line = state.lines.line_number();
  state.fields.read(state.lines, line, state.where, event);
  if (const EventProblem found = state.check.problem(event)) throw InputError(state.where, found.key, found.problem);
  if (event.ends_pass && !state.header.marks_passes)
    throw InputError(state.where, "ends_pass", "true; expected \"marks_passes\":true in the header of such a trace");
  state.context.complete(event);
  return true;
}

}  // namespace upmem_des
