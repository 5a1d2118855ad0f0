#include "operation/operation_text.hpp"

#include <gtest/gtest.h>

#include <random>

#include "upmem_des/util/error.hpp"

using namespace upmem_des;
using operation::Attention;
using operation::Product;

namespace {

std::string problem_of(const std::string& text) {
  try {
    operation_from(text);
  } catch (const InputError& error) {
    return error.what();
  }
  return "none";
}

/// One of each kind, with all fields drawn.
Operation drawn(std::mt19937& random) {
  const auto below = [&random](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  const auto flip = [&] { return below(2) == 1; };
  switch (below(14)) {
    case 0:
      return operation::Opaque{operator_classes[static_cast<std::size_t>(below(7))]};
    case 1:
      return operation::Nothing{};
    case 2:
      return operation::Movement{static_cast<operation::Movement::Kind>(below(2))};
    case 3: {
      Product product;
      product.second = static_cast<Product::Second>(below(4));
      product.columns = static_cast<Product::Columns>(below(5));
      product.query_columns = product.columns == Product::Columns::QueryKeyValue ? 1 + below(8192) : 0;
      product.format = static_cast<operation::WeightFormat>(below(2));
      product.matrices = product.second == Product::Second::Packed ? 1 + below(256) : 0;
      product.bias = flip(), product.is_head = flip(), product.is_router = flip(), product.is_tied = flip();
      product.inner = product.second == Product::Second::Tensor ? below(64) : 0;
      product.stored = static_cast<operation::StoredAs>(below(7));
      return product;
    }
    case 4: {
      Attention attention;
      attention.part = static_cast<Attention::Part>(below(4));
      attention.mask = static_cast<Attention::Mask>(below(4));
      attention.window = attention.mask >= Attention::Mask::Window ? 1 + below(4096) : 0;
      attention.cache_heads = below(9);
      attention.latent_width = below(2) * 576;
      attention.is_expanded = attention.latent_width > 0 && flip();
      attention.is_cross = flip(), attention.is_cached = flip(), attention.causal = flip();
      attention.sinks = flip(), attention.softcap = flip();
      return attention;
    }
    case 5:
      return operation::Norm{static_cast<operation::Norm::Kind>(below(8)), flip(),
                             static_cast<Product::Columns>(below(5)), flip()};
    case 6: {
      operation::Pointwise pointwise{static_cast<operation::Pointwise::Function>(below(18)), flip(), flip()};
      if (pointwise.function == operation::Pointwise::Function::Resample) pointwise.taps = 1 + below(16);
      return pointwise;
    }
    case 7: {
      operation::Gather gather{static_cast<operation::Gather::Kind>(below(3))};
      gather.rows = below(50257);
      gather.is_tied = flip(), gather.is_bag = flip();
      return gather;
    }
    case 9:
      return operation::Rotate{1 + below(128), below(9), flip()};
    case 10:
      return operation::CacheWrite{flip()};
    case 8:
      return operation::Convolution{1 + below(64), flip(), 1 + below(3),
                                    below(9),      flip(), static_cast<operation::StoredAs>(below(7))};
    case 11:
      return operation::Counted{operator_classes[static_cast<std::size_t>(below(7))], below(1000) * 1e9, below(9) * 0.5,
                                below(1000) / 3.0};
    case 12: {
      operation::Recurrent recurrent{static_cast<operation::Recurrent::Cell>(below(3))};
      recurrent.is_step = flip(), recurrent.bias = flip();
      recurrent.hidden = 1 + below(1024);
      recurrent.projection = recurrent.cell == operation::Recurrent::Cell::Lstm ? below(64) : 0;
      if (!recurrent.is_step)
        recurrent.layers = 1 + below(4), recurrent.directions = 1 + below(2), recurrent.is_batch_first = flip();
      recurrent.stored = static_cast<operation::StoredAs>(below(7));
      return recurrent;
    }
    default:
      return operation::StateScan{below(1000) * 0.5, below(1000) * 1e6, below(1000) / 3.0};
  }
}

}  // namespace

TEST(OperationText, SaysWhatDiffersFromTheDefaults) {
  EXPECT_EQ(text_of(Product{}), "product");
  EXPECT_EQ(text_of(operation::Nothing{}), "nothing");
  Product head;
  head.is_head = head.is_tied = true;
  head.format = operation::WeightFormat::OfActivations;
  EXPECT_EQ(text_of(head), "product format=activations head tied");
  Product experts;
  experts.second = Product::Second::Packed;
  experts.matrices = 8;
  EXPECT_EQ(text_of(experts), "product second=packed matrices=8");
  Attention window;
  window.mask = Attention::Mask::Window;
  window.window = 4096;
  window.cache_heads = 2;
  EXPECT_EQ(text_of(window), "attention mask=window window=4096 cache_heads=2");
  Attention encoder;
  encoder.is_cached = encoder.causal = false;
  EXPECT_EQ(text_of(encoder), "attention uncached both_ways");
  EXPECT_EQ(text_of(operation::StateScan{0.5, 1e17, 0}), "state_scan state=0.5 flop_per_row=1e+17");
}

TEST(OperationText, SaysWhatKernelsAre) {
  Product one;
  one.columns = Product::Columns::QueryKeyValue;
  one.query_columns = 4096;
  EXPECT_EQ(text_of(one), "product columns=query_key_value query_columns=4096");
  EXPECT_EQ(text_of(operation::Norm{operation::Norm::Kind::Rms, true}), "norm adds");
  operation::Pointwise gated{operation::Pointwise::Function::Silu};
  gated.gated = true;
  EXPECT_EQ(text_of(gated), "pointwise function=silu gated");
  EXPECT_EQ(text_of(operation::Rotate{128, 8, false}), "rotate width=128 value_heads=8");
  EXPECT_EQ(text_of(operation::CacheWrite{true}), "cache_write latent");
}

TEST(OperationText, SaysWhatNetworksOfPyTorchCall) {
  operation::Recurrent lstm;
  EXPECT_EQ(text_of(lstm), "recurrent");
  lstm.hidden = 512, lstm.layers = 2, lstm.directions = 2, lstm.projection = 64;
  lstm.bias = lstm.is_batch_first = true;
  EXPECT_EQ(text_of(lstm), "recurrent hidden=512 layers=2 directions=2 projection=64 bias batch_first");
  operation::Recurrent gru{operation::Recurrent::Cell::Gru};
  gru.is_step = true;
  EXPECT_EQ(text_of(gru), "recurrent cell=gru step");
  operation::Convolution transposed;
  transposed.is_transposed = true;
  transposed.stored = operation::StoredAs::Int8;
  EXPECT_EQ(text_of(transposed), "convolution transposed weights=int8");
  Product outer;
  outer.second = Product::Second::Tensor;
  outer.inner = 1;
  EXPECT_EQ(text_of(outer), "product second=tensor inner=1");
  operation::Pointwise bilinear{operation::Pointwise::Function::Resample};
  bilinear.taps = 4;
  EXPECT_EQ(text_of(bilinear), "pointwise function=resample taps=4");
  operation::Norm plain{operation::Norm::Kind::Instance};
  plain.is_plain = true;
  EXPECT_EQ(text_of(plain), "norm kind=instance plain");
  operation::Gather bag;
  bag.is_bag = true;
  EXPECT_EQ(text_of(bag), "gather bag");
  EXPECT_EQ(text_of(operation::Counted{OperatorClass::Linear, 1e9}), "counted class=linear flop=1000000000");
}

TEST(OperationText, RefusesWordsThatContradictEachOther) {
  EXPECT_EQ(problem_of("recurrent directions=3"), "directions=3; expected 1 or 2");
  EXPECT_EQ(problem_of("recurrent cell=gru hidden=8 projection=4"),
            "a projection of another cell than lstm; expected none");
  EXPECT_EQ(problem_of("recurrent projection=4"), "a projection of a state without its size; expected hidden=NUMBERS");
  EXPECT_EQ(problem_of("recurrent step layers=2"),
            "a step of several layers, of two directions or with batch_first; expected one cell");
  EXPECT_EQ(problem_of("recurrent hidden=0"), "hidden=0; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem_of("recurrent hidden=1e9"), "hidden=1e9; expected a whole number from 1 to 1000000000");
  EXPECT_EQ(problem_of("recurrent cell=lstn"),
            "unknown cell 'lstn'; expected one of lstm, gru, rnn; did you mean 'lstm'?");
  EXPECT_EQ(problem_of("product inner=3"), "inner=COUNT of a layer's weight; expected second=tensor or second=implied");
  EXPECT_EQ(problem_of("pointwise function=resample"),
            "function=resample and taps=COUNT without the other; expected both or none");
  EXPECT_EQ(problem_of("pointwise taps=4"),
            "function=resample and taps=COUNT without the other; expected both or none");
  EXPECT_EQ(problem_of("counted flop=-1"), "flop=-1; expected a number from 0 to 1e18");
  EXPECT_EQ(problem_of("counted flop=inf"), "flop=inf; expected a number from 0 to 1e18");
}

TEST(OperationText, ReadsWordsInAnyOrderAndWithAnySpaces) {
  const Operation read = operation_from("  attention  window=8   part=scores mask=chunk ");
  const auto* attention = as<Attention>(read);
  ASSERT_NE(attention, nullptr);
  EXPECT_EQ(attention->part, Attention::Part::Scores);
  EXPECT_EQ(attention->mask, Attention::Mask::Chunk);
  EXPECT_EQ(attention->window, 8);
  EXPECT_TRUE(attention->is_cached);
}

TEST(OperationText, ReadsBackWhatItWrote) {
  std::mt19937 random(14);
  for (int i = 0; i < 20'000; ++i) {
    const Operation operation = drawn(random);
    const std::string text = text_of(operation);
    EXPECT_EQ(operation_from(text), operation) << text;
  }
}

TEST(OperationText, RefusesWhatItDoesNotKnow) {
  EXPECT_EQ(problem_of(""),
            "empty; expected an operation, one of opaque, nothing, movement, product, attention, norm, pointwise, "
            "gather, convolution, state_scan, rotate, cache_write, recurrent, counted");
  EXPECT_EQ(
      problem_of("prodct"),
      "unknown operation 'prodct'; expected one of opaque, nothing, movement, product, attention, norm, "
      "pointwise, gather, convolution, state_scan, rotate, cache_write, recurrent, counted; did you mean 'product'?");
  EXPECT_EQ(problem_of("gather row=5"),
            "unknown word 'row=5' of gather; expected one of kind, rows, tied, bag; did you mean 'rows'?");
  EXPECT_EQ(problem_of("nothing at all"), "unknown word 'at' of nothing; expected no word more");
  EXPECT_EQ(problem_of("norm kind=rmz"),
            "unknown kind 'rmz'; expected one of rms, rms_gated, l2, layer, group, batch, instance, response; did you "
            "mean 'rms'?");
  EXPECT_EQ(problem_of("gather rows=5 rows=5"), "'rows' is given twice");
  EXPECT_EQ(problem_of("gather rows"), "'rows'; expected rows=…");
  EXPECT_EQ(problem_of("gather tied=yes"), "'tied=yes'; expected tied alone");
}

TEST(OperationText, RefusesNumbersOutOfTheirRange) {
  for (const char* number : {"0", "-1", "1000000001", "99999999999999999999", "1.5", "", "x", "inf"})
    EXPECT_EQ(problem_of(std::string("gather rows=") + number),
              std::string("rows=") + number + "; expected a whole number from 1 to 1000000000");
  for (const char* number : {"-1", "1e19", "nan", "inf", "", "1e999"})
    EXPECT_EQ(problem_of(std::string("state_scan state=") + number),
              std::string("state=") + number + "; expected a number from 0 to 1e18");
}

TEST(OperationText, RefusesFieldsThatContradictEachOther) {
  EXPECT_EQ(problem_of("attention mask=window"), "a mask without its size; expected window=ROWS");
  EXPECT_EQ(problem_of("attention expanded"), "'expanded' without latent rows; expected latent=WIDTH");
  EXPECT_EQ(problem_of("convolution dimensions=4"), "dimensions=4; expected 1, 2 or 3");
  EXPECT_EQ(problem_of("product second=packed"),
            "second=packed and matrices=COUNT without the other; expected both or none");
  EXPECT_EQ(problem_of("product matrices=2"),
            "second=packed and matrices=COUNT without the other; expected both or none");
  for (const char* text : {"product query_columns=64", "product columns=query_key_value"})
    EXPECT_EQ(problem_of(text),
              "columns=query_key_value and query_columns=COUNT without the other; expected both or none");
  EXPECT_EQ(problem_of("rotate one_key"), "a rotation of nothing; expected width=NUMBERS");
}
