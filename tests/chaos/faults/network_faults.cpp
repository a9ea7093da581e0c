#include "tests/chaos/faults/network_faults.hpp"

#include <algorithm>
#include <functional>

#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

using testing::Recorder;

constexpr Moment kMillisecond = 1'000'000;
constexpr Moment kFlap = 100 * kMillisecond;
constexpr Moment kResetEvery = 300 * kMillisecond;

void add_both(Paths& paths, std::size_t a, std::size_t b) {
  paths.emplace_back(a, b);
  paths.emplace_back(b, a);
}

Paths around(const Stage& stage, std::size_t node) {
  Paths paths;
  for (std::size_t other = 0; other < stage.size(); ++other) {
    if (other != node) add_both(paths, node, other);
  }
  return paths;
}

Paths between_all(const Stage& stage) {
  Paths paths;
  for (std::size_t a = 0; a < stage.size(); ++a) {
    for (std::size_t b = 0; b < stage.size(); ++b) {
      if (a != b) paths.emplace_back(a, b);
    }
  }
  return paths;
}

std::string list(const std::vector<std::size_t>& nodes) {
  std::string text;
  for (const std::size_t node : nodes) text += (text.empty() ? "" : " ") + Stage::name_of(node);
  return text;
}

struct Trouble {
  std::string what;
  std::vector<std::size_t> nodes;  // of the picture
  Paths paths;
  Quality quality;
};

// The same trouble from beginning to end.
class Steady final : public Fault {
 public:
  Steady(Ground where, std::function<Trouble(Ground&)> draw)
      : Fault(std::move(where)), draw_(std::move(draw)) {}

  std::optional<std::string> strike() override {
    const Trouble trouble = draw_(ground());
    for (const std::size_t node : trouble.nodes) concerns(node);
    number_ = stage().network()->impose(trouble.paths, trouble.quality);
    return trouble.what;
  }
  void heal() override { stage().network()->lift(number_); }

 private:
  const std::function<Trouble(Ground&)> draw_;
  std::uint64_t number_ = 0;
};

class Flapping final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    node_ = prng().chance(1, 2) ? ground().leader() : ground().any_node();
    concerns(node_);
    return ground().name(node_);
  }
  void go_on() override {
    if (Recorder::now() < next_) return;
    next_ = Recorder::now() + kFlap;
    if (cut_) return heal();
    cut_ = stage().network()->impose(around(stage(), node_), {.cut = true});
  }
  void heal() override {
    if (cut_) stage().network()->lift(*cut_);
    cut_.reset();
  }

 private:
  std::size_t node_ = 0;
  Moment next_ = 0;
  std::optional<std::uint64_t> cut_;
};

class Swizzle final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    to_cut_ = ground().shuffled();
    to_cut_.resize(1 + prng().below(to_cut_.size()));
    for (const std::size_t node : to_cut_) concerns(node);
    return list(to_cut_);
  }
  void go_on() override {
    if (Recorder::now() < next_) return;
    next_ = Recorder::now() + prng().between(100, 1000) * kMillisecond;
    if (!to_cut_.empty()) {
      cuts_.push_back(stage().network()->impose(around(stage(), to_cut_.back()), {.cut = true}));
      to_cut_.pop_back();
    } else if (!cuts_.empty()) {
      const auto which = cuts_.begin() + static_cast<std::ptrdiff_t>(prng().below(cuts_.size()));
      stage().network()->lift(*which);
      cuts_.erase(which);
    }
  }
  void heal() override {
    for (const std::uint64_t cut : cuts_) stage().network()->lift(cut);
    cuts_.clear();
    to_cut_.clear();
  }

 private:
  std::vector<std::size_t> to_cut_;
  std::vector<std::uint64_t> cuts_;
  Moment next_ = 0;
};

class Resets final : public Fault {
 public:
  using Fault::Fault;

