#include "profiler/recorder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <stdexcept>
#include <thread>

#include "profile/reached_place.hpp"
#include "profiler/libtorch_compat.hpp"
#include "profiler/recorded_operators.hpp"
#include "trace/event_check.hpp"
#include "unit/profiler/script_networks.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;
using namespace upmem_des::test;
using testing::ElementsAre;
using testing::IsEmpty;

namespace {

using Functions = Recorder::Functions;

LayerInfo linear(const std::string& path = "head.0") {
  LayerInfo layer;
  layer.type = Name("Linear");
  layer.name = Name(path.substr(path.rfind('.') + 1));
  layer.path = Name(path);
  layer.id = 7;
  layer.weight = {4, 3};
  return layer;
}

constexpr const char* linear_line = "layer Linear head.0 7 [2, 4] * [4, 3] = [2, 3]";

void call(const LayerInfo& layer) {
  LayerCall layer_call(layer, {2, 4});
  layer_call.done({2, 3});
}

at::Tensor fail_inside(const at::Tensor& x) {
  return at::mm(x, x.repeat({2, 2}));
}

at::Tensor own_softmax(const at::Tensor& x) {
  return at::softmax(x, -1);
}

TORCH_LIBRARY(recorder_test, library) {
  library.def("fail(Tensor x) -> Tensor", fail_inside);
  library.def("softmax(Tensor x) -> Tensor", own_softmax);
  library.def("keep(Tensor x) -> Tensor", [](const at::Tensor& x) { return x; });
  library.def("nothing() -> ()", [] {});
}

at::Tensor run(const char* name, const at::Tensor& x) {
  return c10::Dispatcher::singleton().findSchemaOrThrow(name, "").typed<at::Tensor(const at::Tensor&)>().call(x);
}

}  // namespace

TEST(Recorder, StartsPaused) {
  Recorder recorder(Functions::All);
  call(linear());
  at::relu(at::ones({2}));
  EXPECT_THAT(recorder.take(), IsEmpty());
  recorder.record(true);
  call(linear());
  recorder.record(false);
  call(linear());
  EXPECT_THAT(lines(recorder.take()), ElementsAre(linear_line));
}

TEST(Recorder, NothingWithoutOne) {
  EXPECT_EQ(Recorder::current(), nullptr);
  LayerCall layer_call(linear(), {2, 4});
  EXPECT_EQ(layer_call.done({2, 3}), nullptr);
  FunctionCall function_call(Name("matmul"), Name("attn_weights"), {2, 4});
  EXPECT_EQ(function_call.done({2, 3}), nullptr);
}

TEST(Recorder, OneInAThread) {
  const Recorder recorder(Functions::Named);
  EXPECT_EQ(Recorder::current(), &recorder);
  EXPECT_THROW(Recorder(Functions::Named), std::logic_error);
  EXPECT_EQ(Recorder::current(), &recorder);
  std::thread([] { EXPECT_EQ(Recorder::current(), nullptr); }).join();
}

TEST(Recorder, StepsAndNumbers) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  call(linear());
  std::vector<LayerEvent> events = recorder.take();
  recorder.set_step(5);
  call(linear());
  call(linear());
  for (const LayerEvent& event : recorder.take()) events.push_back(event);
  ASSERT_EQ(events.size(), 3U);
  for (std::int64_t i = 0; i < 3; ++i) {
    const LayerEvent& event = events[static_cast<std::size_t>(i)];
    EXPECT_EQ(event.seq, i);
    EXPECT_EQ(event.phase, i == 0 ? Phase::Prefill : Phase::Decode);
    EXPECT_EQ(event.step, i == 0 ? 0 : 5);
    EXPECT_FALSE(event_problem(event));
  }
}

TEST(Recorder, TimesAreRelativeToTheFirstEvent) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  {
    LayerCall slow(linear(), {2, 4});
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
    slow.done({2, 3});
  }
  recorder.take();
  std::this_thread::sleep_for(std::chrono::milliseconds(3));
  call(linear());
  const LayerEvent second = recorder.take().at(0);
  EXPECT_GE(*second.start_ns, 5e6);
  EXPECT_LT(*second.duration_ns, 1e6);
}

