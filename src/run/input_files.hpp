/// The files that a scenario is read from, beside a trace.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace upmem_des {

/// Digests of the files that a scenario refers to, taken before anything else reads them: what is read afterwards is
/// what they say, if expect_same() finds nothing at the end. A trace has workload.contents instead.
class InputFiles {
 public:
  /// Of a network that is profiled, its file or weights can be large. They count only under WithNetwork.
  enum class Extent { WithoutNetwork, WithNetwork };
  /// What is missing, no regular file or cannot be read is left out: whoever reads it says so.
  InputFiles(const Scenario& scenario, Extent extent);

  /// The digest of a file; file_digest() now of one that is not known.
  std::string digest(const std::string& file) const;

  /// Throws InputError where a file holds something else by now.
  void expect_same() const;

 private:
  std::map<std::string, std::string> digests_;  ///< by path
};

/// Where a model's layers are run, its weights decide which experts are asked.
std::vector<std::string> weights_of(const Workload& workload);

}  // namespace upmem_des
