#include "tests/chaos/faults/damage_faults.hpp"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "app/confmand/exit_codes.hpp"
#include "tests/chaos/damage/damage.hpp"
#include "tests/chaos/disk/undo_format.hpp"
#include "tests/support/client.hpp"

namespace confman::chaos {
namespace {

namespace fs = std::filesystem;
using testing::Recorder;

// What a node may do that is started on damaged files. Never allowed: to serve what is wrong, which
// the judges of the history find.
enum class Answer : std::uint8_t {
  RefusedOrRepaired,  // end with 65, or serve
  Repaired,           // serve
};

constexpr Answer kAfterDamagedLog = Answer::RefusedOrRepaired;
constexpr Answer kAfterDamagedState = Answer::Repaired;
constexpr Answer kAfterHelix = Answer::RefusedOrRepaired;

const std::vector<std::string> kLogFiles{"log.db", "log.db-wal", "log.head"};
const std::vector<std::string> kStateFiles{"state.db", "state.db-wal"};

constexpr Moment kSecond = 1'000'000'000;
constexpr Moment kLongestAnswer = 30 * kSecond;
// A node that serves for so long has accepted what it found.
constexpr Moment kAccepted = 2 * kSecond;

void copy_folders(const DiskFolders& from, const DiskFolders& to) {
  fs::remove_all(to.data);
  fs::remove_all(to.undo);
  fs::create_directories(to.data.parent_path());
  fs::copy(from.data, to.data, fs::copy_options::recursive);
  fs::copy(from.undo, to.undo, fs::copy_options::recursive);
}

void put_back_state(const DiskFolders& from, const DiskFolders& to) {
  for (const char* name : {"state.db", "state.db-wal", "state.db-shm"}) {
    fs::remove(to.data / name);
    fs::remove(to.undo / journal_name(name, false));
    if (fs::exists(from.data / name)) fs::copy_file(from.data / name, to.data / name);
  }
}

// Kills nodes, damages them and starts them again. Whoever refuses gets back the disk that it had
// before the damage: it hasn't run since, so it is no old one.
class OfFiles : public Fault {
 public:
  OfFiles(Ground where, Answer answer) : Fault(std::move(where)), answer_(answer) {}

  void go_on() override {
    for (Patient& patient : patients_) look_at(patient);
  }
  void heal() override {}
  bool over() override {
    go_on();
    for (const Patient& patient : patients_) {
      if (!patient.done) return false;
    }
    return true;
  }

 protected:
  void begin(std::size_t node) {
    stage().kill(node);
    copy_folders(stage().disk_folders(node), before(node));
  }
  void start(std::size_t node) {
    stage().allow_exit(node, host::kData, "its files were damaged");
    stage().start(node);
    patients_.push_back({node, Recorder::now()});
  }

 private:
  struct Patient {
    std::size_t node{};
    Moment started{};
    Moment served_since = 0;
    bool refused = false;
    bool done = false;
  };

  DiskFolders before(std::size_t node) {
    const fs::path root = stage().folder(node) / "before-damage";
    return {root / "data", root / "undo"};
  }

  void look_at(Patient& patient) {
    if (patient.done) return;
    const std::size_t node = patient.node;
    if (!stage().running(node)) return refused(patient);
    if (!ground().observer.status(node)) {
      patient.served_since = 0;
      if (patient.started + kLongestAnswer < Recorder::now()) no_answer(patient);
      return;
    }
    if (patient.served_since == 0) patient.served_since = Recorder::now();
    if (patient.served_since + kAccepted > Recorder::now()) return;
    patient.done = true;
    if (!patient.refused) came_of_it(Stage::name_of(node) + " serves");
    stage().forbid_exits(node);
    // What lies where it hasn't looked yet may be found later. Then the state from before the
    // damage will do, since a state may lag behind its log; a log has no such substitute.
    stage().allow_exit(node, host::kData, "its files were damaged, and that was found late",
                       [disk = stage().disk_folders(node), before = before(node)] {
                         put_back_state(before, disk);
                       });
  }

  void refused(Patient& patient) {
    if (answer_ == Answer::Repaired && !patient.refused) {
      stage().timeline().add_violation(
          "not_repaired", Stage::name_of(patient.node) + " refused to start on damaged files.");
    }
    patient.refused = true;
    came_of_it(Stage::name_of(patient.node) + " refused");
    patient.started = Recorder::now();
    patient.served_since = 0;
    copy_folders(before(patient.node), stage().disk_folders(patient.node));
    stage().forbid_exits(patient.node);
    stage().start(patient.node);
  }

  void no_answer(Patient& patient) {
    patient.done = true;
    stage().timeline().add_violation(
        "damage_unanswered",
        Stage::name_of(patient.node) + " neither serves nor ends after its files were damaged.");
  }