TEST(Recorder, WhatIsSetOnAnEventIsKept) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  LayerCall layer_call(linear(), {2, 4});
  LayerEvent* const event = layer_call.done({2, 3});
  ASSERT_NE(event, nullptr);
  event->experts = {3};
  event->kv_length = 9;
  const LayerEvent taken = recorder.take().at(0);
  EXPECT_THAT(taken.experts, ElementsAre(3));
  EXPECT_EQ(taken.kv_length, 9);
}

TEST(Recorder, FunctionsWithNames) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  FunctionCall matmul(Name("matmul"), Name("attn_weights"), {1, 2, 3, 4});
  at::softmax(at::ones({2, 2}), -1);
  matmul.done({1, 2, 3, 3});
  FunctionCall attention(Name("scaled_dot_product_attention"), Name("attention"), {1, 2, 5, 4});
  attention.done({1, 2, 3, 4}, false);
  at::relu(at::ones({2}));
  const auto events = recorder.take();
  EXPECT_THAT(lines(events), ElementsAre("function matmul [1, 2, 3, 4] = [1, 2, 3, 3]",
                                         "function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 3, 4] causal 0"));
  EXPECT_EQ(events[0].name, "attn_weights");
}

TEST(Recorder, CallsInsideACallArePartOfIt) {
  Recorder recorder(Functions::All);
  const at::Tensor two = at::ones({2});
  recorder.record(true);
  {
    LayerCall outer(linear(), {2, 4});
    call(linear("inner"));
    at::relu(two);
    FunctionCall function(Name("matmul"), Name("m"), {2, 4});
    function.done({2, 4});
    outer.done({2, 3});
  }
  at::relu(two);
  EXPECT_THAT(lines(recorder.take()), ElementsAre(linear_line, "function relu [2] = [2]"));
}

TEST(Recorder, AnExceptionLeavesNoEvent) {
  Recorder recorder(Functions::All);
  const at::Tensor two = at::ones({2});
  const at::Tensor matrix = at::ones({2, 3});
  recorder.record(true);
  call(linear("before"));
  try {
    LayerCall failing(linear(), {2, 4});
    throw std::runtime_error("in between");
  } catch (const std::runtime_error&) {
  }
  EXPECT_EQ(reached_place().text(), "in layer 'head.0' (Linear)");
  EXPECT_THROW(at::mm(matrix, matrix), c10::Error);
  EXPECT_THROW(run("recorder_test::fail", matrix), c10::Error);
  at::relu(two);
  EXPECT_THAT(lines(recorder.take()),
              ElementsAre("layer Linear before 7 [2, 4] * [4, 3] = [2, 3]", "function relu [2] = [2]"));
  call(linear("after"));
  EXPECT_EQ(reached_place().text(), "after layer 'after' (Linear)");
}

TEST(Recorder, TakeInsideACallLeavesIt) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  call(linear("first"));
  LayerCall open(linear(), {2, 4});
  EXPECT_THAT(lines(recorder.take()), ElementsAre("layer Linear first 7 [2, 4] * [4, 3] = [2, 3]"));
  open.done({2, 3});
  EXPECT_THAT(lines(recorder.take()), ElementsAre(linear_line));
}

/// More than are kept in one piece of memory.
TEST(Recorder, ManyEvents) {
  Recorder recorder(Functions::Named);
  recorder.record(true);
  for (int i = 0; i < 2000; ++i) call(linear());
  const auto events = recorder.take();
  ASSERT_EQ(events.size(), 2000U);
  for (std::size_t i = 0; i < events.size(); ++i) EXPECT_EQ(events[i].seq, static_cast<std::int64_t>(i));
}

