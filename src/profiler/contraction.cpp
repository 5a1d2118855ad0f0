#include "profiler/contraction.hpp"

#include <algorithm>
#include <cctype>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace upmem_des::profiler {

namespace {

using Label = std::int64_t;
using Labels = std::vector<Label>;

constexpr Label first_of_dots = 1000;  ///< labels of what "..." stands for, counted from the last size

/// A tensor on the way: its sizes above 1 by label, and the step that gives it.
struct Term {
  std::map<Label, std::int64_t> sizes;
  std::optional<std::size_t> step;
};

double elements(const Sizes& sizes) {
  double product = 1;
  for (const std::int64_t size : sizes) product *= static_cast<double>(size);
  return product;
}

Sizes sizes_of(const Term& term) {
  Sizes sizes;
  for (const auto& [label, size] : term.sizes) sizes.push_back(size);
  return sizes;
}

/// A label that is there twice is a diagonal. Nothing where a size contradicts another.
std::optional<Term> make_term(const Labels& labels, const Sizes& sizes) {
  if (labels.size() != sizes.size()) return std::nullopt;
  Term term;
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    if (sizes[i] < 1) return std::nullopt;
    if (sizes[i] == 1) continue;
    const auto [known, is_new] = term.sizes.emplace(labels[i], sizes[i]);
    if (!is_new && known->second != sizes[i]) return std::nullopt;
  }
  return term;
}

class Chain {
 public:
  /// `always_multiplies_matrices`: also where nothing is summed over.
  Chain(std::vector<Term> terms, std::set<Label> kept, bool always_multiplies_matrices)
      : terms_(std::move(terms)), kept_(std::move(kept)), always_multiplies_matrices_(always_multiplies_matrices) {}

  bool is_consistent() const {
    std::map<Label, std::int64_t> known;
    for (const Term& term : terms_)
      for (const auto& [label, size] : term.sizes)
        if (known.emplace(label, size).first->second != size) return false;
    return true;
  }

  std::vector<ContractionStep> contract(const std::vector<std::int64_t>& path) {
    if (terms_.size() == 1) sum(terms_.front());
    for (std::size_t at = 0; terms_.size() > 1; at += 2) {
      std::size_t first = 0, second = 1;
      if (!path.empty()) {
        if (at + 1 >= path.size()) return {};
        const auto [low, high] = std::minmax(path[at], path[at + 1]);
        if (low < 0 || low == high || high >= static_cast<std::int64_t>(terms_.size())) return {};
        first = static_cast<std::size_t>(low);
        second = static_cast<std::size_t>(high);
      }
      Term a = take(second), b = take(first);
      std::swap(a, b);
      Term result = multiply(std::move(a), std::move(b));
      terms_.insert(path.empty() ? terms_.begin() : terms_.end(), std::move(result));
    }
    return std::move(steps_);
  }

 private:
  Term take(std::size_t at) {
    Term term = std::move(terms_[at]);
    terms_.erase(terms_.begin() + static_cast<std::ptrdiff_t>(at));
    return term;
  }

  bool is_needed(Label label) const {
    return kept_.count(label) > 0 ||
           std::any_of(terms_.begin(), terms_.end(), [label](const Term& term) { return term.sizes.count(label) > 0; });
  }

  static void add_source(const Term& term, ContractionStep& step) {
    if (term.step)
      step.reads.push_back(*term.step);
    else
      step.reads_operands = true;
  }

  std::size_t add(ContractionStep step) {
    // Two at the most: a sort of so few is where GCC 14 warns of bounds that are kept.
    if (step.reads.size() == 2 && step.reads[1] < step.reads[0]) std::swap(step.reads[0], step.reads[1]);
    steps_.push_back(std::move(step));
    return steps_.size() - 1;
  }

  /// Over what nobody needs but the term itself; `other` goes with it.
  void sum(Term& term, const Term* other = nullptr) {
    Term left = term;
    for (const auto& [label, size] : term.sizes) {
      const bool is_own = other == nullptr || other->sizes.count(label) == 0;
      // Of one operand alone the term is still among those that would need it.
      const bool is_kept = other == nullptr ? kept_.count(label) > 0 : is_needed(label);
      if (is_own && !is_kept) left.sizes.erase(label);
    }
    if (left.sizes.size() == term.sizes.size()) return;
    ContractionStep step{ContractionStep::Kind::Sum, sizes_of(term), sizes_of(left), {}, false};
    add_source(term, step);
    left.step = add(std::move(step));
    term = std::move(left);
  }

  Term multiply(Term a, Term b) {
    sum(a, &b);
    sum(b, &a);
    Term result;
    std::int64_t matrices = 1, rows = 1, columns = 1, inner = 1;
    for (const auto& [label, size] : a.sizes) {
      const bool is_shared = b.sizes.count(label) > 0;
      const bool stays = !is_shared || is_needed(label);
      (is_shared ? stays ? matrices : inner : rows) *= size;
      if (stays) result.sizes.emplace(label, size);
    }
    for (const auto& [label, size] : b.sizes)
      if (a.sizes.count(label) == 0) {
        columns *= size;
        result.sizes.emplace(label, size);
      }
    ContractionStep step;
    if (inner > 1 || always_multiplies_matrices_) {
      step.input = {matrices, rows, inner};
      step.output = {matrices, rows, columns};
    } else {
      step.kind = ContractionStep::Kind::Multiply;
      step.input = sizes_of(a);
      step.output = sizes_of(result);
    }
    add_source(a, step);
    add_source(b, step);
    result.step = add(std::move(step));
    return result;
  }

