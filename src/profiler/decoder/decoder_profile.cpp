#include "profiler/decoder/decoder_profile.hpp"

#include <algorithm>
#include <utility>

#include "profile/pass_meter.hpp"
#include "profile/reached_place.hpp"
#include "profiler/decoder/described_events.hpp"
#include "profiler/decoder/memory_need.hpp"
#include "profiler/libtorch_message.hpp"
#include "profiler/machine.hpp"
#include "upmem_des/util/error.hpp"
#include "util/limits.hpp"

namespace upmem_des::profiler {

namespace {

/// The number format to compute with. Without arithmetic every one will do.
torch::ScalarType scalar_type(NumberFormat format, bool sim_compute) {
  if (format == NumberFormat::float32) return torch::kFloat32;
  if (format == NumberFormat::bfloat16) return torch::kBFloat16;
  if (format != NumberFormat::float16)
    throw InputError({}, "dtype",
                     std::string("'") + to_string(format) + "' cannot be run; expected float32, bfloat16 or float16");
  if (sim_compute) return torch::kFloat16;
  try {
    torch::linear(torch::ones({1, 2}, torch::kFloat16), torch::ones({2, 2}, torch::kFloat16));
    torch::rsqrt(torch::ones({1}, torch::kFloat16));
    return torch::kFloat16;
  } catch (const c10::Error&) {
    throw InputError({}, "dtype",
                     "'float16' is not computed by this libtorch on a CPU; expected float32, bfloat16 "
                     "or, to walk through only, sim_compute");
  }
}

DecoderOptions options_of(const DecoderRequest& decoder, bool sim_compute) {
  DecoderOptions options;
  options.attention = decoder.run.attention;
  options.logits = decoder.run.logits;
  options.route_by_rule = decoder.route_by_rule || sim_compute;
  options.routing = decoder.run.routing;
  options.routing_seed = decoder.run.routing_seed;
  options.routing_exponent = decoder.run.routing_exponent;
  options.call_empty_experts = decoder.run.call_empty_experts;
  return options;
}

TokenSampler sampler_of(const DecoderRequest& decoder, std::uint64_t seed) {
  return decoder.run.sampling ? TokenSampler(decoder.sampling, seed) : TokenSampler();
}

/// Everything else in the file is for another model, or a misspelt name.
std::string warning_of_unread(const Checkpoint& checkpoint, const DecoderNumerics& numerics,
                              const std::string& folder) {
  std::vector<std::string> unread;
  for (const std::string& name : checkpoint.unread()) {
    // Older checkpoints store what is computed from the configuration, and the head's copy of the embedding.
    const auto has = [&name](const char* part) { return name.find(part) != std::string::npos; };
    const bool is_computed = has("rotary_emb.inv_freq") || has(".attn.bias") || has(".attn.masked_bias");
    if (!is_computed && !(numerics.tie_word_embeddings && has("lm_head.weight"))) unread.push_back(name);
  }
  if (unread.empty()) return {};
  return InputError({folder}, std::to_string(unread.size()) + " of its tensors are not used, '" + unread.front() +
                                  "' the first of them")
      .what();
}

}  // namespace

DecoderProfile::DecoderProfile(const DecoderRequest& decoder, const ProfileRequest& request)
    : decoder_(decoder),
      request_(request),
      run_(decoder.run),
      folder_(decoder.folder),
      config_(read_model_config(folder_.config_file())),
      numerics_(read_model_numerics(config_)),
      type_(scalar_type(run_.dtype, request.sim_compute)),
      sampler_(sampler_of(decoder, request.seed)) {
  if (decoder.warmup < 0 || decoder.warmup > largest_count)
    throw InputError(
        {}, "warmup",
        std::to_string(decoder.warmup) + "; expected a whole number from 0 to " + std::to_string(largest_count));
  reply_.warnings = config_.warnings;
  reply_.warnings.insert(reply_.warnings.end(), numerics_.warnings.begin(), numerics_.warnings.end());
  reply_.sim_compute = request.sim_compute;
  describe_machine(reply_);
  read_prompt();
  described_ = std::make_unique<DescribedEvents>(config_, run_);
  model_ = make_model();
}

void DecoderProfile::read_prompt() {
  if (!decoder_.prompt.empty())
    throw InputError({}, "prompt", "a text; expected its token ids, which PromptText gives the profiler");
  if (!decoder_.prompt_ids.empty() && !decoder_.prompt_ids_file.empty())
    throw InputError({}, "prompt_ids", "given along with a file of them; expected one of the two");
  if (!decoder_.prompt_ids.empty()) {
    for (const std::int64_t id : decoder_.prompt_ids)
      if (id < 0 || id >= config_.vocab_size)
        throw InputError(
            {}, "prompt_ids",
            std::to_string(id) + "; expected token ids from 0 to " + std::to_string(config_.vocab_size - 1));
    prompt_.assign(1, decoder_.prompt_ids);
    run_.prompt_tokens = static_cast<std::int64_t>(prompt_.front().size());
  } else if (!decoder_.prompt_ids_file.empty()) {
    prompt_ = read_prompt_ids(decoder_.prompt_ids_file, config_.vocab_size);
    run_.batch = static_cast<std::int64_t>(prompt_.size());
    run_.prompt_tokens = static_cast<std::int64_t>(prompt_.front().size());
  }
}

std::unique_ptr<DecoderModel> DecoderProfile::make_model() {
  const DecoderOptions options = options_of(decoder_, request_.sim_compute);
  ShapesOnly shapes(type_);
  auto without_weights = std::make_unique<DecoderModel>(config_, numerics_, options, shapes);
  const std::int64_t positions = run_.prompt_tokens + run_.output_tokens - 1;
  if (without_weights->positions() > 0 && positions > without_weights->positions())
    throw InputError({config_.source}, "the model has " + std::to_string(without_weights->positions()) +
                                           " positions, but the run has " + std::to_string(positions) +
                                           "; expected fewer prompt_tokens and output_tokens");
  if (numerics_.max_position_embeddings > 0 && positions > numerics_.max_position_embeddings)
    reply_.warnings.emplace_back(InputError({config_.source}, "max_position_embeddings",
                                            std::to_string(numerics_.max_position_embeddings) + ", but the run has " +
                                                std::to_string(positions) + " positions")
                                     .what());
  if (request_.sim_compute) return without_weights;

  ModelElements elements;
  elements.weights = shapes.elements();
  elements.cache_row = without_weights->cache_elements();
  elements.expanded_row = without_weights->expanded_elements();
  check_memory(config_, memory_need(config_, run_, elements), available_memory());
  if (const std::unique_ptr<Checkpoint> checkpoint = folder_.checkpoint()) {
    StoredWeights weights(*checkpoint, type_, config_.num_local_experts);
    auto model = std::make_unique<DecoderModel>(config_, numerics_, options, weights);
    const std::string warning = warning_of_unread(*checkpoint, numerics_, decoder_.folder);
    if (!warning.empty()) reply_.warnings.push_back(warning);
    return model;
  }
  reply_.random_weights = true;
  if (const std::string warning = folder_.other_weights(); !warning.empty()) reply_.warnings.push_back(warning);
  RandomWeights weights(request_.seed, numerics_.initializer_range, type_);
  return std::make_unique<DecoderModel>(config_, numerics_, options, weights);
}

torch::Tensor DecoderProfile::tensor_of(const TokenRows& rows) const {
  const auto tokens = static_cast<std::int64_t>(rows.front().size());
  torch::Tensor ids = torch::empty({static_cast<std::int64_t>(rows.size()), tokens}, torch::kInt64);
  for (std::size_t row = 0; row < rows.size(); ++row)
    std::copy(rows[row].begin(), rows[row].end(),
              ids.data_ptr<std::int64_t>() + static_cast<std::int64_t>(row) * tokens);
  return ids;
}

ProfileReply DecoderProfile::run(const std::string& trace_path) {
  const c10::InferenceMode inference;
  EventWriter writer(trace_path, header(), decoder_.folder);
  Recorder recorder(Recorder::Functions::Named);
  try {
    run_passes(recorder, writer);
  } catch (const c10::Error& error) {
    const std::string where = reached_place().text();
    throw SimulationError("libtorch stopped" + (where.empty() ? "" : " " + where) + ": " + libtorch_message(error));
  }
  writer.finish(reply_);
  return reply_;
}

void DecoderProfile::run_passes(Recorder& recorder, EventWriter& writer) {
  const auto integers = torch::dtype(torch::kInt64)
                            .device(request_.sim_compute ? torch::Device(torch::kMeta) : torch::Device(torch::kCPU));
  torch::Tensor ids = torch::empty({run_.batch, run_.prompt_tokens}, integers);
  if (!request_.sim_compute) {
    if (prompt_.empty()) prompt_ = random_prompt(run_.batch, run_.prompt_tokens, config_.vocab_size, request_.seed);
    ids = tensor_of(prompt_).expand({run_.batch, run_.prompt_tokens});
    reply_.token_ids.resize(static_cast<std::size_t>(run_.batch));
  }
  KvCache cache = model_->cache(run_.batch, run_.prompt_tokens + run_.output_tokens - 1);
  for (std::int64_t pass = 0; pass < decoder_.warmup; ++pass) {
    model_->forward(ids, cache);
    cache.clear();
  }

  recorder.record(true);
  PassMeter meter;
  for (std::int64_t pass = 0; pass < run_.output_tokens; ++pass) {
    recorder.set_step(pass);
    meter.start(pass == 0 ? Phase::Prefill : Phase::Decode);
    const torch::Tensor logits = model_->forward(ids, cache);
    meter.stop();
    // The token that is chosen now belongs to the next pass.
    recorder.set_step(pass + 1);
    const torch::Tensor last = logits.select(1, logits.size(1) - 1).to(torch::kFloat32);
    const std::vector<std::int64_t> tokens = sampler_.next(last);
    ids = torch::empty({run_.batch, 1}, integers);
    if (!request_.sim_compute) {
      std::copy(tokens.begin(), tokens.end(), ids.data_ptr<std::int64_t>());
      for (std::size_t row = 0; row < tokens.size(); ++row) reply_.token_ids[row].push_back(tokens[row]);
    }
    std::vector<LayerEvent> events = recorder.take();
    described_->fill(events);
    writer.write(events);
  }
  meter.fill(reply_);
}

TraceHeader DecoderProfile::header() const {
  TraceHeader header = described_->source().header();
  header.source = "profiled: " + decoder_.folder;
  // Weights are computed with in the run's format, whatever they are stored in.
  header.weight_dtype.reset();
  header.activation_dtype.reset();
  return header;
}

}  // namespace upmem_des::profiler
