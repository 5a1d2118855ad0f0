// scheduler_golden FILE…: traces of vLLM's scheduler, JSON or JSONL, plain or gzip, against ours.
#include <exception>
#include <iostream>

#include "golden_replay.hpp"

int main(int argc, char** argv) {
  int traces = 0;
  int equal = 0;
  try {
    for (int index = 1; index < argc; ++index)
      for (const upmem_des::GoldenTrace& trace : upmem_des::read_golden_traces(argv[index])) {
        ++traces;
        const std::string difference = first_difference(trace);
        if (difference.empty())
          ++equal;
        else if (traces - equal == 1)
          std::cout << argv[index] << ": " << difference << '\n';
      }
  } catch (const std::exception& error) {
    std::cerr << error.what() << '\n';
    return 2;
  }
  std::cout << equal << " of " << traces << " equal\n";
  return traces > 0 && equal == traces ? 0 : 1;
}
