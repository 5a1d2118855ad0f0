#include "explore/explore_server.hpp"

#include <httplib.h>
#include <sys/socket.h>

#include <string>
#include <utility>

#include "explore/newest_requests.hpp"
#include "explore/request_guard.hpp"
#include "page/explore_page.hpp"
#include "upmem_des/util/error.hpp"
#include "util/json_text.hpp"

namespace upmem_des {

namespace {

constexpr const char* address = "127.0.0.1";
constexpr const char* json_type = "application/json";
constexpr std::size_t threads = 16;
/// Bodies of requests that are longer are not read.
constexpr std::size_t most_request_bytes = 16384;
constexpr int bad_request = 400;
constexpr int not_understood = 2;

RequestHeads heads_of(const httplib::Request& request) {
  const auto head = [&](const char* name) { return request.get_header_value(name); };
  return {request.method,          head("Host"),           head("Origin"),
          head("Content-Type"),    head("Sec-Fetch-Site"), head("Transfer-Encoding"),
          head("Content-Encoding")};
}

void refuse(httplib::Response& response, int status, const std::string& why) {
  response.status = status;
  response.set_content(explore_error("{", why, not_understood), json_type);
}

}  // namespace

struct ExploreServer::Parts {
  Parts(ExploreAnswers& its_answers, RunWorker& its_worker) : answers(its_answers), newest(its_worker) {}

  void set_up();
  void answer_run(const httplib::Request& request, httplib::Response& response);
  void answer_curve(const httplib::Request& request, httplib::Response& response);

  ExploreAnswers& answers;
  NewestRequests newest;
  httplib::Server server;
  int port = 0;
};

void ExploreServer::Parts::set_up() {
  // Not SO_REUSEPORT, by which two servers would share a port.
  server.set_socket_options([](socket_t socket) {
    const int yes = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  });
  server.new_task_queue = [] { return new httplib::ThreadPool(threads); };
  server.set_payload_max_length(most_request_bytes);
  // A request whose body is refused leaves it on its connection, where it would be the next request.
  server.set_keep_alive_max_count(1);
  server.set_tcp_nodelay(true);
  server.set_default_headers({{"Cache-Control", "no-store"},
                              {"X-Content-Type-Options", "nosniff"},
                              {"X-Frame-Options", "DENY"},
                              {"Cross-Origin-Resource-Policy", "same-origin"},
                              {"Referrer-Policy", "no-referrer"}});
  using Result = httplib::Server::HandlerResponse;
  server.set_pre_routing_handler([this](const httplib::Request& request, httplib::Response& response) {
    const Refusal refusal = refusal_of(heads_of(request), port);
    if (refusal.status == 0) return Result::Unhandled;
    refuse(response, refusal.status, refusal.why);
    return Result::Handled;
  });
  server.set_error_handler([](const httplib::Request&, httplib::Response& response) {
    if (response.body.empty())
      refuse(response, response.status, "is not answered (" + std::to_string(response.status) + ")");
  });
  server.set_exception_handler([](const httplib::Request&, httplib::Response& response, std::exception_ptr problem) {
    try {
      std::rethrow_exception(std::move(problem));
    } catch (const std::exception& error) {
      refuse(response, 500, error.what());
    }
  });
  server.Get("/", [](const httplib::Request&, httplib::Response& response) {
    const std::string_view page = explore_page();
    response.set_content(page.data(), page.size(), "text/html; charset=utf-8");
  });
  server.Get("/api/offer", [this](const httplib::Request&, httplib::Response& response) {
    try {
      response.set_content(answers.offer(), json_type);
    } catch (const InputError& error) {
      response.set_content(explore_error("{", error.what(), not_understood), json_type);
    }
  });
  server.Post("/api/run", [this](const auto& request, auto& response) { answer_run(request, response); });
  server.Post("/api/curve", [this](const auto& request, auto& response) { answer_curve(request, response); });
}

void ExploreServer::Parts::answer_run(const httplib::Request& request, httplib::Response& response) {
  ExploreRequest asked;
  try {
    asked = read_explore_run(request.body);
  } catch (const InputError& error) {
    return refuse(response, bad_request, error.what());
  }
  // With a change a page asks for the run first, then for what does not fit or what a better machine would gain.
  const std::string kind = std::string("run") + (asked.what_if ? " w" : "") + (asked.allow_overflow ? " o" : "");
  const std::shared_ptr<Obsolete> obsolete = newest.begin(asked.page, kind, !asked.what_if && !asked.allow_overflow);
  response.set_content(answers.run(asked, *obsolete), json_type);
  newest.end(asked.page, kind, obsolete);
}

void ExploreServer::Parts::answer_curve(const httplib::Request& request, httplib::Response& response) {
  struct Curve {
    ExploreRequest asked;
    std::shared_ptr<Obsolete> obsolete;
    std::size_t next = 0;
  };
  const auto curve = std::make_shared<Curve>();
  std::string first;
  try {
    curve->asked = read_explore_curve(request.body);
  } catch (const InputError& error) {
    return refuse(response, bad_request, error.what());
  }
  try {
    first = "{\"command\":" + json_text(answers.curve_command(curve->asked)) + "}\n";
  } catch (const InputError& error) {
    return response.set_content(explore_error("{", error.what(), not_understood) + "\n", json_type);
  }
  curve->obsolete = newest.begin(curve->asked.page, "curve", false);
  const auto next_lines = [this, curve, first](std::size_t offset, httplib::DataSink& sink) {
    if (offset == 0 && !sink.write(first.data(), first.size())) return false;
    const std::string line = answers.point(curve->asked, curve->asked.batches[curve->next++], *curve->obsolete);
    const bool is_last = curve->next == curve->asked.batches.size() || line.find("\"result\":") == std::string::npos;
    if (!sink.write((line + "\n").data(), line.size() + 1)) return false;
    if (is_last) sink.done();
    return true;
  };
  response.set_chunked_content_provider("application/x-ndjson", next_lines, [this, curve](bool) {
    newest.end(curve->asked.page, "curve", curve->obsolete);
  });
}

ExploreServer::ExploreServer(ExploreAnswers& answers, RunWorker& worker, int port)
    : parts_(std::make_shared<Parts>(answers, worker)) {
  parts_->set_up();
  if (port == 0)
    parts_->port = parts_->server.bind_to_any_port(address);
  else
    parts_->port = parts_->server.bind_to_port(address, port) ? port : -1;
  if (parts_->port <= 0)
    throw InputError({"--port"}, std::to_string(port) +
                                     " cannot be listened to on 127.0.0.1: it is taken, or not allowed; "
                                     "expected another one, or 0 for any that is free");
}

ExploreServer::~ExploreServer() = default;

int ExploreServer::port() const {
  return parts_->port;
}

void ExploreServer::serve() {
  parts_->server.listen_after_bind();
  throw SimulationError("the server has ended: no more connections can be taken");
}

}  // namespace upmem_des
