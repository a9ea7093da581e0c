#include "tests/check/made_histories.hpp"

#include <map>
#include <optional>
#include <vector>

#include "domain/base/assert.hpp"

namespace confman::sim::test {
namespace {

// splitmix64.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : state_(seed) {}

  int below(int n) {
    state_ += 0x9e3779b97f4a7c15;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return static_cast<int>((z ^ (z >> 31)) % static_cast<std::uint64_t>(n));
  }
  bool one_in(int n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

enum class Kind { Read, Write, Cas, Get, Put, Append };
enum class End { None, Ok, Fail, Unknown };

struct Operation {
  Kind kind{};
  int process = 0;
  std::string key;
  std::string argument;  // of a Write, Put or Append; what a Cas writes
  std::string expected;  // of a Cas
  std::string result;    // of a Read or Get
  std::size_t called = 0;
  std::size_t returned = 0;
  bool applied = false;
  End end = End::None;
};

struct Line {
  std::size_t operation;
  bool is_return;
};

// The run itself. `draw_operation` makes the next call, `apply` its effect.
class Run {
 public:
  explicit Run(std::uint64_t seed) : draw(seed) {}
  virtual ~Run() = default;

  void go(int clients, int count) {
    std::vector<std::optional<std::size_t>> open(static_cast<std::size_t>(clients));
    std::vector<int> process;
    for (int i = 0; i < clients; ++i) process.push_back(i);
    int left = count;
    int busy = 0;
    while (left > 0 || busy > 0) {
      const auto client = static_cast<std::size_t>(draw.below(clients));
      if (!open[client]) {
        if (left == 0) continue;
        Operation made = draw_operation();
        made.process = process[client];
        made.called = lines.size();
        open[client] = operations.size();
        lines.push_back({operations.size(), false});
        operations.push_back(made);
        --left;
        ++busy;
        continue;
      }
      Operation& op = operations[*open[client]];
      const bool changes = op.kind != Kind::Read && op.kind != Kind::Get;
      const bool lost = changes && draw.one_in(15);  // the answer, or the call
      if (!op.applied && !lost) {
        apply(op);
        op.applied = true;
        continue;
      }
      if (lost) {
        op.end = End::Unknown;
        process[client] += clients;  // its old name may still be at work
      } else if (op.end == End::None) {
        op.end = End::Ok;
      }
      op.returned = lines.size();
      lines.push_back({*open[client], true});
      open[client].reset();
      --busy;
    }
  }

  Draw draw;
  std::vector<Operation> operations;
  std::vector<Line> lines;

 protected:
  virtual Operation draw_operation() = 0;
  virtual void apply(Operation& op) = 0;
};

class RegisterRun : public Run {
 public:
  using Run::Run;

  // A read gets the value of a write that another write, after it, had replaced before the read.
  bool sabotage() {
    for (Operation& read : operations) {
      if (read.kind != Kind::Read || read.called < lines.size() / 2) continue;
      for (const Operation& old : operations) {
        if (old.kind != Kind::Write || old.end != End::Ok) continue;
        for (const Operation& newer : operations) {
          const bool between = newer.kind == Kind::Write && newer.end == End::Ok &&
                               old.returned < newer.called && newer.returned < read.called;
          if (!between) continue;
          read.result = old.argument;
          return true;
        }
      }
    }
    return false;
  }

 private:
  Operation draw_operation() override {
    Operation op;
    const int kind = draw.below(3);
    op.kind = kind == 0 ? Kind::Read : kind == 1 ? Kind::Write : Kind::Cas;
    if (kind > 0) op.argument = std::to_string(next_++);
    if (kind == 2) op.expected = draw.one_in(3) ? std::to_string(draw.below(next_)) : value_;
    if (kind == 2 && op.expected == "nil") op.expected = "0";
    return op;
  }

  void apply(Operation& op) override {
    if (op.kind == Kind::Read) {
      op.result = value_;
    } else if (op.kind == Kind::Write) {
      value_ = op.argument;
    } else if (op.expected == value_) {
      value_ = op.argument;
    } else {
      op.end = End::Fail;
    }
  }

  std::string value_ = "nil";
  int next_ = 1;  // values are written once
};

class KvRun : public Run {
 public:
  KvRun(std::uint64_t seed, bool puts) : Run(seed), puts_(puts) {}

  bool sabotage() {
    for (Operation& get : operations) {
      if (get.kind != Kind::Get || get.called < lines.size() / 2) continue;
      for (const Operation& append : operations) {
        const bool before = append.kind == Kind::Append && append.end == End::Ok &&
                            append.key == get.key && append.returned < get.called;
        if (!before) continue;
        const std::size_t at = get.result.find(append.argument);
        if (at == get.result.npos) continue;
        get.result.erase(at, append.argument.size());
        return true;
      }
    }
    return false;
  }

 private:
  Operation draw_operation() override {
    Operation op;
    const int kind = draw.below(puts_ ? 8 : 7);
    op.kind = kind == 7 ? Kind::Put : kind < 3 ? Kind::Get : Kind::Append;
    op.key = std::string(1, static_cast<char>('a' + draw.below(3)));
    if (op.kind != Kind::Get) op.argument = "<" + std::to_string(next_++) + ">";
    return op;
  }

  void apply(Operation& op) override {
    std::string& value = values_[op.key];
    if (op.kind == Kind::Get) op.result = value;
    if (op.kind == Kind::Append) value += op.argument;
    if (op.kind == Kind::Put) value = op.argument;
  }

  bool puts_;
  std::map<std::string, std::string> values_;
  int next_ = 1;
};

std::string type_of(const Operation& op, const Line& line) {
  if (!line.is_return) return ":invoke";
  return op.end == End::Ok ? ":ok" : op.end == End::Fail ? ":fail" : ":info";
}

std::string register_line(const Operation& op, const Line& line) {
  std::string value = op.argument;
  if (op.kind == Kind::Read) value = line.is_return ? op.result : "nil";
  if (op.kind == Kind::Cas) value = "[" + op.expected + " " + op.argument + "]";
  if (line.is_return && op.end == End::Unknown) value = ":timed-out";
  const std::string_view action = op.kind == Kind::Read    ? ":read"
                                  : op.kind == Kind::Write ? ":write"
                                                           : ":cas";
  return "INFO  jepsen.util - " + std::to_string(op.process) + "\t" + type_of(op, line) + "\t" +
         std::string(action) + "\t" + value + "\n";
}

std::string kv_line(const Operation& op, const Line& line) {
  std::string value = "\"" + op.argument + "\"";
  if (op.kind == Kind::Get) value = line.is_return ? "\"" + op.result + "\"" : "nil";
  const std::string_view action = op.kind == Kind::Get   ? ":get"
                                  : op.kind == Kind::Put ? ":put"
                                                         : ":append";
  return "{:process " + std::to_string(op.process) + ", :type " + type_of(op, line) + ", :f " +
         std::string(action) + ", :key \"" + op.key + "\", :value " + value + "}\n";
}

template <class R>
MadeHistory finish(R& run, int clients, int operations, bool sabotaged,
                   std::string (*render)(const Operation&, const Line&)) {
  run.go(clients, operations);
  if (sabotaged) CONFMAN_ASSERT(run.sabotage(), "a history this long has a read to forge");
  MadeHistory made;
  made.linearizable = !sabotaged;
  for (const Line& line : run.lines) made.text += render(run.operations[line.operation], line);
  return made;
}

}  // namespace

MadeHistory make_register_history(std::uint64_t seed, int clients, int operations, bool sabotaged) {
  RegisterRun run(seed);
  return finish(run, clients, operations, sabotaged, register_line);
}

MadeHistory make_kv_history(std::uint64_t seed, int clients, int operations, bool sabotaged) {
  KvRun run(seed, !sabotaged);
  return finish(run, clients, operations, sabotaged, kv_line);
}

}  // namespace confman::sim::test
