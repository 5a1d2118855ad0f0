#include "upmem_des/profiler/profiler.hpp"

#include <gmock/gmock.h>

#include <vector>

#include "operation/operation_text.hpp"
#include "trace/event_check.hpp"
#include "upmem_des/trace/recognise.hpp"
#include "upmem_des/util/error.hpp"

namespace upmem_des {

namespace {

using testing::ElementsAre;
using testing::HasSubstr;
namespace nn = torch::nn;

/// "layer Linear linear1 0 [1, 4] [4, 8] [1, 8] step 0": what a trace says of an event but its times.
std::string text(const LayerEvent& event) {
  return std::string(to_string(event.kind)) + " " + event.type.str() + " " + event.name.str() + " " +
         (event.id ? std::to_string(*event.id) : "-") + " " + event.input_shape.str() + " " +
         (event.weight_shape ? event.weight_shape->str() : "-") + " " + event.output_shape.str() + " step " +
         std::to_string(event.step);
}

std::vector<std::string> texts(const RecordedTrace& trace) {
  std::vector<std::string> all;
  for (const LayerEvent& event : trace.events) all.push_back(text(event));
  return all;
}

/// What every recorded trace keeps to.
void check(const RecordedTrace& trace) {
  StreamCheck stream;
  double end_ns = 0;
  for (const LayerEvent& event : trace.events) {
    EXPECT_EQ(stream.problem(event).problem, "") << text(event);
    ASSERT_TRUE(event.start_ns && event.duration_ns);
    EXPECT_GE(*event.start_ns, end_ns) << "events overlap";
    end_ns = *event.start_ns + *event.duration_ns;
  }
}

std::vector<std::string> operations(const RecordedTrace& trace) {
  std::vector<std::string> all;
  for (const LayerEvent& event : trace.events) all.push_back(text_of(operation_of(event)));
  return all;
}

template <class Forward>
RecordedTrace profile(const nn::Module& network, const Forward& forward, const std::string& last_layer = "lm_head") {
  const torch::NoGradGuard no_gradients;
  Profiler::Options options;
  options.last_layer = last_layer;
  Profiler profiler;
  profiler.start(network, options);
  forward();
  RecordedTrace trace = profiler.end();
  check(trace);
  return trace;
}

struct TwoLayers : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return torch::softmax(linear2(relu(linear1(x))), -1); }

  nn::Linear linear1 = register_module("linear1", nn::Linear(4, 8));
  nn::ReLU relu = register_module("relu", nn::ReLU());
  nn::Linear linear2 = register_module("linear2", nn::Linear(8, 2));
};

TEST(Profiler, NamesLayersAsTheyAreRegistered) {
  TwoLayers network;
  const torch::Tensor input = torch::rand({1, 4});
  const RecordedTrace trace = profile(network, [&] { network.forward(input); });
  EXPECT_THAT(texts(trace), ElementsAre("layer Linear linear1 0 [1, 4] [4, 8] [1, 8] step 0",
                                        "layer ReLU relu 1 [1, 8] [1, 1] [1, 8] step 0",
                                        "layer Linear linear2 2 [1, 8] [8, 2] [1, 2] step 0",
                                        "function softmax softmax - [1, 2] - [1, 2] step 0"));
  EXPECT_EQ(trace.header.dtype, NumberFormat::float32);
  EXPECT_EQ(trace.header.batch, 1);
  EXPECT_THAT(trace.header.model, HasSubstr("TwoLayers"));
}

TEST(Profiler, ALastLayerEndsThePass) {
  TwoLayers network;
  const torch::Tensor one = torch::rand({1, 4});
  const torch::Tensor three = torch::rand({3, 4});
  const auto twice = [&] {
    network.forward(one);
    network.forward(three);
  };
  const RecordedTrace trace = profile(network, twice, "linear2");
  EXPECT_THAT(
      texts(trace),
      ElementsAre(
          "layer Linear linear1 0 [1, 4] [4, 8] [1, 8] step 0", "layer ReLU relu 1 [1, 8] [1, 1] [1, 8] step 0",
          "layer Linear linear2 2 [1, 8] [8, 2] [1, 2] step 0", "function softmax softmax - [1, 2] - [1, 2] step 1",
          "layer Linear linear1 0 [3, 4] [4, 8] [3, 8] step 1", "layer ReLU relu 1 [3, 8] [1, 1] [3, 8] step 1",
          "layer Linear linear2 2 [3, 8] [8, 2] [3, 2] step 1", "function softmax softmax - [3, 2] - [3, 2] step 2"));
}