  const Answer answer_;
  std::vector<Patient> patients_;
};

class MinorityDamage final : public OfFiles {
 public:
  MinorityDamage(Ground where, Damaged what)
      : OfFiles(std::move(where), what == Damaged::Log ? kAfterDamagedLog : kAfterDamagedState),
        files_(what == Damaged::Log ? kLogFiles : kStateFiles) {}

  std::optional<std::string> strike() override {
    const std::size_t count = 1 + prng().below(stage().size() - stage().majority());
    for (const std::size_t node : ground().shuffled()) {
      if (nodes().size() < count) take(node);
    }
    if (nodes().empty()) return std::nullopt;
    std::string what;
    for (const std::size_t node : nodes()) {
      what += (what.empty() ? "" : "; ") + ground().name(node) + ": ";
      begin(node);
      what += damage_one(stage().disk_folders(node).data, files_, prng()).value_or("nothing there");
      start(node);
    }
    return what;
  }

 private:
  const std::vector<std::string> files_;
};

// The nodes that hold what the rest hasn't got yet lose their leader, and are damaged at that
// moment: whoever of them goes on as if nothing were missing helps to elect a leader that lacks
// what was acknowledged.
class DamageAtTheWorstMoment final : public OfFiles {
 public:
  explicit DamageAtTheWorstMoment(Ground where) : OfFiles(std::move(where), kAfterDamagedLog) {}

  std::optional<std::string> strike() override {
    const auto leader = ground().observer.leader();
    if (!leader || !take_all()) return std::nullopt;
    leader_ = *leader;
    auto others = ground().shuffled();
    std::erase(others, leader_);
    const auto quorum = static_cast<std::ptrdiff_t>(stage().majority());
    victims_.assign(others.begin(), others.begin() + quorum - 1);
    Paths cut;
    std::string behind;
    for (auto node = others.begin() + quorum - 1; node != others.end(); ++node) {
      behind += " " + Stage::name_of(*node);
      for (std::size_t other = 0; other < stage().size(); ++other) {
        if (other == *node) continue;
        cut.emplace_back(*node, other);
        cut.emplace_back(other, *node);
      }
    }
    cut_ = stage().network()->impose(cut, {.cut = true});
    damage_at_ = Recorder::now() + kBehindFor;
    return ground().name(leader_) + " leads," + behind + " cut off";
  }
  void go_on() override {
    if (cut_ && damage_at_ < Recorder::now()) damage();
    OfFiles::go_on();
  }
  void heal() override {
    if (cut_) damage();
    stage().start(leader_);
  }

 private:
  static constexpr Moment kBehindFor = kSecond;

  void damage() {
    stage().kill(leader_);
    for (const std::size_t node : victims_) begin(node);
    stage().network()->lift(*std::exchange(cut_, std::nullopt));
    for (const std::size_t node : victims_) {
      const auto& data = stage().disk_folders(node).data;
      // Without its write-ahead log a database looks whole, and old.
      const std::vector<std::string> files =
          prng().chance(1, 2) ? std::vector<std::string>{"log.db-wal"} : kLogFiles;
      came_of_it(Stage::name_of(node) + ": " +
                 damage_one(data, files, prng()).value_or("nothing there"));
      start(node);
    }
  }

  std::size_t leader_ = 0;
  std::vector<std::size_t> victims_;
  std::optional<std::uint64_t> cut_;
  Moment damage_at_ = 0;
};

class Helix final : public OfFiles {
 public:
  explicit Helix(Ground where) : OfFiles(std::move(where), kAfterHelix) {}

  std::optional<std::string> strike() override {
    if (!take_all()) return std::nullopt;
    stage().kill_all();
    std::string what = "pages damaged:";
    for (std::size_t node = 0; node < stage().size(); ++node) {
      begin(node);
      std::size_t pages = 0;
      for (const char* file : {"log.db", "log.db-wal"}) {
        pages += damage_part(stage().disk_folders(node).data / file, node, stage().size(), prng());
      }
      what += " " + Stage::name_of(node) + " " + std::to_string(pages);
    }
    for (std::size_t node = 0; node < stage().size(); ++node) start(node);
    return what;
  }
};

}  // namespace

std::unique_ptr<Fault> make_damage(Ground ground, Damaged what) {
  return std::make_unique<MinorityDamage>(std::move(ground), what);
}

std::unique_ptr<Fault> make_damage_at_the_worst_moment(Ground ground) {
  return std::make_unique<DamageAtTheWorstMoment>(std::move(ground));
}

std::unique_ptr<Fault> make_helix(Ground ground) {
  return std::make_unique<Helix>(std::move(ground));
}

}  // namespace confman::chaos