  std::optional<std::string> strike() override {
    const bool all = prng().chance(1, 3);
    const std::size_t node = ground().leader();
    paths_ = all ? between_all(stage()) : around(stage(), node);
    if (!all) concerns(node);
    return all ? "all peer connections, again and again"
               : "the peer connections of " + ground().name(node);
  }
  void go_on() override {
    if (Recorder::now() < next_) return;
    next_ = Recorder::now() + kResetEvery;
    stage().network()->reset(paths_);
  }
  void heal() override {}

 private:
  Paths paths_;
  Moment next_ = 0;
};

std::unique_ptr<Fault> steady(Ground ground, std::function<Trouble(Ground&)> draw) {
  return std::make_unique<Steady>(std::move(ground), std::move(draw));
}

// Half of the time all links of all nodes, else those of one node; with clients or without.
Trouble bad_links(Ground& ground, std::string how, const Quality& quality) {
  Trouble trouble{.what = {}, .nodes = {}, .paths = {}, .quality = quality};
  if (ground.prng.chance(1, 2)) {
    trouble.paths = between_all(ground.stage);
    trouble.what = "all links";
  } else {
    const std::size_t node = ground.prng.chance(1, 2) ? ground.leader() : ground.any_node();
    trouble.nodes = {node};
    trouble.paths = around(ground.stage, node);
    trouble.what = "links of " + ground.name(node);
  }
  if (ground.prng.chance(1, 4)) {
    for (std::size_t i = 0; i < ground.stage.size(); ++i) {
      add_both(trouble.paths, i, ground.stage.client_host());
    }
    trouble.what += ", clients' too";
  }
  trouble.what += ": " + std::move(how);
  return trouble;
}

}  // namespace

std::unique_ptr<Fault> make_isolated(Ground ground, bool leader) {
  return steady(std::move(ground), [leader](Ground& g) {
    const std::size_t node = leader ? g.leader() : g.any_node();
    return Trouble{g.name(node), {node}, around(g.stage, node), {.cut = true}};
  });
}

std::unique_ptr<Fault> make_split(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    auto nodes = g.shuffled();
    const std::vector<std::size_t> few(
        nodes.begin() + static_cast<std::ptrdiff_t>(g.stage.majority()), nodes.end());
    nodes.resize(g.stage.majority());
    Paths paths;
    for (const std::size_t a : nodes) {
      for (const std::size_t b : few) add_both(paths, a, b);
    }
    return Trouble{list(nodes) + " | " + list(few), few, paths, {.cut = true}};
  });
}

std::unique_ptr<Fault> make_one_way(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    Trouble trouble{"lost:", {}, {}, {.cut = true}};
    const std::size_t count = 1 + g.prng.below(g.stage.size());
    for (std::size_t i = 0; i < count; ++i) {
      const auto pair = g.shuffled();
      trouble.paths.emplace_back(pair[0], pair[1]);
      trouble.what += " " + Stage::name_of(pair[0]) + "→" + Stage::name_of(pair[1]);
    }
    return trouble;
  });
}

std::unique_ptr<Fault> make_deaf_leader(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const std::size_t node = g.leader();
    Trouble trouble{g.name(node), {node}, {}, {.cut = true}};
    for (const std::size_t other : g.shuffled()) {
      if (other != node) trouble.paths.emplace_back(other, node);
    }
    return trouble;
  });
}

std::unique_ptr<Fault> make_firewall(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    Trouble trouble{"", {}, {}, {.cut_dialled = true}};
    const std::size_t node = g.prng.chance(1, 2) ? g.leader() : g.any_node();
    const bool inwards = g.prng.chance(1, 2);
    trouble.nodes = {node};
    for (const std::size_t other : g.shuffled()) {
      if (other == node) continue;
      trouble.paths.emplace_back(inwards ? other : node, inwards ? node : other);
    }
    trouble.what = (inwards ? "nobody dials " : "no dialling by ") + g.name(node);
    return trouble;
  });
}

