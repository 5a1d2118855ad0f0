/// What differs between the versions of libtorch from 1.13 (Debian 12) to 2.6 (Debian 13); no other file of the room
/// asks for the version. Internal to the room.
#pragma once

#include <ATen/ATen.h>
#include <c10/util/Exception.h>
#include <torch/version.h>

#include <string>
#include <tuple>

#if TORCH_VERSION_MAJOR >= 2
#include <optional>
#include <variant>
#else
#include <c10/util/Optional.h>
#include <c10/util/variant.h>
#endif

namespace upmem_des::libtorch {

#if TORCH_VERSION_MAJOR >= 2
namespace variants = std;
#else
namespace variants = c10;
#endif

#if TORCH_VERSION_MAJOR > 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR >= 5)
template <typename Value>
using Optional = std::optional<Value>;
#else
template <typename Value>
using Optional = c10::optional<Value>;
#endif

constexpr int major_version = TORCH_VERSION_MAJOR;

#define UPMEM_DES_TEXT_OF(number) #number
#define UPMEM_DES_VERSION_TEXT(major, minor) UPMEM_DES_TEXT_OF(major) "." UPMEM_DES_TEXT_OF(minor)
/// "1.13".
constexpr const char* short_version = UPMEM_DES_VERSION_TEXT(TORCH_VERSION_MAJOR, TORCH_VERSION_MINOR);
#undef UPMEM_DES_VERSION_TEXT
#undef UPMEM_DES_TEXT_OF

/// Which Debian has a newer libtorch than this one, as an aside for people; empty where none has.
constexpr const char* newer_debian =
    TORCH_VERSION_MAJOR < 2 || (TORCH_VERSION_MAJOR == 2 && TORCH_VERSION_MINOR < 6) ? " (Debian 13 has 2.6)" : "";

/// softmax(query · keysᵀ / √d) · values. `mask` may be undefined.
inline at::Tensor attention(const at::Tensor& query, const at::Tensor& keys, const at::Tensor& values,
                            const at::Tensor& mask, bool causal) {
  Optional<at::Tensor> given_mask;
  if (mask.defined()) given_mask = mask;
#if TORCH_VERSION_MAJOR >= 2
  // Its softmax calls an operator that the meta device has not.
  if (query.is_meta()) return at::matmul(query, keys.transpose(-2, -1)).matmul(values);
  return at::scaled_dot_product_attention(query, keys, values, given_mask, /*dropout_p=*/0, causal);
#else
  return std::get<0>(at::_scaled_dot_product_attention(query, keys, values, given_mask, /*dropout_p=*/0,
                                                       /*need_attn_weights=*/false, causal));
#endif
}

/// While it lives, libtorch's warnings are not shown.
class NoWarnings {
 private:
  class Silence : public c10::WarningHandler {
   public:
#if TORCH_VERSION_MAJOR >= 2
    void process(const c10::Warning& /*warning*/) override {}
#else
    void process(const c10::SourceLocation& /*where*/, const std::string& /*text*/, const bool /*verbatim*/) override {}
#endif
  };

#if TORCH_VERSION_MAJOR >= 2
  using Guard = c10::WarningUtils::WarningHandlerGuard;
#else
  using Guard = c10::Warning::WarningHandlerGuard;
#endif

  Silence silence_;
  Guard guard_{&silence_};
};

}  // namespace upmem_des::libtorch