std::vector<std::int64_t> steps(const RecordedTrace& trace) {
  std::vector<std::int64_t> all;
  for (const LayerEvent& event : trace.events) all.push_back(event.step);
  return all;
}

TEST(Profiler, NextPassBeginsAPass) {
  TwoLayers network;
  const torch::NoGradGuard no_gradients;
  const torch::Tensor input = torch::rand({1, 4});
  Profiler profiler;
  profiler.start(network);
  profiler.next_pass();  // nothing has run yet: the first pass is still to come
  network.forward(input);
  profiler.next_pass();
  network.forward(input);
  EXPECT_THAT(steps(profiler.end()), ElementsAre(0, 0, 0, 0, 1, 1, 1, 1));
}

struct FunctionsOnly : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return torch::softmax(torch::relu(x), -1); }
};

TEST(Profiler, PassesNeedNoLayers) {
  FunctionsOnly network;
  const torch::Tensor input = torch::rand({1, 4});
  Profiler profiler;
  profiler.start(network);
  for (int pass = 0; pass < 3; ++pass) {
    network.forward(input);
    profiler.next_pass();
  }
  const RecordedTrace trace = profiler.end();
  EXPECT_THAT(steps(trace), ElementsAre(0, 0, 1, 1, 2, 2));
  EXPECT_EQ(trace.events[0].kind, EventKind::Function);
}

TEST(Profiler, NextPassAfterTheLastLayerAddsNoPass) {
  TwoLayers network;
  const torch::NoGradGuard no_gradients;
  const torch::Tensor input = torch::rand({1, 4});
  Profiler::Options options;
  options.last_layer = "linear2";
  Profiler profiler;
  profiler.start(network, options);
  network.forward(input);
  profiler.next_pass();
  network.forward(input);
  EXPECT_THAT(steps(profiler.end()), ElementsAre(0, 0, 0, 1, 1, 1, 1, 2));
}

struct HeadImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return torch::sigmoid(linear(x)); }

  nn::Linear linear = register_module("linear", nn::Linear(2, 1));
  nn::Sigmoid sigmoid = register_module("sigmoid", nn::Sigmoid());
};
TORCH_MODULE(Head);

TEST(Profiler, TakesModulesOfOneTypeInTurn) {
  nn::Sequential network(nn::Linear(2, 2), nn::ReLU(), nn::Linear(2, 2), nn::ReLU(), Head());
  const torch::Tensor input = torch::rand({1, 2});
  const auto twice = [&] {
    network->forward(input);
    network->forward(input);
  };
  const RecordedTrace trace = profile(*network, twice, "");
  std::vector<std::string> paths;
  for (const LayerEvent& event : trace.events) paths.push_back(event.path.str());
  EXPECT_THAT(paths,
              ElementsAre("0", "1", "2", "3", "4.linear", "4.sigmoid", "0", "1", "2", "3", "4.linear", "4.sigmoid"));
  EXPECT_EQ(trace.events[4].name, "linear");
}

TEST(Profiler, AProductAndTheBiasAfterItAreOneCall) {
  nn::Sequential network(nn::Linear(4, 3));
  const torch::Tensor batch = torch::rand({2, 5, 4});  // of 3 sizes: libtorch multiplies, then adds the bias
  const auto twice = [&] {
    network->forward(batch);
    network->forward(batch);
  };
  EXPECT_THAT(texts(profile(*network, twice)), ElementsAre("layer Linear 0 0 [2, 5, 4] [4, 3] [2, 5, 3] step 0",
                                                           "layer Linear 0 0 [2, 5, 4] [4, 3] [2, 5, 3] step 0"));
}

struct NormImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) {
    ModuleCall call(*this, x);
    return call.done(x * torch::rsqrt(x.pow(2).mean(-1, true) + 1e-6) * weight);
  }
  torch::Tensor weight = register_parameter("weight", torch::ones({6}));
};

struct MyRMSNormImpl : NormImpl {};
TORCH_MODULE(MyRMSNorm);

TEST(Profiler, AModuleCallIsOneLayer) {
  nn::Sequential network(nn::Linear(5, 6), MyRMSNorm());
  const torch::Tensor input = torch::rand({2, 5});
  const RecordedTrace trace = profile(*network, [&] { network->forward(input); });
  EXPECT_THAT(texts(trace), ElementsAre("layer Linear 0 0 [2, 5] [5, 6] [2, 6] step 0",
                                        "layer MyRMSNorm 1 1 [2, 6] [6, 6] [2, 6] step 0"));
}

