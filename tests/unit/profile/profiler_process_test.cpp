/// Both sides of the profiler's process, with a program that has no libtorch in its place.
#include "profile/profiler_process.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iterator>

#include "support/temporary_folder.hpp"
#include "upmem_des/trace/jsonl_reader.hpp"
#include "upmem_des/util/error.hpp"

namespace fs = std::filesystem;
using namespace upmem_des;
using namespace upmem_des::test;

namespace {

std::string simulation_error(const std::function<void()>& call) {
  try {
    call();
  } catch (const SimulationError& error) {
    return error.what();
  }
  return "no error";
}

std::size_t open_descriptors() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator()));
}

class ProfilerProcess : public testing::Test {
 protected:
  ProfilerProcess() { ::setenv("UPMEM_DES_PROFILER", FAKE_PROFILER, 1); }

  ProfileRequest request(const std::string& what) const {
    ScriptRequest script;
    script.file = folder_.write(what, "");
    script.inputs = {InputTensor{Shape{2, 3}}};
    ProfileRequest request;
    request.network = script;
    request.threads = 7;
    return request;
  }

  ProfileReply run(const std::string& what) const { return run_profiler(request(what), trace_); }
  std::string failure(const std::string& what) const {
    return replaced(simulation_error([&] { run(what); }), folder_.str(), "DIR");
  }
  std::string bad_input(const std::string& what) const {
    return replaced(input_error([&] { run(what); }), folder_.str(), "DIR");
  }

  TemporaryFolder folder_;
  UnnamedFile trace_;
};

}  // namespace

TEST_F(ProfilerProcess, AnswersAndWritesTheTrace) {
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const ProfileReply reply = run("good");
  // What the network prints is not a result; what libtorch says is not shown.
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "printed by the network\n");
  EXPECT_EQ(reply.events, 1);
  EXPECT_EQ(reply.threads, 7);
  EXPECT_EQ(reply.texts, std::vector<std::string>{"good"});
  JsonlReader reader(trace_.path());
  EXPECT_EQ(reader.header().model, "good");
  LayerEvent event;
  ASSERT_TRUE(reader.next(event));
  EXPECT_EQ(event.input_shape, (Shape{2, 3}));
  EXPECT_FALSE(reader.next(event));
}

TEST_F(ProfilerProcess, VerboseShowsWhatLibtorchSays) {
  testing::internal::CaptureStderr();
  run_profiler(request("good"), trace_, {true});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "a warning of libtorch\nprinted by the network\n");
}

TEST_F(ProfilerProcess, FileNamesOfAnyBytes) {
  const std::string name = "\xff\x01 \"name\" \xc3\xa4\n";
  testing::internal::CaptureStderr();
  EXPECT_EQ(run(name).texts, std::vector<std::string>{name});
  testing::internal::GetCapturedStderr();
}

TEST_F(ProfilerProcess, ErrorsAreTheProfilers) {
  EXPECT_EQ(bad_input("input_error"), "DIR/input_error: is not what it should be");
  EXPECT_EQ(failure("failure"), "it failed");
  EXPECT_EQ(failure("memory"), "DIR/memory: out of memory");
  EXPECT_EQ(bad_input("trace_error"),
            trace_.folder() + ": the temporary trace cannot be written: No space left on device");
}

TEST_F(ProfilerProcess, AProfilerThatDies) {
  EXPECT_EQ(
      failure("crash"),
      "DIR/crash: the profiler was ended by signal 11 (Segmentation fault); its last words: a warning of libtorch");
  EXPECT_EQ(failure("killed"),
            "DIR/killed: the profiler was ended by signal 9 (Killed), as Linux does when memory runs out; its last "
            "words: a warning of libtorch");
  EXPECT_EQ(failure("silent crash"),
            "DIR/silent crash: the profiler was ended by signal 9 (Killed), as Linux does when memory runs out; its "
            "last words: a warning of libtorch");
  EXPECT_EQ(failure("quits"),
            "DIR/quits: the profiler ended without an answer, exit code 3; its last words: a warning of libtorch");
}

/// A file that crashes libtorch is a bad one; a process that is killed says nothing of the file.
TEST_F(ProfilerProcess, AProfilerThatDiesOfAFile) {
  EXPECT_EQ(
      bad_input("reading crash"),
      "DIR/reading crash: the profiler was ended by signal 11 (Segmentation fault) while libtorch read this file; "
      "expected a module that torch.jit.save() has written");
  EXPECT_EQ(
      failure("reading killed"),
      "DIR/reading killed: the profiler was ended by signal 9 (Killed) while libtorch read this file, as Linux does "
      "when memory runs out; its last words: a warning of libtorch");
  EXPECT_EQ(failure("reading crash later"),
            "DIR/reading crash later: the profiler was ended by signal 11 (Segmentation fault); its last words: a "
            "warning of libtorch");
  EXPECT_EQ(run("reading good").events, 1);
}

/// Whatever ends it, the layer or function that began last is told.
TEST_F(ProfilerProcess, WhereAProfilerDied) {
  EXPECT_EQ(failure("layer crash"),
            "DIR/layer crash: the profiler was ended by signal 11 (Segmentation fault) in layer 'head.0' (Linear); its "
            "last words: a warning of libtorch");
  EXPECT_EQ(failure("function crash"),
            "DIR/function crash: the profiler was ended by signal 11 (Segmentation fault) in function 'softmax' after "
            "layer 'head.0' (Linear); its last words: a warning of libtorch");
  EXPECT_EQ(
      failure("layer killed"),
      "DIR/layer killed: the profiler was ended by signal 9 (Killed) in layer 'head.0' (Linear), as Linux does when "
      "memory runs out; its last words: a warning of libtorch");
  EXPECT_EQ(failure("layer memory"), "DIR/layer memory: out of memory in layer 'head.0' (Linear)");
  EXPECT_EQ(failure("number"), "DIR/number: something was thrown that says nothing");
}

