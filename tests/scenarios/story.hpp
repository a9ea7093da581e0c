#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "domain/base/marks.hpp"
#include "tests/consensus/support/cluster.hpp"

namespace confman::scenarios {

// A story is a text: comments (#) that tell it, and commands, one a line. Playing it on a cluster
// in memory gives its trace: every message that isn't a mere heartbeat, every decision that has a
// mark, every change of what a node is. README.md lists the commands.
class Story final : private MarkSink {
 public:
  ~Story() override = default;

  // Plays all of it. Throws std::runtime_error with a sentence if a command can't be understood;
  // expectations that aren't met are failures of the running test.
  std::string play(const std::string& text);

 private:
  using Words = std::istringstream;
  // Which messages a command is about; "*": any kind, 0: any member.
  struct Filter {
    std::string kind;
    std::uint64_t from{};
    std::uint64_t to{};
    std::uint64_t passes{};  // so many more aren't meant
    bool hold = false;       // kept for `release`, else lost

    bool matches(const consensus::Message& message) const;
  };
  // A node as the trace last told of it.
  struct Seen {
    bool running = false;
    consensus::Role role = consensus::Role::Follower;
    consensus::Term term;
    consensus::Standing standing{};
    std::size_t applied = 0;
    bool halted = false;
    bool damaged = false;
  };

  void command(const std::string& line);
  bool begin_cluster(const std::string& verb, Words& words);
  bool act_on_network(const std::string& verb, Words& words);
  bool act_on_disk(const std::string& verb, Words& words);
  bool ask(const std::string& verb, Words& words);
  void expect(const std::string& line, Words& words);

  bool drops(const consensus::Message& message);
  void hit(const MarkSite& site) override;
  void tell_changes();
  void tell(const std::string& line) { trace_ += line + "\n"; }
  consensus::test::Member& member(Words& words);

  std::unique_ptr<consensus::test::Cluster> cluster_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> cuts_;
  std::vector<Filter> filters_;
  std::vector<consensus::Message> held_;
  std::map<std::uint64_t, Seen> seen_;
  std::set<std::string> told_;  // introductions: the same again isn't told
  std::string trace_;
  // The last of its kind, and whom it was asked.
  std::uint64_t asked_ = 0;
  consensus::ReadId read_;
  consensus::ChangeId change_;
  consensus::ProposalId proposal_;
};

}  // namespace confman::scenarios