TEST(Profiler, AModuleCallOutsideAProfileDoesNothing) {
  MyRMSNorm norm;
  EXPECT_EQ(norm->forward(torch::ones({1, 6})).sizes(), (c10::IntArrayRef{1, 6}));
}

TEST(Profiler, RecordsConvolutionsWithTheirKernels) {
  nn::Sequential network(nn::Conv2d(nn::Conv2dOptions(3, 8, {3, 5}).stride({2, 1}).padding({1, 2})), nn::BatchNorm2d(8),
                         nn::MaxPool2d(2), nn::Flatten(), nn::Linear(8 * 4 * 8, 10));
  network->eval();
  const torch::Tensor input = torch::rand({1, 3, 16, 16});
  const RecordedTrace trace = profile(*network, [&] { network->forward(input); });
  // Rows: (16 + 2·1 − 3) / 2 + 1 = 8; columns: (16 + 2·2 − 5) / 1 + 1 = 16; halved by the pooling.
  EXPECT_THAT(texts(trace), ElementsAre("layer Conv2d 0 0 [1, 3, 16, 16] [3, 5] [1, 8, 8, 16] step 0",
                                        "layer BatchNorm2d 1 1 [1, 8, 8, 16] [1, 1] [1, 8, 8, 16] step 0",
                                        "layer MaxPool2d 2 2 [1, 8, 8, 16] [1, 1] [1, 8, 4, 8] step 0",
                                        "layer Flatten 3 3 [1, 8, 4, 8] [1, 1] [1, 256] step 0",
                                        "layer Linear 4 4 [1, 256] [256, 10] [1, 10] step 0"));
  EXPECT_EQ(trace.events[0].stride, (std::array<std::int64_t, 2>{2, 1}));
  EXPECT_EQ(trace.events[0].padding, (std::array<std::int64_t, 2>{1, 2}));
}

struct TiedImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& tokens) { return lm_head(embed(tokens)); }

  nn::Embedding embed = register_module("embed", nn::Embedding(10, 4));
  nn::Linear lm_head = register_module("lm_head", nn::Linear(nn::LinearOptions(4, 10).bias(false)));
};

TEST(Profiler, TellsTiedLayersApart) {
  TiedImpl network;
  network.lm_head->weight = network.embed->weight;
  const torch::Tensor tokens = torch::zeros({1, 3}, torch::kLong);
  const RecordedTrace trace = profile(network, [&] { network.forward(tokens); });
  EXPECT_THAT(texts(trace), ElementsAre("layer Embedding embed 0 [1, 3] [1, 1] [1, 3, 4] step 0",
                                        "layer Linear lm_head 1 [1, 3, 4] [4, 10] [1, 3, 10] step 0"));
  EXPECT_THAT(operations(trace), ElementsAre("gather rows=10 tied", "product format=activations head tied"));
  EXPECT_EQ(trace.header.last_layer, "lm_head");
}

TEST(Profiler, SaysWhatLayersCompute) {
  nn::Sequential network(nn::Conv1d(nn::Conv1dOptions(4, 8, 3).groups(2)),
                         nn::ConvTranspose1d(nn::ConvTranspose1dOptions(8, 4, 2).bias(false)),
                         nn::GELU(nn::GELUOptions().approximate("tanh")), nn::Linear(9, 2));
  const torch::Tensor input = torch::rand({2, 4, 10});
  const RecordedTrace trace = profile(*network, [&] { network->forward(input); });
  EXPECT_EQ(operations(trace)[0], "convolution groups=2 dimensions=1 kernel=3 bias");
  EXPECT_EQ(operations(trace)[2], "pointwise function=gelu_tanh");
  EXPECT_EQ(operations(trace)[3], "product bias");
  EXPECT_EQ(trace.events[0].weight_shape, (Shape{1, 3}));
  EXPECT_EQ(trace.header.last_layer, "3");
}