std::unique_ptr<Fault> make_bridge(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const auto nodes = g.shuffled();  // the first is the bridge
    const std::size_t half = 1 + (nodes.size() - 1) / 2;
    Trouble trouble{Stage::name_of(nodes[0]) + " between", {nodes[0]}, {}, {.cut = true}};
    for (std::size_t a = 1; a < half; ++a) {
      for (std::size_t b = half; b < nodes.size(); ++b) add_both(trouble.paths, nodes[a], nodes[b]);
    }
    trouble.what +=
        " " + list({nodes.begin() + 1, nodes.begin() + static_cast<std::ptrdiff_t>(half)}) +
        " and " + list({nodes.begin() + static_cast<std::ptrdiff_t>(half), nodes.end()});
    return trouble;
  });
}

std::unique_ptr<Fault> make_ring(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const auto nodes = g.shuffled();
    Trouble trouble{list(nodes), {}, {}, {.cut = true}};
    for (std::size_t a = 0; a < nodes.size(); ++a) {
      // In a ring of three everybody is everybody's neighbour: there it is a chain.
      for (std::size_t b = a + 2; b < nodes.size(); ++b) {
        const bool neighbours = a == 0 && b + 1 == nodes.size() && nodes.size() > 3;
        if (!neighbours) add_both(trouble.paths, nodes[a], nodes[b]);
      }
    }
    return trouble;
  });
}

std::unique_ptr<Fault> make_star(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    auto nodes = g.shuffled();
    const auto leader = g.leader();
    std::erase(nodes, leader);
    const std::size_t middle = nodes.front();
    Trouble trouble{"only " + Stage::name_of(middle) + " reaches all", {middle}, {}, {.cut = true}};
    for (const auto& [a, b] : between_all(g.stage)) {
      if (a != middle && b != middle) trouble.paths.emplace_back(a, b);
    }
    return trouble;
  });
}

std::unique_ptr<Fault> make_flapping(Ground ground) {
  return std::make_unique<Flapping>(std::move(ground));
}

std::unique_ptr<Fault> make_swizzle(Ground ground) {
  return std::make_unique<Swizzle>(std::move(ground));
}

std::unique_ptr<Fault> make_cut_clients(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    auto nodes = g.shuffled();
    nodes.resize(1 + g.prng.below(nodes.size() - 1));
    Trouble trouble{list(nodes), nodes, {}, {.cut = true}};
    for (const std::size_t node : nodes) add_both(trouble.paths, node, g.stage.client_host());
    return trouble;
  });
}

std::unique_ptr<Fault> make_delay(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const std::int64_t ms = g.prng.one_of<std::int64_t>({5, 20, 50, 100, 250, 500});
    return bad_links(g, std::to_string(ms) + " ms", {.delay_us = ms * 1000, .jitter_us = ms * 200});
  });
}

std::unique_ptr<Fault> make_loss(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const std::int64_t percent = g.prng.one_of<std::int64_t>({1, 3, 10, 20, 30});
    return bad_links(g, std::to_string(percent) + " % lost",
                     {.loss_per_million = percent * 10'000});
  });
}

std::unique_ptr<Fault> make_disorder(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    return bad_links(g, "reordered, a fifth sent twice",
                     {.delay_us = 500,
                      .jitter_us = g.prng.between(2'000, 20'000),
                      .keeps_order = false,
                      .duplicates_per_million = 200'000});
  });
}

std::unique_ptr<Fault> make_thin(Ground ground) {
  return steady(std::move(ground), [](Ground& g) {
    const std::int64_t kilobytes = g.prng.one_of<std::int64_t>({10, 30, 125});
    return bad_links(g, std::to_string(kilobytes) + " kB/s",
                     {.bytes_per_second = kilobytes * 1000});
  });
}

std::unique_ptr<Fault> make_resets(Ground ground) {
  return std::make_unique<Resets>(std::move(ground));
}

}  // namespace confman::chaos
