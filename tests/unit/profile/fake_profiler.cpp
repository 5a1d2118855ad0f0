/// In place of upmem-des-profiler: does what the name of the "TorchScript file" says, without libtorch.
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <new>

#include "profile/profiler_process.hpp"
#include "profile/reached_place.hpp"
#include "upmem_des/trace/jsonl_writer.hpp"
#include "upmem_des/util/error.hpp"

using namespace upmem_des;

namespace {

ProfileReply profile(const ProfileRequest& request, const std::string& trace_path) {
  ReachedPlace& place = reached_place();
  const auto& script = std::get<ScriptRequest>(request.network);
  const std::string what = std::filesystem::path(script.file).filename();
  std::puts("printed by the network");
  std::fputs("a warning of libtorch\n", stderr);
  std::fflush(stdout);
  if (what.compare(0, 8, "reading ") == 0) place.set_stage(ReachedPlace::Stage::Reading);
  if (what == "reading crash") ::raise(SIGSEGV);
  if (what == "reading killed") ::raise(SIGKILL);
  if (what == "reading good" || what == "reading crash later") place.set_stage(ReachedPlace::Stage::Running);
  if (what == "loading crash" || what == "loading spin" || what == "loading killed") place.load_library("some/lib.so");
  if (what == "loading crash") ::raise(SIGABRT);
  if (what == "loading killed") ::raise(SIGKILL);
  if (what == "layer crash" || what == "layer killed" || what == "layer memory" || what == "layer spin")
    place.begin_layer("head.0", "Linear");
  if (what == "function crash") {
    place.begin_layer("head.0", "Linear");
    place.end_call();
    place.begin_function("softmax");
  }
  if (what == "layer memory") throw std::bad_alloc();
  if (what == "layer crash" || what == "function crash") ::raise(SIGSEGV);
  if (what == "layer killed") ::raise(SIGKILL);
  if (what.size() >= 4 && what.compare(what.size() - 4, 4, "spin") == 0) ::pause();
  if (what == "number") throw 42;  // NOLINT: no exception of std's
  if (what == "input_error") throw InputError({script.file}, "is not what it should be");
  if (what == "trace_error") throw InputError({trace_path}, "cannot be written: No space left on device");
  if (what == "failure") throw SimulationError("it failed");
  if (what == "memory") throw std::bad_alloc();
  if (what == "crash" || what == "reading crash later") ::raise(SIGSEGV);
  if (what == "killed") ::raise(SIGKILL);
  if (what == "quits") std::_Exit(3);
  if (what == "loud")
    for (int i = 0; i < 100'000; ++i) std::fputs("a line of many\n", stderr);
  if (what == "silent crash") {
    std::freopen("/dev/null", "w", stderr);
    ::raise(SIGKILL);
  }
  TraceHeader header;
  header.model = what;
  JsonlWriter writer(trace_path, header);
  LayerEvent event;
  event.type = event.name = Name("relu");
  event.kind = EventKind::Function;
  event.input_shape = event.output_shape = script.inputs.front().tensor.shape;
  writer.write(event);
  writer.finish();
  ProfileReply reply;
  reply.events = 1;
  reply.threads = request.threads;
  reply.texts = {what};
  return reply;
}

}  // namespace

int main() {
  return answer_request(profile);
}
