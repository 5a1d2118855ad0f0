/// Where the weights of a model come from.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "profiler/decoder/checkpoint.hpp"

namespace upmem_des::profiler {

/// How a weight is begun with where nothing is stored.
enum class Initial {
  normal,  ///< around 0, with the configuration's initializer_range
  ones,
  zeros,
};

class WeightSource {
 public:
  WeightSource() = default;
  WeightSource(const WeightSource&) = delete;
  WeightSource& operator=(const WeightSource&) = delete;
  virtual ~WeightSource() = default;

  /// The weight of that name, a new contiguous tensor.
  virtual torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial) = 0;
};

/// Those of a checkpoint, converted one by one. Their names may be other than Hugging Face's model has them, see
/// stored_names.hpp.
class StoredWeights : public WeightSource {
 public:
  /// `experts`: of a layer of the model, whose weights may be packed; 0: none.
  StoredWeights(Checkpoint& checkpoint, torch::ScalarType type, std::int64_t experts = 0)
      : checkpoint_(checkpoint), type_(type), experts_(experts) {}
  torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial) override;

 private:
  Checkpoint& checkpoint_;
  torch::ScalarType type_;
  std::int64_t experts_;
};

/// Drawn from a seed, the same for the same sequence of requests.
class RandomWeights : public WeightSource {
 public:
  RandomWeights(std::uint64_t seed, double initializer_range, torch::ScalarType type);
  torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial) override;

 private:
  at::Generator generator_;
  double initializer_range_;
  torch::ScalarType type_;
};

/// Shapes without elements: tensors of libtorch's meta device. Operators on them give shapes and compute nothing.
class ShapesOnly : public WeightSource {
 public:
  explicit ShapesOnly(torch::ScalarType type) : type_(type) {}
  torch::Tensor weight(const std::string& name, c10::IntArrayRef sizes, Initial initial) override;

  /// Of all weights that were asked for, together.
  double elements() const { return elements_; }

 private:
  torch::ScalarType type_;
  double elements_ = 0;
};

}  // namespace upmem_des::profiler