/// One branch after the other from one layer, and a sum; a second pass waits for the first one's end.
struct BranchesImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x, const torch::Tensor& y) {
    const torch::Tensor from_stem = stem(x);
    const torch::Tensor both = left(from_stem) + right(from_stem);
    return head(both * norm(y));
  }

  nn::Linear stem = register_module("stem", nn::Linear(4, 4));
  nn::Linear left = register_module("left", nn::Linear(4, 4));
  nn::Linear right = register_module("right", nn::Linear(4, 4));
  MyRMSNorm norm = register_module("norm", MyRMSNorm());
  nn::Linear head = register_module("head", nn::Linear(4, 2));
};

TEST(Profiler, EventsWaitForWhoWroteWhatTheyRead) {
  BranchesImpl network;
  network.norm->weight = torch::ones({4});
  const torch::Tensor x = torch::rand({2, 3, 4});  // of 3 sizes: libtorch multiplies, then adds the bias
  const auto twice = [&] {
    network.forward(x, x);
    network.forward(x, x);
  };
  const RecordedTrace trace = profile(network, twice, "head");
  ASSERT_EQ(trace.events.size(), 14U);
  std::vector<std::vector<std::int64_t>> deps;
  for (const LayerEvent& event : trace.events) deps.push_back(event.deps);
  using Seqs = std::vector<std::int64_t>;
  // stem, left, right, their sum, norm, mul, head
  EXPECT_THAT(deps, ElementsAre(Seqs{}, Seqs{0}, Seqs{0}, Seqs{1, 2}, Seqs{}, Seqs{3, 4}, Seqs{5}, Seqs{6}, Seqs{7},
                                Seqs{7}, Seqs{8, 9}, Seqs{6}, Seqs{10, 11}, Seqs{12}));
  EXPECT_TRUE(trace.events[4].waits_for_nothing);
  EXPECT_EQ(trace.header.last_layer, "head");
}

struct TransposedImpl : nn::Module {
  torch::Tensor forward(const torch::Tensor& x) { return torch::matmul(x, weight.t()); }
  torch::Tensor weight = register_parameter("weight", torch::ones({3, 2}));
};

TEST(Profiler, AViewOfAParameterIsNoCall) {
  TransposedImpl network;
  const torch::Tensor input = torch::ones({1, 2});
  const RecordedTrace trace = profile(network, [&] { network.forward(input); });
  EXPECT_THAT(texts(trace), ElementsAre("layer Transposed Transposed 0 [1, 2] [1, 1] [1, 3] step 0"));
}

TEST(Profiler, TheDtypeIsTheParameters) {
  nn::Linear network(2, 2);
  network->to(torch::kBFloat16);
  const torch::Tensor input = torch::ones({1, 2}, torch::kBFloat16);
  const auto forward = [&] { network->forward(input); };
  EXPECT_EQ(profile(*network, forward).header.dtype, NumberFormat::bfloat16);
}

/// The message of the InputError that `action` throws.
template <class Action>
std::string error_of(const Action& action) {
  try {
    action();
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

TEST(Profiler, SaysWhatIsOutOfOrder) {
  nn::Linear network(2, 2);
  Profiler profiler;
  EXPECT_EQ(error_of([&] { profiler.end(); }), "Profiler::end(): no profiler is started; expected start() before");
  EXPECT_EQ(error_of([&] { profiler.next_pass(); }),
            "Profiler::next_pass(): no profiler is started; expected start() before");
  Profiler::Options options;
  options.batch = 0;
  EXPECT_EQ(error_of([&] { profiler.start(*network, options); }), "Profiler::start(): batch 0; expected 1 or more");
  profiler.start(*network);
  EXPECT_EQ(error_of([&] { profiler.start(*network); }),
            "Profiler::start(): a profiler is started already in this thread; expected end() before");
  Profiler second;
  EXPECT_EQ(error_of([&] { second.start(*network); }),
            "Profiler::start(): a profiler is started already in this thread; expected end() before");
  EXPECT_EQ(error_of([&] { profiler.end(); }),
            "Profiler::end(): nothing was recorded; expected the network to be called in the thread that called "
            "start()");
  const torch::Tensor input = torch::rand({1, 2});
  profiler.start(*network);  // after an error, too
  network->forward(input);
  EXPECT_EQ(profiler.end().events.size(), 1U);
}

TEST(Profiler, CanBeGivenUp) {
  nn::Linear network(2, 2);
  const torch::Tensor input = torch::rand({1, 2});
  { Profiler().start(*network); }
  network->forward(input);
  Profiler profiler;
  profiler.start(*network);
  network->forward(input);
  EXPECT_EQ(profiler.end().events.size(), 1U);
}

}  // namespace

}  // namespace upmem_des
