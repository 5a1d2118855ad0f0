/// The run of a language model that is profiled, step by step.
#pragma once

#include <torch/torch.h>

#include <memory>
#include <string>

#include "model/decoder_numerics.hpp"
#include "profile/profile_reply.hpp"
#include "profile/profile_request.hpp"
#include "profiler/decoder/decoder_model.hpp"
#include "profiler/decoder/described_events.hpp"
#include "profiler/decoder/model_folder.hpp"
#include "profiler/decoder/prompt.hpp"
#include "profiler/decoder/token_sampler.hpp"
#include "profiler/event_writer.hpp"
#include "profiler/recorder.hpp"
#include "upmem_des/model/decoder_config.hpp"

namespace upmem_des::profiler {

/// The prompts, the model with its weights, and the loop of passes. Generation does not stop at an end-of-sequence
/// token: as many tokens are generated as were asked for.
class DecoderProfile {
 public:
  /// Reads everything that the request names, checks it and loads or draws the weights. Throws InputError.
  DecoderProfile(const DecoderRequest& decoder, const ProfileRequest& request);

  /// Runs warm-up and passes with the thread's recorder and writes the trace. Throws InputError where it cannot be
  /// written, and SimulationError where libtorch cannot go on.
  ProfileReply run(const std::string& trace_path);

 private:
  void read_prompt();
  std::unique_ptr<DecoderModel> make_model();
  torch::Tensor tensor_of(const TokenRows& rows) const;
  void run_passes(Recorder& recorder, EventWriter& writer);
  TraceHeader header() const;

  DecoderRequest decoder_;
  ProfileRequest request_;
  DecoderRun run_;
  ModelFolder folder_;
  DecoderConfig config_;
  DecoderNumerics numerics_;
  torch::ScalarType type_;
  TokenRows prompt_;
  TokenSampler sampler_;
  std::unique_ptr<DescribedEvents> described_;
  std::unique_ptr<DecoderModel> model_;
  ProfileReply reply_;
};

}  // namespace upmem_des::profiler