  std::vector<Term> terms_;
  std::set<Label> kept_;
  bool always_multiplies_matrices_;
  std::vector<ContractionStep> steps_;
};

/// The letters of a term of an equation; of "..." `dots` labels.
std::optional<Labels> labels_of(std::string_view text, std::size_t dots) {
  Labels labels;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (std::isalpha(static_cast<unsigned char>(text[i])) != 0) {
      labels.push_back(text[i]);
    } else if (text.substr(i, 3) == "...") {
      for (std::size_t left = dots; left > 0; --left) labels.push_back(first_of_dots + static_cast<Label>(left) - 1);
      i += 2;
    } else {
      return std::nullopt;
    }
  }
  return labels;
}

bool has_dots(std::string_view text) {
  return text.find("...") != std::string_view::npos;
}

/// Without an arrow: what "..." stands for, and the letters that are there once.
std::set<Label> kept_without_arrow(const std::vector<Labels>& given) {
  std::map<Label, int> counts;
  for (const Labels& labels : given)
    for (const Label label : labels) ++counts[label];
  std::set<Label> kept;
  for (const auto& [label, count] : counts)
    if (count == 1 || label >= first_of_dots) kept.insert(label);
  return kept;
}

}  // namespace

double ContractionStep::flop() const {
  return kind == Kind::Product ? 2 * elements(output) * static_cast<double>(input.back())
                               : std::max(elements(input), elements(output));
}

std::vector<ContractionStep> einsum_steps(std::string_view equation, const std::vector<Sizes>& operands,
                                          const std::vector<std::int64_t>& path) {
  std::string text;
  std::copy_if(equation.begin(), equation.end(), std::back_inserter(text), [](char c) { return c != ' '; });
  const std::size_t arrow = text.find("->");
  std::string left = text.substr(0, arrow);
  std::vector<Labels> given;
  std::vector<Term> terms;
  std::size_t most_dots = 0;
  for (std::size_t begin = 0, i = 0; begin <= left.size(); ++i) {
    const std::size_t end = std::min(left.find(',', begin), left.size());
    const std::string_view name = std::string_view(left).substr(begin, end - begin);
    begin = end + 1;
    if (i >= operands.size()) return {};
    const std::size_t letters = name.size() - (has_dots(name) ? 3 : 0);
    const std::size_t dots = operands[i].size() - std::min(letters, operands[i].size());
    const auto labels = labels_of(name, dots);
    const auto term = labels ? make_term(*labels, operands[i]) : std::nullopt;
    if (!term) return {};
    given.push_back(*labels);
    terms.push_back(*term);
    if (has_dots(name)) most_dots = std::max(most_dots, dots);
  }
  if (terms.size() != operands.size()) return {};
  std::set<Label> kept;
  if (arrow == std::string::npos) {
    kept = kept_without_arrow(given);
  } else {
    const auto labels = labels_of(std::string_view(text).substr(arrow + 2), most_dots);
    if (!labels) return {};
    kept.insert(labels->begin(), labels->end());
  }
  Chain chain(std::move(terms), std::move(kept), false);
  return chain.is_consistent() ? chain.contract(path) : std::vector<ContractionStep>();
}

std::vector<ContractionStep> tensordot_steps(const Sizes& first, const Sizes& second,
                                             const std::vector<std::int64_t>& first_sizes,
                                             const std::vector<std::int64_t>& second_sizes) {
  if (first_sizes.size() != second_sizes.size()) return {};
  constexpr Label of_second = 100'000, of_both = 200'000;
  Labels labels[2];
  for (std::size_t i = 0; i < first.size(); ++i) labels[0].push_back(static_cast<Label>(i));
  for (std::size_t i = 0; i < second.size(); ++i) labels[1].push_back(of_second + static_cast<Label>(i));
  std::set<Label> kept(labels[0].begin(), labels[0].end());
  kept.insert(labels[1].begin(), labels[1].end());
  for (std::size_t i = 0; i < first_sizes.size(); ++i)
    for (const auto& [own, place] : {std::pair(&labels[0], first_sizes[i]), std::pair(&labels[1], second_sizes[i])}) {
      const auto rank = static_cast<std::int64_t>(own->size());
      if (place < -rank || place >= rank) return {};
      Label& label = (*own)[static_cast<std::size_t>(place < 0 ? place + rank : place)];
      kept.erase(label);
      label = of_both + static_cast<Label>(i);
    }
  const auto a = make_term(labels[0], first), b = make_term(labels[1], second);
  if (!a || !b) return {};
  Chain chain({*a, *b}, std::move(kept), true);
  return chain.is_consistent() ? chain.contract({}) : std::vector<ContractionStep>();
}

}  // namespace upmem_des::profiler