/// linear runs t and addmm, softmax _softmax: parts of it.
TEST(RecorderOperators, ByTheNameThatWasCalled) {
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  const at::Tensor weight = at::ones({3, 4});
  recorder.record(true);
  at::linear(x, weight, at::ones({3}));
  at::softmax(x, -1);
  at::matmul(x, weight.t());
  at::cat({x, x, x}, 1);
  x.clone().add_(1);
  EXPECT_TRUE(at::equal(x, x));
  EXPECT_THAT(lines(recorder.take()), ElementsAre("function ones [1] = [3]", "function linear [2, 4] = [2, 3]",
                                                  "function softmax [2, 4] = [2, 4]", "function matmul [2, 4] = [2, 3]",
                                                  "function cat [2, 4] = [2, 12]", "function clone [2, 4] = [2, 4]",
                                                  "function add [2, 4] = [2, 4]", "function equal [2, 4] = [1]"));
}

TEST(RecorderOperators, OfOtherDomains) {
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  recorder.record(true);
  run("recorder_test::softmax", x);
  run("recorder_test::keep", x);  // its results share its input's storage, but who knows what it does
  c10::Dispatcher::singleton().findSchemaOrThrow("recorder_test::nothing", "").typed<void()>().call();
  EXPECT_THAT(lines(recorder.take()),
              ElementsAre("function recorder_test::softmax [2, 4] = [2, 4]",
                          "function recorder_test::keep [2, 4] = [2, 4]", "function recorder_test::nothing [1] = [1]"));
}

TEST(RecorderOperators, AttentionIsRecordedByItsKey) {
  Recorder recorder(Functions::All);
  const at::Tensor query = at::ones({1, 2, 3, 4});
  const at::Tensor key = at::ones({1, 2, 5, 4});
  const at::Tensor all = at::ones({3, 5});
  const at::Tensor earlier = at::ones({3, 5}, at::kBool).tril(2);
  recorder.record(true);
  libtorch::attention(query, key, key, {}, false);
  libtorch::attention(query, key, key, all, false);
  libtorch::attention(query, key, key, earlier, false);
  libtorch::attention(key, key, key, {}, true);
  EXPECT_THAT(lines(recorder.take()),
              ElementsAre("function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 3, 4] causal 0",
                          "function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 3, 4] causal 0",
                          "function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 3, 4]",
                          "function scaled_dot_product_attention [1, 2, 5, 4] = [1, 2, 5, 4]"));
}

TEST(RecorderOperators, WithoutWorkAreNoEvents) {
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  recorder.record(true);
  x.view({8}).unsqueeze(0).expand({3, 8}).slice(1, 0, 2).contiguous();  // copies
  at::empty({5});
  at::dropout(x, 0.5, false);
  x.to(at::kFloat).t().chunk(2);
  EXPECT_EQ(x.sum().item<float>(), 8);
  EXPECT_THAT(lines(recorder.take()), ElementsAre("function contiguous [3, 2] = [3, 2]", "function sum [2, 4] = [1]"));
}

TEST(RecorderOperators, InInferenceAndWithoutGradients) {
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2});
  recorder.record(true);
  {
    const c10::InferenceMode inference;
    at::relu(x);
  }
  {
    const torch::NoGradGuard no_gradients;
    at::sigmoid(x);
  }
  EXPECT_THAT(lines(recorder.take()), ElementsAre("function relu [2] = [2]", "function sigmoid [2] = [2]"));
}

TEST(RecorderOperators, ThatBelongToALayer) {
  const LayerInfo layer = linear();
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  const at::Tensor weight = at::ones({3, 4});
  recorder.set_owner([&](const OperatorInfo& info, c10::ArrayRef<const c10::IValue> arguments) {
    Recorder::Owner owner;
    if (info.type == "linear" && arguments.size() == 3) owner.layer = &layer;
    return owner;
  });
  recorder.record(true);
  at::linear(x, weight);
  at::relu(x);
  EXPECT_THAT(lines(recorder.take()), ElementsAre(linear_line, "function relu [2, 4] = [2, 4]"));
}

