/// What a model's description knows of recorded events, and a run does not.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/decoder_source.hpp"

namespace upmem_des::profiler {

/// Walks the model's description alongside the events of a run, with the experts that the run chose.
class DescribedEvents {
 public:
  /// Throws InputError as DecoderSource does.
  DescribedEvents(const DecoderConfig& config, const DecoderRun& run);
  DescribedEvents(const DescribedEvents&) = delete;
  DescribedEvents& operator=(const DescribedEvents&) = delete;

  const DecoderSource& source() const { return source_; }

  /// Sets `deps`, `operation` and `ends_pass` of the next events, which are those of whole passes. Throws
  /// std::logic_error where an event is not the one that the description has next.
  void fill(std::vector<LayerEvent>& events);

 private:
  void count_rows(std::vector<std::int64_t>& rows) const;

  DecoderSource source_;
  const std::vector<LayerEvent>* events_ = nullptr;  ///< that fill() is at work on
  std::size_t at_ = 0;                               ///< the one of these that is asked for
};

}  // namespace upmem_des::profiler
