#include "sim/check/linearizability.hpp"

#include <map>

#include "sim/check/search.hpp"

namespace confman::sim {

namespace {

// More would bury the reader; the rest is named by id in the explanation.
constexpr std::size_t kDescribed = 8;
constexpr std::size_t kRecalled = 4;

template <class Action>
std::map<std::string, std::vector<Operation<Action>>> by_key(
    std::span<const Operation<Action>> operations) {
  std::map<std::string, std::vector<Operation<Action>>> keys;
  for (const Operation<Action>& op : operations) {
    keys[op.key].push_back(op);
  }
  return keys;
}

template <class M>
std::string list(const M& model, const std::vector<Operation<typename M::Action>>& operations,
                 std::span<const std::uint32_t> which) {
  std::string text;
  for (const std::uint32_t i : which) {
    const auto& op = operations[i];
    text.append(text.empty() ? "#" : "; #").append(std::to_string(op.id)).append(" ");
    text.append(model.describe(op.action)).append(" [").append(std::to_string(op.called));
    text.append(", ").append(op.unknown() ? "never" : std::to_string(op.returned)).append("]");
  }
  return text;
}

template <class M>
Explanation explain(const M& model, const std::vector<Operation<typename M::Action>>& operations,
                    const Search<M>& search, bool exhausted) {
  const auto& dead_end = search.dead_end();
  Explanation result{.key = operations.front().key, .prefix = {}, .unplaced = {}, .sentence = {}};
  for (const std::uint32_t i : dead_end.placed) {
    result.prefix.push_back(operations[i].id);
  }
  for (const std::uint32_t i : dead_end.blocked) {
    result.unplaced.push_back(operations[i].id);
  }
  std::size_t completed = 0;
  for (const auto& op : operations) {
    completed += op.unknown() ? 0 : 1;
  }
  const std::span placed(dead_end.placed);
  const std::span blocked(dead_end.blocked);
  std::string& sentence = result.sentence;
  sentence.append("Key '").append(result.key);
  if (exhausted) {
    sentence.append("': no verdict after ").append(std::to_string(search.steps()));
    sentence.append(" steps. ");
  } else {
    sentence.append("': no order explains the answers. ");
  }
  sentence.append("The longest order found places ").append(std::to_string(dead_end.completed));
  sentence.append(" of ").append(std::to_string(completed)).append(" completed operations");
  if (!placed.empty()) {
    sentence.append(", at last ");
    sentence.append(list(model, operations, placed.last(std::min(placed.size(), kRecalled))));
  }
  sentence.append(", and leads to ").append(model.describe_state(dead_end.state));
  sentence.append("; one of these had to come next: ");
  sentence.append(list(model, operations, blocked.first(std::min(blocked.size(), kDescribed))));
  if (blocked.size() > kDescribed) {
    sentence.append(" and ").append(std::to_string(blocked.size() - kDescribed)).append(" more");
  }
  sentence.append(".");
  return result;
}

// Judges one key and adds the finding to `result`; the graver verdict stays.
template <class M>
void judge(const M& model, const std::vector<Operation<typename M::Action>>& operations,
           SearchLimits limits, LinearizabilityResult& result) {
  Search<M> search(model, operations, limits.steps_per_key);
  const SearchEnd end = search.run();
  result.steps += search.steps();
  if (end == SearchEnd::Explained || result.verdict == Verdict::NotLinearizable) {
    return;
  }
  const bool exhausted = end == SearchEnd::OutOfSteps;
  if (exhausted && result.verdict == Verdict::BudgetExhausted) {
    return;
  }
  result.verdict = exhausted ? Verdict::BudgetExhausted : Verdict::NotLinearizable;
  result.explanation = explain(model, operations, search, exhausted);
}

}  // namespace

LinearizabilityResult check_register(std::span<const RegisterOperation> operations,
                                     SearchLimits limits) {
  LinearizabilityResult result;
  for (auto& [key, of_key] : by_key(operations)) {
    RegisterModel::normalise(of_key);
    judge(RegisterModel{}, of_key, limits, result);
  }
  return result;
}

LinearizabilityResult check_kv(std::span<const KvOperation> operations, Texts& texts,
                               SearchLimits limits) {
  LinearizabilityResult result;
  for (const auto& [key, of_key] : by_key(operations)) {
    judge(KvModel(texts, of_key), of_key, limits, result);
  }
  return result;
}

LinearizabilityResult check_entries(std::span<const EntryOperation> operations,
                                    SearchLimits limits) {
  LinearizabilityResult result;
  for (auto& [key, of_key] : by_key(operations)) {
    const EntryModel model(of_key);
    judge(model, of_key, limits, result);
  }
  return result;
}

}  // namespace confman::sim