/// A layer's call begins where its parameter is looked at, if nothing else is called in between.
TEST(RecorderOperators, ThatPrepareALayersCallAreItsBegin) {
  const LayerInfo layer = linear();
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  const at::Tensor weight = at::ones({3, 4});
  recorder.set_owner([&](const OperatorInfo& info, c10::ArrayRef<const c10::IValue> /*arguments*/) {
    Recorder::Owner owner;
    owner.prepares = info.looks;
    if (info.looks || info.type == "mm") owner.layer = &layer;
    return owner;
  });
  recorder.record(true);
  constexpr auto pause = std::chrono::milliseconds(20);
  const double pause_ns = std::chrono::duration<double, std::nano>(pause).count();
  const at::Tensor turned = weight.t();
  std::this_thread::sleep_for(pause);
  at::mm(x, turned.view({4, 3}));
  const std::vector<LayerEvent> prepared = recorder.take();
  EXPECT_THAT(lines(prepared), ElementsAre(linear_line));
  EXPECT_GE(*prepared[0].duration_ns, pause_ns);
  weight.t();
  at::relu(x);
  std::this_thread::sleep_for(pause);
  at::mm(x, turned);
  const std::vector<LayerEvent> between = recorder.take();
  EXPECT_THAT(lines(between), ElementsAre("function relu [2, 4] = [2, 4]", linear_line));
  EXPECT_GE(*between[1].start_ns, *between[0].start_ns + *between[0].duration_ns + pause_ns);
}

TEST(RecorderOperators, CanContinueALayersCall) {
  const LayerInfo layer = linear();
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  const at::Tensor weight = at::ones({4, 3});
  recorder.set_owner([&](const OperatorInfo& info, c10::ArrayRef<const c10::IValue> /*arguments*/) {
    Recorder::Owner owner;
    if (info.type == "mm" || info.type == "add") owner.layer = &layer;
    owner.continues = info.type == "add";
    return owner;
  });
  recorder.record(true);
  const at::Tensor product = at::mm(x, weight);
  at::add(product, product);
  const std::vector<LayerEvent> both = recorder.take();
  EXPECT_THAT(lines(both), ElementsAre(linear_line));
  at::mm(x, weight);
  at::relu(product);
  at::add(product, product);  // something else came between
  at::mm(x, weight);
  recorder.take();
  at::add(product, product);  // and here the call has been taken away
  EXPECT_EQ(recorder.take().size(), 1U);
}

/// Events are kept in pieces, and a view, which leaves no event, may have begun a new one.
TEST(RecorderOperators, CanContinueALayersCallWhereverAViewComesBetween) {
  const LayerInfo layer = linear();
  Recorder recorder(Functions::All);
  const at::Tensor x = at::ones({2, 4});
  const at::Tensor weight = at::ones({4, 3});
  recorder.set_owner([&](const OperatorInfo& info, c10::ArrayRef<const c10::IValue> /*arguments*/) {
    Recorder::Owner owner;
    if (info.type == "mm" || info.type == "add") owner.layer = &layer;
    owner.continues = info.type == "add";
    return owner;
  });
  recorder.record(true);
  constexpr std::size_t calls = 2000;
  for (std::size_t call = 0; call < calls; ++call) {
    const at::Tensor product = at::mm(x, weight);
    at::add(product.t(), 1);
  }
  EXPECT_EQ(recorder.take().size(), calls);
}

TEST(RecorderOperators, OfOtherThreadsAreNotSeen) {
  Recorder recorder(Functions::All);
  recorder.record(true);
  std::thread([] { at::relu(at::ones({2})); }).join();
  at::relu(at::empty({3}));
  EXPECT_THAT(lines(recorder.take()), ElementsAre("function relu [3] = [3]"));
}

TEST(RecorderOperators, AreForgottenWithTheRecorder) {
  {
    Recorder recorder(Functions::All);
    recorder.record(true);
  }
  EXPECT_FALSE(at::hasCallbacks());
  EXPECT_TRUE(at::isRecordFunctionEnabled());
}
