#include "requests/request_source.hpp"

#include <algorithm>
#include <string>
#include <unordered_set>
#include <utility>

#include "requests/files/file_arrivals.hpp"
#include "requests/files/file_requests.hpp"
#include "requests/files/file_shapes.hpp"
#include "requests/generated_requests.hpp"
#include "requests/lengths/drawn_shapes.hpp"

namespace upmem_des {

std::unique_ptr<RequestSource> make_request_source(const RequestsSection& section) {
  using Use = RequestFileSection::Use;
  const bool has_file = section.file.has_value();
  if (has_file && section.file->use == Use::all) return std::make_unique<FileRequests>(section);
  std::unique_ptr<ArrivalProcess> arrivals;
  if (has_file && section.file->use == Use::times)
    arrivals = std::make_unique<FileArrivals>(*section.file);
  else
    arrivals = arrival_form(section.arrivals->process).make(*section.arrivals, section.seed);
  std::unique_ptr<RequestShapes> shapes;
  if (has_file && section.file->use == Use::lengths)
    shapes = std::make_unique<FileShapes>(*section.file);
  else
    shapes = std::make_unique<DrawnShapes>(*section.prompt_tokens, *section.output_tokens, section.seed);
  return std::make_unique<GeneratedRequests>(section, std::move(arrivals), std::move(shapes));
}

RequestFileFacts check_request_file(const RequestsSection& section) {
  RequestFileFacts facts;
  if (!section.file) return facts;
  std::unordered_set<std::int64_t> ids;
  for (RequestFile file(*section.file); file.peek() != nullptr; file.advance()) {
    const RequestRow& row = file.row();
    if (row.id && !ids.insert(*row.id).second)
      throw InputError(row.where, "id", std::to_string(*row.id) + " a second time; expected one request of each id");
    ++facts.requests;
    facts.most_tokens = std::max(facts.most_tokens, row.prompt_tokens + row.output_tokens);
  }
  return facts;
}

}  // namespace upmem_des
