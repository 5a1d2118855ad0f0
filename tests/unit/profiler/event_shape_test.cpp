#include "profiler/event_shape.hpp"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include "trace/event_check.hpp"

using namespace upmem_des;
using namespace upmem_des::profiler;

namespace {

LayerEvent event_of(EventKind kind, const char* type, const Shape& input, const Shape& output) {
  LayerEvent event;
  event.kind = kind;
  event.type = event.name = Name(type);
  event.input_shape = input;
  event.output_shape = output;
  if (kind == EventKind::Layer) event.weight_shape = Shape{1, 1};
  normalise_event(event);
  EXPECT_FALSE(event_problem(event)) << type;
  return event;
}

std::string texts(const LayerEvent& event) {
  return event.type.str() + " " + event.input_shape.str() + " " +
         (event.weight_shape ? event.weight_shape->str() + " " : "") + event.output_shape.str();
}

}  // namespace

TEST(EventShape, OfSizes) {
  EXPECT_EQ(event_shape(c10::IntArrayRef{2, 0, 3}), (Shape{2, 0, 3}));
  EXPECT_EQ(event_shape(c10::IntArrayRef()), Shape{1});
  EXPECT_EQ(event_shape(c10::IntArrayRef{1, 2, 3, 4, 5, 6, 7, 8}), (Shape{1, 2, 3, 4, 5, 6, 7, 8}));
  EXPECT_EQ(event_shape(c10::IntArrayRef{2, 3, 4, 5, 6, 7, 8, 9, 10, 11}), (Shape{24, 5, 6, 7, 8, 9, 10, 11}));
  constexpr std::int64_t huge = std::int64_t{1} << 40;
  EXPECT_FALSE(shape_problem(event_shape(c10::IntArrayRef{huge, huge, 1, 1, 1, 1, 1, 1, 1})).empty());
}

TEST(EventShape, OfTensors) {
  EXPECT_EQ(event_shape(at::Tensor()), Shape{1});
  EXPECT_EQ(event_shape(at::ones({2, 3})), (Shape{2, 3}));
  EXPECT_EQ(event_shape(at::_nested_tensor_from_tensor_list({at::ones({2, 3}), at::ones({1, 3})})), Shape{1});
}

TEST(EventShape, FirstTensor) {
  const at::Tensor tensor = at::ones({2});
  EXPECT_FALSE(first_tensor(c10::IValue(3)));
  EXPECT_FALSE(first_tensor(c10::IValue()));
  EXPECT_FALSE(first_tensor(c10::IValue(at::Tensor())));
  EXPECT_TRUE(first_tensor(c10::IValue(tensor))->is_same(tensor));
  EXPECT_TRUE(
      first_tensor(c10::ivalue::Tuple::create({c10::IValue(), std::vector<at::Tensor>{tensor}}))->is_same(tensor));
  c10::Dict<std::string, at::Tensor> dictionary;
  dictionary.insert("a", tensor);
  EXPECT_TRUE(first_tensor(c10::IValue(dictionary))->is_same(tensor));
  c10::IValue deep(tensor);
  for (int i = 0; i < 9; ++i) deep = c10::ivalue::Tuple::create({deep});
  EXPECT_FALSE(first_tensor(deep));
}

TEST(EventShape, Names) {
  EXPECT_EQ(event_name("Linear"), "Linear");
  EXPECT_EQ(event_name(""), "?");
  EXPECT_EQ(event_name(std::string(1001, 'n')).str(), std::string(1000, 'n'));
  // 999 letters and one of two bytes: 1001 bytes. It is left out whole.
  EXPECT_EQ(event_name(std::string(999, 'n') + "é").str(), std::string(999, 'n'));
}

TEST(NormaliseEvent, GoodOnesStay) {
  EXPECT_EQ(texts(event_of(EventKind::Layer, "ReLU", {2, 3}, {2, 3})), "ReLU [2, 3] [1, 1] [2, 3]");
  EXPECT_EQ(texts(event_of(EventKind::Function, "softmax", {2, 3}, {2, 3})), "softmax [2, 3] [2, 3]");
}

TEST(NormaliseEvent, LinearEndsInItsWeight) {
  EXPECT_EQ(texts(event_of(EventKind::Layer, "Linear", {2, 3}, {2, 5})), "Linear [2, 3] [3, 5] [2, 5]");
  EXPECT_EQ(texts(event_of(EventKind::Layer, "Linear", {2, 0}, {2, 5})), "Linear* [2, 0] [1, 1] [2, 5]");
}

TEST(NormaliseEvent, AttentionHasOneRank) {
  EXPECT_EQ(texts(event_of(EventKind::Function, "scaled_dot_product_attention", {5, 4}, {2, 3, 4})),
            "scaled_dot_product_attention [1, 5, 4] [2, 3, 4]");
  EXPECT_EQ(texts(event_of(EventKind::Function, "scaled_dot_product_attention", {1}, {1})),
            "scaled_dot_product_attention [1, 1] [1, 1]");
}

TEST(NormaliseEvent, TypesWhoseRuleIsBroken) {
  EXPECT_EQ(texts(event_of(EventKind::Function, "softmax", {2, 3}, {2})), "softmax* [2, 3] [2]");
  EXPECT_EQ(texts(event_of(EventKind::Layer, "Conv2d", {2, 3}, {2, 3})), "Conv2d* [2, 3] [1, 1] [2, 3]");
}