TEST_F(ProfilerProcess, AProfilerThatDiesOfALibrary) {
  EXPECT_EQ(
      bad_input("loading crash"),
      "some/lib.so: the profiler was ended by signal 6 (Aborted) while this library was loaded; expected a shared "
      "library of operators for this libtorch");
  EXPECT_EQ(failure("loading killed"),
            "some/lib.so: the profiler was ended by signal 9 (Killed) while this library was loaded");
}

TEST_F(ProfilerProcess, ALimit) {
  const auto limited = [&](const std::string& what, double limit_s) {
    return replaced(simulation_error([&] {
                      run_profiler(request(what), trace_, {false, limit_s});
                    }),
                    folder_.str(), "DIR");
  };
  EXPECT_EQ(limited("layer spin", 0.25),
            "DIR/layer spin: not done after 0.25 s, the limit; ended in layer 'head.0' (Linear)");
  EXPECT_EQ(limited("reading spin", 0.25),
            "DIR/reading spin: not done after 0.25 s, the limit; ended while libtorch read this file");
  EXPECT_EQ(limited("loading spin", 0.25),
            "some/lib.so: not done after 0.25 s, the limit; ended while this library was loaded");
  EXPECT_EQ(limited("spin", 0.25), "DIR/spin: not done after 0.25 s, the limit; ended before libtorch read anything");
  EXPECT_EQ(limited("good", 1e9), "no error");
}

TEST_F(ProfilerProcess, ManyMessagesDoNotBlockIt) {
  EXPECT_EQ(run("loud").events, 1);
}

TEST_F(ProfilerProcess, ALongRequestDoesNotBlockIt) {
  ProfileRequest long_one = request("good");
  std::get<ScriptRequest>(long_one.network).inputs.assign(300'000, InputTensor{Shape{2, 3}});
  EXPECT_EQ(run_profiler(long_one, trace_).events, 1);
}

TEST_F(ProfilerProcess, LeavesNoProcessAndNoDescriptor) {
  run("good");
  const std::size_t before = open_descriptors();
  for (const char* what : {"good", "crash", "quits", "input_error", "layer crash"}) {
    try {
      run(what);
    } catch (const std::exception&) {
      // Only what is left behind counts here.
    }
  }
  EXPECT_EQ(open_descriptors(), before);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(ProfilerProcess, ManyOpenFilesAreNotInTheWay) {
  for (int i = 0; i < 20; ++i) ASSERT_GE(::dup(0), 0);
  EXPECT_EQ(run("good").events, 1);
}

TEST_F(ProfilerProcess, ProgramsThatCannotBeStarted) {
  ::setenv("UPMEM_DES_PROFILER", folder_.path("none").c_str(), 1);
  EXPECT_EQ(bad_input("good"), "UPMEM_DES_PROFILER: DIR/none is no file");
  ::setenv("UPMEM_DES_PROFILER", folder_.str().c_str(), 1);
  EXPECT_EQ(bad_input("good"), "UPMEM_DES_PROFILER: DIR is no file");
  ::setenv("UPMEM_DES_PROFILER", folder_.write("text", "").c_str(), 1);
  EXPECT_EQ(failure("good"), "DIR/text cannot be started: Permission denied");
  fs::permissions(folder_.path("text"), fs::perms::owner_all);
  EXPECT_EQ(failure("good"), "DIR/text cannot be started: Exec format error");
  // A program that says nothing, as one whose libraries are missing.
  ::setenv("UPMEM_DES_PROFILER", "/bin/false", 1);
  EXPECT_EQ(failure("good"), "DIR/good: the profiler ended without an answer, exit code 1");
}

TEST_F(ProfilerProcess, FilesThatAreMissing) {
  ProfileRequest request = this->request("good");
  const auto problem = [&] { return replaced(input_error([&] { check_files(request); }), folder_.str(), "DIR"); };
  EXPECT_EQ(problem(), "no error");
  std::get<ScriptRequest>(request.network).file = folder_.path("none.pt");
  EXPECT_EQ(problem(), "DIR/none.pt: no such file");
  std::get<ScriptRequest>(request.network).file = folder_.str();
  EXPECT_EQ(problem(), "DIR: a folder; expected a TorchScript file");
  DecoderRequest decoder;
  decoder.folder = folder_.path("none");
  request.network = decoder;
  EXPECT_EQ(problem(), "DIR/none: no such file");
  decoder.folder = folder_.make_folder("model");
  request.network = decoder;
  EXPECT_EQ(problem(), "DIR/model: a folder; expected a Hugging Face config.json");
  folder_.write("model/config.json", "");
  EXPECT_EQ(problem(), "no error");
  decoder.prompt_ids_file = folder_.path("ids.txt");
  request.network = decoder;
  EXPECT_EQ(problem(), "DIR/ids.txt: no such file");
  decoder.prompt_ids_file = folder_.str();
  request.network = decoder;
  EXPECT_EQ(problem(), "DIR: a folder; expected a file of token ids");
}

TEST_F(ProfilerProcess, StartedByHandItSaysWhatItIs) {
  const std::string output = folder_.path("said");
  const int status = std::system((std::string(FAKE_PROFILER) + " 2>" + output + " </dev/null").c_str());
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 2);
  EXPECT_EQ(read_bytes(output), "upmem-des-profiler is started by other programs; see 'upmem-des profile --help'\n");
}
