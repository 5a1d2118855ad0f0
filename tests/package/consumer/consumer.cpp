/// A program outside the project that adds a cost model, an operator, a report, a family of models and a timeline. Each
/// is one function and one registration. Exits with 0 when what came out is what it should be.
#include <cmath>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <upmem_des/upmem_des.hpp>

namespace des = upmem_des;

namespace {

bool check(bool good, const char* what) {
  if (!good) std::fprintf(stderr, "not so: %s\n", what);
  return good;
}

bool near(double a, double b) {
  return std::abs(a - b) <= 1e-9 * std::abs(b);
}

/// Every event takes a microsecond and a microjoule.
class MicrosecondModel : public des::CostModel {
 public:
  std::string name() const override { return "microsecond"; }
  des::Demand cost(const des::LayerEvent&, const des::Architecture&, const des::CostState&) const override {
    des::Step step;
    step.compute = {1e-6, 1e-6};
    return des::Demand(step);
  }
  double input_bytes(const des::LayerEvent&) const override { return 0; }
  des::DeviceRatings ratings(const des::Architecture&) const override { return {1e12, 2, 0, 1e9, 0}; }
};

int add_a_model() {
  des::register_cost_model("microsecond", [](const des::CostOptions&) { return std::make_unique<MicrosecondModel>(); });
  const des::LoadedScenario scenario("llama-2-7b_4chip.yaml",
                                     {{"simulation.cost_model", "microsecond"}, {"workload.detail", "layers"}});
  const des::SimulationResult result = des::run(scenario);
  // 16 passes of 356 events; the last layer's input moves back to the host: 16 x 4096 x 2 bytes at 51.2 GB/s.
  const double transfer_s = 16 * 4096 * 2 / 51.2e9;
  return check(result.events == 5696, "5696 events") &&
                 check(near(result.time_s, 5696e-6 + transfer_s), "a microsecond an event") &&
                 check(result.cost_model == "microsecond", "the model's name")
             ? 0
             : 1;
}

void write_trace(const char* path) {
  std::ofstream file(path);
  file << R"({"format":"upmem-des-trace","version":1,"model":"m","dtype":"float32","batch":1,"source":"here"})"
          "\n"
       << R"({"seq":0,"kind":"function","type":"fft","name":"y","id":null,"phase":"prefill","step":0,)"
       << R"("input_shape":[1024],"weight_shape":null,"output_shape":[1024]})"
          "\n";
}

void write_scenario(const char* path) {
  std::ofstream file(path);
  file << "workload: {trace: fft.jsonl, last_layer: y}\nmapping: {default: PIM-AI-4chip}\n";
}

int add_an_operator() {
  des::register_operator("fft", [](const des::OperatorCall& call) {
    des::OperatorWork work;
    const double n = call.event.input_shape.elements();
    work.flop = 5 * n * std::log2(n);
    work.memory_bytes = 2 * n * call.element_bytes;
    return work;
  });
  write_trace("fft.jsonl");
  write_scenario("fft.yaml");
  const des::SimulationResult result = des::run(des::LoadedScenario("fft.yaml"));
  // Memory-bound: 8192 bytes at 409.6 GB/s = 20 ns (51200 flop take 2.56 ns), after 4096 bytes at 12.8 GB/s = 320 ns.
  return check(near(result.time_s, 340e-9), "320 ns + 20 ns") ? 0 : 1;
}

int add_a_report() {
  des::register_report({"seconds", "the time alone",
                        [](const des::SimulationResult& result) { return std::to_string(result.time_s) + "\n"; }});
  des::SimulationResult result;
  result.time_s = 1.5;
  des::write_report("seconds", result, "seconds.txt");
  std::ifstream file("seconds.txt");
  std::string line;
  std::getline(file, line);
  return check(line == "1.500000", "1.500000") ? 0 : 1;
}

int run_many_in_one_program() {
  const des::LoadedScenario scenario("llama-2-7b_4chip.yaml");
  const des::SimulationResult first = des::run_isolated(scenario);
  const des::SimulationResult second = des::run_isolated(scenario);
  const des::SimulationResult third = des::run(scenario);
  return check(first.time_s == second.time_s && second.time_s == third.time_s, "the same time three times") &&
                 check(first.energy_J() == third.energy_J(), "the same energy")
             ? 0
             : 1;
}

int add_a_family() {
  // A family of our own that is built as Llama is.
  des::register_family("my_llama", [](des::DecoderConfig config) {
    config.model_type = "llama";
    return des::describe_all_calls(config);
  });
  std::ofstream("my_llama.json") << R"({"model_type": "my_llama", "hidden_size": 16, "intermediate_size": 64,
    "num_hidden_layers": 2, "num_attention_heads": 4, "vocab_size": 100})";
  std::ofstream("my_llama.yaml") << "workload: {model: my_llama.json, prompt_tokens: 4, output_tokens: 2}\n"
                                    "mapping: {default: H100}\n";
  const des::SimulationResult result = des::run(des::LoadedScenario("my_llama.yaml"));
  // embed_tokens, rotary_emb, 2 layers of 10 kernels (two norms, qkv_proj, rotary, cache_write, attention, o_proj,
  // gate_up_proj, act_and_mul, down_proj), norm, lm_head, the sampler; twice.
  return check(result.events == 50, "50 events") ? 0 : 1;
}

/// Adds up what is held to be busy, as a timeline format of our own would.
class BusyTime : public des::TimelineWriter {
 public:
  void on_begin(double) override {}
  void on_phase(des::Phase, double) override {}
  void on_start(const des::ActivityRecord&) override {}
  void on_end(const des::ActivityRecord& activity) override { seconds += activity.end_s - activity.start_s; }
  void on_change(const des::QuantityChange&) override {}
  void on_finish(double time_s) override { end_s = time_s; }

  double seconds = 0;
  double end_s = 0;
};

int write_a_timeline() {
  const des::PreparedScenario prepared(des::LoadedScenario("llama-2-7b_4chip.yaml"));
  des::Timeline timeline(prepared.platform(), prepared.weights_B(), {});
  const std::unique_ptr<des::TimelineFile> paje = des::paje_timeline("run.paje", prepared.platform(), "a run");
  BusyTime busy;
  timeline.add(*paje);
  timeline.add(busy);
  des::RunOptions options;
  options.watcher = &timeline;
  const des::SimulationResult result = des::run(prepared, options);
  paje->commit();
  const bool is_whole = std::abs(busy.seconds - result.time_s) < 1e-9 * result.time_s;
  return check(is_whole, "one thing after the other, without gaps") && check(std::ifstream("run.paje").good(), "a file")
             ? 0
             : 1;
}

/// The program stands elsewhere than the library and its data.
int find_the_data(const std::string& installation) {
  return check(des::linked_installation() == installation, "where the library is installed") &&
                 check(des::data_folder() == installation + "/share/upmem-des",
                       "the data that was installed with it") &&
                 check(des::LoadedScenario("llama-2-7b_4chip").title() != "", "a scenario by its name")
             ? 0
             : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string test = argc > 1 ? argv[1] : "";
  try {
    if (test == "model") return add_a_model();
    if (test == "operator") return add_an_operator();
    if (test == "report") return add_a_report();
    if (test == "isolated") return run_many_in_one_program();
    if (test == "family") return add_a_family();
    if (test == "timeline") return write_a_timeline();
    if (test == "data" && argc > 2) return find_the_data(argv[2]);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
  }
  return 1;
}
